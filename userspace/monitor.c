// SPDX-License-Identifier: GPL-2.0-only
/*
 * monitor - events as they come, one line each
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "command.h"
#include "complete.h"
#include "filter.h"
#include "json.h"
#include "print.h"
#include "terminal.h"

/* No event of the kernel's: it was there before. */
#define EVENT_KNOWN (NF_CT_VPN_EVENT_FULL + 1)
/* Any that a newer kernel has. */
#define EVENT_OTHER (EVENT_KNOWN + 1)

static const char *const events[] = {
	[NF_CT_VPN_EVENT_NEW] = "new",
	[NF_CT_VPN_EVENT_BOUND] = "bound",
	[NF_CT_VPN_EVENT_REBOUND] = "rebound",
	[NF_CT_VPN_EVENT_EXPIRED] = "expired",
	[NF_CT_VPN_EVENT_FULL] = "full",
	[EVENT_KNOWN] = "known",
};

static const struct names event_names = { events, ARRAY_SIZE(events) };

/* What an event may be about. */
static const struct {
	uint16_t attr;
	const struct noun *noun;
} subjects[] = {
	{ NF_CT_VPN_A_EVENT_SESSION, &session_noun },
	{ NF_CT_VPN_A_EVENT_ESP, &esp_noun },
	{ NF_CT_VPN_A_EVENT_ISAKMP, &isakmp_noun },
	{ NF_CT_VPN_A_EVENT_PPTP, &pptp_noun },
};

union any_record {
	struct session session;
	struct esp esp;
	struct isakmp isakmp;
	struct pptp pptp;
};

/* One event. Without a noun it is "full". */
struct event {
	struct timespec time;
	unsigned int event;
	const struct noun *noun;
	union any_record rec;
	struct addr client;
	uint32_t limit;
};

/**
 * struct monitor - what to show
 * @opt: in which format, with dates or not
 * @nouns: a bit for each of nouns[]; 0: all
 * @events: a bit for each of events[]; 0: all
 * @filter: of what events are about
 * @left: how many events until it ends; 0: never
 */
struct monitor {
	const struct options *opt;
	unsigned int nouns, events;
	struct filter filter;
	uint64_t left;
};

static void usage(void)
{
	printf("Usage: vpnct monitor [NOUN...] [EVENT...] [FILTER...] [OPTIONS]\n\n"
	       "Show what happens, one line each, until it is interrupted: sessions, SPIs, IKE\n"
	       "exchanges and calls that are new, bound to a client, bound to another one, or\n"
	       "expired; and that something is full. It outlives the modules: that they were\n"
	       "unloaded or are loaded again is said on standard error.\n\n"
	       "  NOUN    sessions, esp, isakmp, pptp: only about these\n"
	       "  EVENT   new, bound, rebound, expired, full: only these; with --dump also\n"
	       "          known, which is what was there before\n\n");
	filter_help(nouns);
	putchar('\n');
	print_options(monitor_command.options);
	printf("\nWith -j each line is an object: time, event, and one of session, esp, isakmp,\n"
	       "pptp with the keys of 'list'; for event 'full': client (null: all) and limit.\n"
	       "With -p: seconds since 1970, event, and the columns of 'list -p', or 'full',\n"
	       "client, limit.\n");
}

static const char *event_name(unsigned int event)
{
	return event < ARRAY_SIZE(events) ? events[event] : "unknown";
}

/* "full" and "client_full" are counters, too. */
static const char *limit_name(uint32_t limit)
{
	unsigned int i;

	for (i = 0; i < stats_noun.n_fields; i++)
		if (stats_noun.field[i].attr == limit)
			return stats_noun.field[i].key;
	return "unknown";
}

static const char *client_text(char *buf, const struct event *event)
{
	if (!event->client.len)
		return NULL;
	print_addr(buf, &event->client);
	return buf;
}

/*
 * Of people's interest: no times, most of which begin now, and nothing that is 0,
 * unless that has a name.
 */
static bool is_news(const struct field *f, const struct event *event)
{
	if (!f->head || f->type == FIELD_MSECS || f->type == FIELD_SECS)
		return false;
	if (!field_present(event->noun, f, &event->rec))
		return false;
	return f->type == FIELD_ADDR || f->type == FIELD_SPI ||
	       f->type == FIELD_COOKIE || field_number(f, &event->rec) ||
	       f->names == &dir_names || f->names == &state_names;
}

