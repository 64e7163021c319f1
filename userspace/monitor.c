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
#include "filter.h"
#include "json.h"
#include "print.h"
#include "terminal.h"

static const char *const events[] = {
	[NF_CT_VPN_EVENT_NEW] = "new",
	[NF_CT_VPN_EVENT_BOUND] = "bound",
	[NF_CT_VPN_EVENT_REBOUND] = "rebound",
	[NF_CT_VPN_EVENT_EXPIRED] = "expired",
	[NF_CT_VPN_EVENT_FULL] = "full",
};

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

struct monitor {
	const struct options *opt;
	struct filter filter;
};

static void usage(void)
{
	printf("Usage: vpnct monitor [FILTER...] [OPTIONS]\n\n"
	       "Show what happens, one line each, until it is interrupted: sessions, SPIs, IKE\n"
	       "exchanges and calls that are new, bound to a client, bound to another one, or\n"
	       "expired; and that something is full. It outlives the modules: that they were\n"
	       "unloaded or are loaded again is said on standard error.\n\n");
	filter_help(nouns);
	putchar('\n');
	print_options("jp");
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

/* Of people's interest: no times, which begin now, and nothing that is 0. */
static bool is_news(const struct field *f, const struct event *event)
{
	if (!f->head || f->type == FIELD_MSECS || f->type == FIELD_SECS)
		return false;
	if (!field_present(event->noun, f, &event->rec))
		return false;
	return f->type == FIELD_ADDR || f->type == FIELD_SPI ||
	       f->type == FIELD_COOKIE || field_number(f, &event->rec) ||
	       f->names == &dir_names;
}

static void event_text(const struct event *event)
{
	char buf[VALUE_SIZE];
	struct tm tm;
	unsigned int i;

	localtime_r(&event->time.tv_sec, &tm);
	strftime(buf, sizeof(buf), "%H:%M:%S", &tm);
	printf("%s.%03ld  ", buf, event->time.tv_nsec / 1000000);
	print_coloured(event->event == NF_CT_VPN_EVENT_FULL	 ? COLOUR_BAD :
		       event->event == NF_CT_VPN_EVENT_EXPIRED ? COLOUR_DIM :
		       event->event == NF_CT_VPN_EVENT_REBOUND ? COLOUR_WARN :
								 COLOUR_GOOD,
		       event_name(event->event), 7);
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

static void print_event(const struct monitor *m, const struct event *event)
{
	switch (m->opt->format) {
	case FORMAT_TEXT:
		event_text(event);
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

static int got_event(const struct nlmsghdr *nlh, void *data)
{
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(nlh);
	const struct monitor *m = data;
	struct event event = {};

	if (genl->cmd != NF_CT_VPN_CMD_EVENT)
		return 0;
	if (!decode_event(&event, nlh))
		return -EBADMSG;
	clock_gettime(CLOCK_REALTIME, &event.time);
	if (event.noun && !filter_record(&m->filter, event.noun, &event.rec))
		return 0;
	print_event(m, &event);
	/* whoever reads us wants it now; a closed pipe ends us */
	return fflush(stdout) ? -errno : 0;
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

static int parse(struct call *call)
{
	struct monitor *m = call->args;

	m->opt = call->opt;
	return filter_parse(&m->filter, nouns, "monitor", call->words);
}

static int run(const struct call *call)
{
	int err;

	do {
		err = go_on(call->nl,
			    nl_listen(call->nl, got_event, call->args));
	} while (!err);
	nl_error(call->nl, "monitor", err);
	return EXIT_FAILED;
}

const struct command monitor_command = {
	.name = "monitor",
	.help = "show events as they come",
	.usage = usage,
	.parse = parse,
	.run = run,
	.args = sizeof(struct monitor),
	.options = "jp",
	.words = true,
	.nl = true,
};
