// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmdline.h"
#include "vpnemu.h"

#define DRAIN		(2 * SEC)	/* for what is on its way at the end */
#define SLEEP_AT	(2 * SEC)
#define IKE_PORT	500

static const char usage[] =
"usage: vpnemu --server NETNS --gateway NETNS [OPTION...]\n"
"\n"
"Acts for IPsec hosts, whose addresses this network namespace has, and for\n"
"their servers; tells what became of the packets. Round-trip time, loss and\n"
"reordering are netem's business.\n"
"\n"
"who:\n"
"  --src ADDR --dst ADDR     first host (10.1.0.1), first server (199.0.0.1)\n"
"  --hosts N --servers N     so many, with consecutive addresses (20, 1)\n"
"  --children N              of each host, under one IKE SA (1)\n"
"  --dev DEV                 the gateway's outer device (eth1)\n"
"when:\n"
"  --duration SECONDS        (20)\n"
"  --start MS                all hosts start within that time (100), or\n"
"  --stagger MS              one after the other, so far apart\n"
"  --rekey SECONDS           so often, a fifth more or less (0: never)\n"
"  --dpd SECONDS             hosts probe their server (0: never)\n"
"how:\n"
"  --mix KIND=N,...          shares of rr, bulk, voice, oneway, idle, pulse,\n"
"                            polled (rr)\n"
"  --manual                  keys without IKE\n"
"  --server-first PERCENT    of rekeys that the server begins\n"
"  --early PERCENT           of them with ESP before the response\n"
"  --ike-rekey PERCENT       of them that are of IKE itself\n"
"  --spi N                   first inbound SPIs from N on; else by chance\n"
"  --seed N                  of chance (1)\n"
"oddities:\n"
"  --silent N                last hosts say one word and nothing after\n"
"  --deleters N              first hosts delete SPIs that they don't know\n"
"  --sleep SECONDS           first host pauses, until its server wakes it at\n"
"                            the moment when the last host starts\n"
"faults:\n"
"  --fault-at SECONDS        when it happens; 3 s later all is to be well\n"
"  --fault COMMAND           that the gateway runs then\n"
"  --movers N                first hosts have another address from then on\n"
"  --spoof N                 so many made-up SPIs a second come in the server's\n"
"                            name, each twice; from the fault on, if there is one\n"
"report:\n"
"  --poll MS                 between looks at the gateway's table (50)\n"
"  --json                    else lines of text\n"
"  --verbose                 each host, and each packet that its owner missed\n";

#define OPTION(_name, _set, _field) \
	{ _name, _set, offsetof(struct settings, _field) }

static const struct cmdline_option descriptions[] = {
	OPTION("src", set_addr, src),
	OPTION("dst", set_addr, dst),
	OPTION("server", set_text, server),
	OPTION("gateway", set_text, gateway),
	OPTION("dev", set_text, dev),
	OPTION("hosts", set_number, hosts),
	OPTION("children", set_number, children),
	OPTION("servers", set_number, servers),
	OPTION("start", set_number, start),
	OPTION("stagger", set_number, stagger),
	OPTION("duration", set_number, duration),
	OPTION("mix", set_text, mix),
	OPTION("manual", set_flag, manual),
	OPTION("rekey", set_number, rekey),
	OPTION("ike-rekey", set_number, ike_rekey),
	OPTION("server-first", set_number, server_first),
	OPTION("early", set_number, early),
	OPTION("dpd", set_number, dpd),
	OPTION("silent", set_number, silent),
	OPTION("deleters", set_number, deleters),
	OPTION("sleep", set_number, sleep),
	OPTION("fault-at", set_number, fault_at),
	OPTION("fault", set_text, fault),
	OPTION("movers", set_number, movers),
	OPTION("spoof", set_number, spoof),
	OPTION("spi", set_number, spi),
	OPTION("seed", set_number, seed),
	OPTION("poll", set_number, poll),
	OPTION("json", set_flag, json),
	OPTION("verbose", set_flag, verbose),
};

static void settings_check(const struct settings *s)
{
	if (!s->server || !s->gateway)
		die("--server and --gateway are needed; try --help");
	if (s->src.family != s->dst.family)
		die("--src and --dst must be of one family");
	if (!s->hosts || !s->children || !s->servers || !s->duration ||
	    !s->poll)
		die("--hosts, --children, --servers, --duration, --poll: at least 1");
	if (s->children > QUEUE_MAX)
		die("--children: at most %d", QUEUE_MAX);
	if ((s->fault || s->movers) && !s->fault_at)
		die("--fault and --movers need --fault-at");
	if (s->silent + s->deleters > s->hosts)
		die("more odd hosts than hosts");
	if (s->sleep && s->hosts < 2)
		die("--sleep needs another host");
}

static void open_sockets(struct emu *e)
{
	const struct settings *s = &e->set;
	int family = s->src.family;

	e->esp[SIDE_HOST] = socket_open_raw(family, IPPROTO_ESP, NULL);
	e->ike[SIDE_HOST] = socket_open_udp(family, IKE_PORT, NULL);
	e->esp[SIDE_SERVER] = socket_open_raw(family, IPPROTO_ESP, s->server);
	e->ike[SIDE_SERVER] = socket_open_udp(family, IKE_PORT, s->server);
	e->tap = socket_open_tap(family, s->dev, s->gateway);
	e->watch = watch_open(s->gateway);
}

static void sleep_begin(struct emu *e, struct host *h, long arg)
{
	(void)e;
	(void)arg;
	h->asleep = true;
}