static enum colour event_colour(const struct event *event)
{
	switch (event->event) {
	case NF_CT_VPN_EVENT_FULL:
		return COLOUR_BAD;
	case NF_CT_VPN_EVENT_EXPIRED:
	case EVENT_KNOWN:
		return COLOUR_DIM;
	case NF_CT_VPN_EVENT_REBOUND:
		return COLOUR_WARN;
	default:
		return COLOUR_GOOD;
	}
}

static void event_text(const struct event *event, bool dates)
{
	char buf[VALUE_SIZE];
	struct tm tm;
	unsigned int i;

	localtime_r(&event->time.tv_sec, &tm);
	strftime(buf, sizeof(buf), dates ? "%Y-%m-%d %H:%M:%S" : "%H:%M:%S",
		 &tm);
	printf("%s.%03ld  ", buf, event->time.tv_nsec / 1000000);
	print_coloured(event_colour(event), event_name(event->event), 7);
	if (!event->noun) {
		printf("  client %s limit %s\n",
		       client_text(buf, event) ?: "any",
		       limit_name(event->limit));
		return;
	}
	printf("  %-7s", event->noun->name);
	for (i = 0; i < event->noun->n_fields; i++) {
		if (!is_news(&event->noun->field[i], event))
			continue;
		print_value(buf, event->noun, &event->noun->field[i],
			    &event->rec);
		printf(" %s %s", event->noun->field[i].key, buf);
	}
	putchar('\n');
}

static void event_tsv(const struct event *event)
{
	char buf[VALUE_SIZE];

	printf("%lld.%03ld\t%s\t", (long long)event->time.tv_sec,
	       event->time.tv_nsec / 1000000, event_name(event->event));
	if (event->noun)
		tsv_row(event->noun, &event->rec);
	else
		printf("full\t%s\t%s\n", client_text(buf, event) ?: "-",
		       limit_name(event->limit));
}

/* RFC 3339 */
static json_t *json_time(const struct timespec *time)
{
	char buf[VALUE_SIZE];
	struct tm tm;

	gmtime_r(&time->tv_sec, &tm);
	strftime(buf, sizeof(buf), "%Y-%m-%dT%H:%M:%S", &tm);
	return json_sprintf("%s.%03dZ", buf, (int)(time->tv_nsec / 1000000));
}

static void event_json(const struct event *event)
{
	char buf[VALUE_SIZE];
	json_t *o = json_pack("{s:o, s:s}", "time", json_time(&event->time),
			      "event", event_name(event->event));

	if (event->noun) {
		json_object_set_new(o, event->noun->name,
				    json_record(event->noun, &event->rec));
	} else {
		json_object_set_new(o, "client",
				    event->client.len ?
					    json_string(client_text(buf, event)) :
					    json_null());
		json_object_set_new(o, "limit",
				    json_string(limit_name(event->limit)));
	}
	json_line(o, 0);
}

/* Of &struct monitor.nouns; 0 for none. */
static unsigned int noun_bit(const struct noun *noun)
{
	size_t i;

	for (i = 0; i < n_nouns; i++)
		if (noun == nouns[i])
			return 1U << i;
	return 0;
}

static void print_event(const struct monitor *m, const struct event *event)
{
	switch (m->opt->format) {
	case FORMAT_TEXT:
		event_text(event, m->opt->dates);
		break;
	case FORMAT_TSV:
		event_tsv(event);
		break;
	case FORMAT_JSON:
		event_json(event);
		break;
	}
}

/* Returns false if the event is malformed. */
static bool decode_event(struct event *event, const struct nlmsghdr *nlh)
{
	const struct nlattr *attr;
	size_t i;

	mnl_attr_for_each(attr, nlh, GENL_HDRLEN) {
		switch (mnl_attr_get_type(attr)) {
		case NF_CT_VPN_A_EVENT_EVENT:
			if (mnl_attr_validate(attr, MNL_TYPE_U8) < 0)
				return false;
			event->event = mnl_attr_get_u8(attr);
			if (event->event > NF_CT_VPN_EVENT_FULL)
				event->event = EVENT_OTHER;
			continue;
		case NF_CT_VPN_A_EVENT_CLIENT:
			if (!decode_addr(attr, &event->client))
				return false;
			continue;
		case NF_CT_VPN_A_EVENT_LIMIT:
			if (mnl_attr_validate(attr, MNL_TYPE_U32) < 0)
				return false;
			event->limit = mnl_attr_get_u32(attr);
			continue;
		}
		for (i = 0; i < ARRAY_SIZE(subjects); i++) {
			if (mnl_attr_get_type(attr) != subjects[i].attr)
				continue;
			event->noun = subjects[i].noun;
			if (decode_nested(event->noun, attr, &event->rec))
				return false;
		}
	}
	return true;
}

