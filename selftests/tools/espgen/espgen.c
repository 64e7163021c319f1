// SPDX-License-Identifier: GPL-2.0-only
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cmdline.h"
#include "espgen.h"

static const char usage[] =
"usage: espgen COMMAND [OPTION...]\n"
"\n"
"commands:\n"
"  send    send ESP, also malformed\n"
"  flood   the same from prepared frames; prints nanoseconds per packet\n"
"  icmp    send one ICMP error that quotes ESP\n"
"  recv    count what arrives at a device, one line for each SPI\n"
"  hosts   hosts that talk to a server, and the server; counts who got what\n"
"\n"
"who:\n"
"  --src ADDR --dst ADDR     addresses; of the first host, if there are many\n"
"  --hosts N                 so many hosts, with consecutive SPIs\n"
"  --spread src|dst|both|none  which address grows with the host (src)\n"
"  --server NETNS            where the server of \"hosts\" lives\n"
"  --dev DEV [--mac MAC]     device to listen or send on\n"
"what:\n"
"  --spi N|random            first SPI (0x1000)\n"
"  --answer-spi N            first SPI of the server's answers (0x2000)\n"
"  --seq N                   first sequence number (1)\n"
"  --proto N                 another protocol than ESP\n"
"  --udp PORT [--response]   IKEv2 from and to PORT; the SPIs are its cookies\n"
"  --msgid N                 message ID (its sequence number)\n"
"  --size BYTES              payload after the sequence number (40)\n"
"  --cut BYTES               send only so much of the ESP packet\n"
"  --claim BYTES             payload length that the IP header tells; --dev only\n"
"  --fragment all|first|last --split BYTES\n"
"                            fragments; the second begins at BYTES (8)\n"
"  --exthdr hop,dst,route,frag,bad\n"
"                            IPv6 extension headers, in this order\n"
"  --type N --code N --mtu N --quote-src ADDR --quote-dst ADDR\n"
"                            of an ICMP error\n"
"when:\n"
"  --count N                 packets of each host (1)\n"
"  --interval MS             between packets of a host\n"
"  --stagger MS              between the starts of two hosts\n"
"  --lockstep                send when the packet before has been answered\n"
"  --delay MS                the server answers so much later\n"
"  --wait MS                 for what may still come (1000)\n"
"  --ready FILE              recv makes this file when it listens\n"
"  --verbose                 hosts: one line for each host\n";

int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}

void sleep_ms(unsigned int ms)
{
	struct timespec t = { ms / 1000, ms % 1000 * 1000000L };

	nanosleep(&t, NULL);
}

struct addr host_src(const struct options *o, unsigned int host)
{
	return addr_nth(&o->src, o->spread & SPREAD_SRC ? host : 0);
}

struct addr host_dst(const struct options *o, unsigned int host)
{
	return addr_nth(&o->dst, o->spread & SPREAD_DST ? host : 0);
}

/* What a word of the command line becomes, beside those of cmdline.h. */

static void set_spread(void *field, const char *name, char *text)
{
	static const char *const words[] = { "none", "src", "dst", "both",
					     NULL };

	*(unsigned int *)field = cmdline_word(name, text, words);
}

static void set_fragments(void *field, const char *name, char *text)
{
	static const char *const words[] = { "none", "all", "first", "last",
					     NULL };

	*(unsigned int *)field = cmdline_word(name, text, words);
}

static void set_exthdr(void *field, const char *name, char *text)
{
	static const char *const words[] = { "hop", "dst", "route", "frag",
					     "bad", NULL };
	char *exthdr = field, *one;
	unsigned int n = 0;

	for (one = strtok(text, ","); one; one = strtok(NULL, ",")) {
		if (n == EXTHDR_MAX)
			die("--%s: at most %d", name, EXTHDR_MAX);
		exthdr[n++] = *words[cmdline_word(name, one, words)];
	}
}

static void set_mac(void *field, const char *name, char *text)
{
	unsigned char *m = field;

	if (sscanf(text, "%hhx:%hhx:%hhx:%hhx:%hhx:%hhx", m, m + 1, m + 2,
		   m + 3, m + 4, m + 5) != 6)
		die("--%s: \"%s\" is not a hardware address", name, text);
}

static void set_spi(void *field, const char *name, char *text)
{
	struct options *o = field;

	o->random_spi = !strcmp(text, "random");
	if (!o->random_spi)
		set_number(&o->spi, name, text);
}