static void sleep_end(struct emu *e, struct host *h, long arg)
{
	(void)arg;
	h->asleep = false;
	esp_server_send(e, h, PAYLOAD_DATA);
}

/* The last host's packet that announces an SPI has just passed the gateway. */
static void schedule_sleep(struct emu *e)
{
	struct host *last = e->hosts[e->n_hosts - 1].lead;
	int64_t wake = e->begun + SLEEP_AT + e->set.sleep * SEC;

	at(e, e->begun + SLEEP_AT, sleep_begin, e->hosts, 0);
	at(e, wake, sleep_end, e->hosts, 0);
	at(e, wake - (e->set.manual ? 20 : 60) * MS, tunnel_start, last, 0);
}

static void make_hosts(struct emu *e)
{
	const struct settings *s = &e->set;
	struct host *h;
	uint32_t i, k;

	e->n_hosts = s->hosts * s->children;
	e->hosts = calloc(e->n_hosts, sizeof(*e->hosts));
	if (!e->hosts)
		die("no memory");
	for (k = 0; k < e->n_hosts; k++) {
		h = &e->hosts[k];
		i = k / s->children;
		h->number = k;
		h->lead = h - k % s->children;
		h->addr = addr_nth(&s->src, i);
		h->server = addr_nth(&s->dst, i % s->servers);
		h->silent = i >= s->hosts - s->silent;
		h->deleter = i < s->deleters;
	}
	traffic_deal(e);
}

static void schedule(struct emu *e)
{
	const struct settings *s = &e->set;
	uint32_t i, n = s->hosts - !!s->sleep;
	int64_t due;

	for (i = 0; i < n; i++) {
		due = s->stagger ? i * s->stagger * MS :
				   random_between(e, 0, s->start * MS);
		at(e, e->begun + due, tunnel_start,
		   &e->hosts[i * s->children], 0);
	}
	if (s->sleep)
		schedule_sleep(e);
	fault_schedule(e);
	at(e, e->begun, watch_look, NULL, 0);
}

static void note_lateness(struct lateness *late, const struct arrival *a,
			  unsigned int socket)
{
	int64_t delay = a->stamp ? now_ns() - a->stamp : 0;

	if (delay > LATE)
		late->packets++;
	if (delay > late->packet_max)
		late->packet_max = delay;
	if (a->dropped > late->dropped[socket])
		late->dropped[socket] = a->dropped;
}

/* The tap comes first: what it has seen has a record then. */
static void receive(struct emu *e)
{
	static struct arrival a;

	while (socket_get(e->tap, &a)) {
		note_lateness(&e->late, &a, 0);
		esp_gateway_got(e, &a);
	}
	while (socket_get(e->esp[SIDE_HOST], &a)) {
		note_lateness(&e->late, &a, 1);
		esp_host_got(e, &a);
	}
	while (socket_get(e->ike[SIDE_HOST], &a)) {
		note_lateness(&e->late, &a, 2);
		ike_got(e, SIDE_HOST, &a);
	}
	while (socket_get(e->ike[SIDE_SERVER], &a)) {
		note_lateness(&e->late, &a, 3);
		ike_got(e, SIDE_SERVER, &a);
	}
	while (socket_get(e->esp[SIDE_SERVER], &a)) {
		note_lateness(&e->late, &a, 4);
		esp_server_got(e, &a);
	}
}

static void run_until(struct emu *e, int64_t end)
{
	struct pollfd pfd[] = {
		{ .fd = e->tap, .events = POLLIN },
		{ .fd = e->esp[SIDE_HOST], .events = POLLIN },
		{ .fd = e->ike[SIDE_HOST], .events = POLLIN },
		{ .fd = e->ike[SIDE_SERVER], .events = POLLIN },
		{ .fd = e->esp[SIDE_SERVER], .events = POLLIN },
	};
	struct timespec t = {};
	int64_t wait;

	while (now_ns() < end) {
		wait = events_run(e);
		if (wait > 100 * MS)
			wait = 100 * MS;
		t.tv_nsec = wait;
		if (ppoll(pfd, sizeof(pfd) / sizeof(*pfd), &t, NULL) > 0)
			receive(e);
	}
}

static void run(struct emu *e)
{
	e->begun = now_ns();
	e->random = e->set.seed * 0x9e3779b97f4a7c15ULL | 1;
	make_hosts(e);
	schedule(e);
	run_until(e, e->begun + e->set.duration * SEC);
	e->stopping = true;
	run_until(e, now_ns() + DRAIN);
	watch_end(e);
}

static void free_all(struct emu *e)
{
	size_t i;

	for (i = 0; i < e->n_sas; i++)
		free(e->sas[i]);
	free(e->sas);
	free(e->by_spi);
	free(e->records);
	free(e->events);
	free(e->hosts);
}

int main(int argc, char **argv)
{
	struct emu e = {
		.set = {
			.hosts = 20,
			.children = 1,
			.servers = 1,
			.start = 100,
			.duration = 20,
			.mix = "rr",
			.dev = "eth1",
			.seed = 1,
			.poll = 50,
		},
	};

	addr_parse(&e.set.src, "10.1.0.1");
	addr_parse(&e.set.dst, "199.0.0.1");
	if (argc > 1 && !strcmp(argv[1], "--help")) {
		fputs(usage, stdout);
		return 0;
	}
	cmdline_parse(&e.set, descriptions,
		      sizeof(descriptions) / sizeof(*descriptions), argc, argv);
	settings_check(&e.set);
	open_sockets(&e);
	run(&e);
	report(&e);
	free_all(&e);
	return 0;
}