/* Shows it if it is asked for. Returns 0, or an errno after which is no more. */
static int show_event(struct monitor *m, const struct event *event)
{
	if (m->events && !(m->events & 1U << event->event))
		return 0;
	if (m->nouns && !(m->nouns & noun_bit(event->noun)))
		return 0;
	if (event->noun &&
	    !filter_record(&m->filter, event->noun, &event->rec))
		return 0;
	print_event(m, event);
	/* whoever reads us wants it now; a closed pipe ends us */
	if (fflush(stdout))
		return -errno;
	return m->left && !--m->left ? -ECANCELED : 0;
}

static int got_event(const struct nlmsghdr *nlh, void *data)
{
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(nlh);
	struct event event = {};

	if (genl->cmd != NF_CT_VPN_CMD_EVENT)
		return 0;
	if (!decode_event(&event, nlh))
		return -EBADMSG;
	clock_gettime(CLOCK_REALTIME, &event.time);
	return show_event(data, &event);
}

/* As if it had come now. */
static int show_known(struct monitor *m, const struct noun *noun,
		      const void *rec)
{
	struct event event = { .event = EVENT_KNOWN, .noun = noun };

	memcpy(&event.rec, rec, noun->size);
	clock_gettime(CLOCK_REALTIME, &event.time);
	return show_event(m, &event);
}

static int dump_noun(struct nl *nl, struct monitor *m, const struct noun *noun)
{
	struct list list;
	int err = fetch_some(nl, noun, &m->filter, &list);
	const void *rec;

	for (rec = err ? NULL : list_next(&list, NULL); rec && !err;
	     rec = list_next(&list, rec))
		err = show_known(m, noun, rec);
	list_free(&list);
	return err;
}

/*
 * On a socket of its own: what happens meanwhile waits in the other one. So
 * something may be told of twice, but nothing is left out.
 */
static int dump(struct monitor *m)
{
	struct nl *nl = nl_open();
	int err = nl ? 0 : -ENOENT;
	size_t i;

	for (i = 0; i < n_nouns && !err; i++)
		if (filter_fits(&m->filter, nouns[i]))
			err = dump_noun(nl, m, nouns[i]);
	if (nl)
		nl_close(nl);
	return err;
}

/* Returns 0 if nl_listen(), which ended with @err, may be called again. */
static int go_on(struct nl *nl, int err)
{
	bool unloaded = err == -ENODEV;

	if (unloaded)
		error("the modules were unloaded: waiting until they are back");
	else if (err == -ENOBUFS)
		error("events were lost: they came faster than they could be shown");
	else
		return err;
	err = nl_wait(nl);
	if (unloaded && !err)
		error("the modules are loaded again");
	return err;
}

static int find_event(const char *word)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(events); i++)
		if (!strcmp(word, events[i]))
			return i;
	return -1;
}

static int parse(struct call *call)
{
	struct monitor *m = call->args;
	char **words = call->words;
	const struct noun *noun;
	int event;

	m->opt = call->opt;
	m->left = call->opt->count;
	for (; *words; words++) {
		noun = noun_find(*words);
		event = find_event(*words);
		if (noun)
			m->nouns |= noun_bit(noun);
		else if (event >= 0)
			m->events |= 1U << event;
		else
			break;
	}
	if (m->events & 1U << EVENT_KNOWN && !m->opt->dump)
		return usage_error("monitor", "nothing is known without --dump");
	m->filter.nouns = nouns;
	m->filter.words = &event_names;
	return filter_parse(&m->filter, nouns, "monitor", words);
}

static void complete_monitor(struct completion *c)
{
	size_t i, n = 0;

	while (n < c->n &&
	       (noun_find(c->words[n]) || find_event(c->words[n]) >= 0))
		n++;
	if (n == c->n) {
		offer_nouns(c, nouns);
		for (i = 0; i < ARRAY_SIZE(events); i++)
			offer_once(c, events[i], NULL);
	}
	filter_complete(c, nouns, n);
}

static int run(const struct call *call)
{
	struct monitor *m = call->args;
	int err = nl_subscribe(call->nl);

	if (!err && m->opt->dump)
		err = dump(m);
	while (!err)
		err = go_on(call->nl, nl_listen(call->nl, got_event, m));
	if (err == -ECANCELED)
		return EXIT_OK;
	nl_error(call->nl, "monitor", err);
	return EXIT_FAILED;
}

const struct command monitor_command = {
	.name = "monitor",
	.help = "show events as they come",
	.usage = usage,
	.parse = parse,
	.run = run,
	.complete = complete_monitor,
	.args = sizeof(struct monitor),
	.options = "jptcD",
	.words = true,
	.nl = true,
};