static void set_udp(void *field, const char *name, char *text)
{
	struct options *o = field;

	set_number(&o->udp, name, text);
	o->proto = IPPROTO_UDP;
}

#define OPTION(_name, _set, _field) \
	{ _name, _set, offsetof(struct options, _field) }

static const struct cmdline_option descriptions[] = {
	OPTION("src", set_addr, src),
	OPTION("dst", set_addr, dst),
	OPTION("hosts", set_number, hosts),
	OPTION("spread", set_spread, spread),
	OPTION("server", set_text, server),
	OPTION("dev", set_text, dev),
	OPTION("mac", set_mac, mac),
	{ "spi", set_spi, 0 },
	OPTION("answer-spi", set_number, answer_spi),
	OPTION("seq", set_number, seq),
	OPTION("proto", set_number, proto),
	{ "udp", set_udp, 0 },
	OPTION("response", set_flag, response),
	OPTION("msgid", set_number, msgid),
	OPTION("size", set_number, size),
	OPTION("cut", set_number, cut),
	OPTION("claim", set_number, claim),
	OPTION("fragment", set_fragments, fragments),
	OPTION("split", set_number, split),
	OPTION("exthdr", set_exthdr, exthdr),
	OPTION("type", set_number, type),
	OPTION("code", set_number, code),
	OPTION("mtu", set_number, mtu),
	OPTION("quote-src", set_addr, quote_src),
	OPTION("quote-dst", set_addr, quote_dst),
	OPTION("count", set_number, count),
	OPTION("interval", set_number, interval),
	OPTION("stagger", set_number, stagger),
	OPTION("lockstep", set_flag, lockstep),
	OPTION("delay", set_number, delay),
	OPTION("wait", set_number, wait),
	OPTION("ready", set_text, ready),
	OPTION("verbose", set_flag, verbose),
};

static void options_check(const struct options *o, const char *command)
{
	if (!o->hosts || !o->count)
		die("no hosts or no packets");
	if (o->size > PACKET_MAX - 512)
		die("--size: at most %d", PACKET_MAX - 512);
	if (o->fragments && (o->split % 8 || o->split > o->size))
		die("--split: a multiple of 8 up to --size");
	if (o->udp && (o->src.family != AF_INET || o->udp > UINT16_MAX ||
		       o->size < 4 || o->fragments || o->cut >= 0))
		die("--udp: a port, complete packets without checksum: IPv4");
	if (o->claim >= 0 && !o->dev)
		die("--claim needs --dev: a raw socket would correct it");
	if (!strcmp(command, "recv"))
		return;
	if (!o->src.family || o->src.family != o->dst.family)
		die("--src and --dst must be addresses of one family");
	if (!strcmp(command, "icmp") &&
	    (o->quote_src.family != o->src.family ||
	     o->quote_dst.family != o->src.family))
		die("--quote-src and --quote-dst must be of that family too");
	if (*o->exthdr && o->src.family == AF_INET)
		die("--exthdr is for IPv6");
}

static const struct command {
	const char *name;
	int (*run)(const struct options *o);
} commands[] = {
	{ "send", cmd_send },
	{ "flood", cmd_flood },
	{ "icmp", cmd_icmp },
	{ "recv", cmd_recv },
	{ "hosts", cmd_hosts },
	{}
};

int main(int argc, char **argv)
{
	struct options o = {
		.hosts = 1,
		.spread = SPREAD_SRC,
		.proto = IPPROTO_ESP,
		.spi = 0x1000,
		.answer_spi = 0x2000,
		.seq = 1,
		.count = 1,
		.size = 40,
		.cut = -1,
		.claim = -1,
		.split = 8,
		.wait = 1000,
	};
	const struct command *c;

	if (argc < 2) {
		fputs(usage, stderr);
		return 2;
	}
	for (c = commands; c->name; c++) {
		if (strcmp(c->name, argv[1]))
			continue;
		cmdline_parse(&o, descriptions,
			      sizeof(descriptions) / sizeof(*descriptions),
			      argc - 1, argv + 1);
		options_check(&o, c->name);
		return c->run(&o);
	}
	if (!strcmp(argv[1], "--help")) {
		fputs(usage, stdout);
		return 0;
	}
	die("\"%s\" is not a command; try --help", argv[1]);
}
