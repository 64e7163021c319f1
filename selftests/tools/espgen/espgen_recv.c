// SPDX-License-Identifier: GPL-2.0-only
/* recv: what arrives at a device, one line for each (addresses, SPI) */
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/icmp6.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <netinet/ip_icmp.h>
#include <poll.h>
#include <search.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "espgen.h"

#define ADDR_TEXT	INET6_ADDRSTRLEN

struct row {
	/* the key; memcmp() compares it, so padding is zeroed */
	struct row_key {
		struct addr src;
		struct addr dst;
		uint32_t spi;
		uint32_t icmp;		/* type << 8 | code, 0: ESP itself */
		struct addr quote_src;
		struct addr quote_dst;
	} key;
	unsigned long packets;
	uint32_t first;
	uint32_t last;
};

static void *rows;
static volatile sig_atomic_t stopped;

static void stop(int sig)
{
	(void)sig;
	stopped = 1;
}

static int row_compare(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct row_key));
}

static void row_count(const struct row_key *key, uint32_t seq)
{
	struct row **found, *row = calloc(1, sizeof(*row));

	if (!row)
		die("no memory");
	row->key = *key;
	row->first = seq;
	found = tsearch(row, &rows, row_compare);
	if (!found)
		die("no memory");
	if (*found != row)
		free(row);
	(*found)->packets++;
	(*found)->last = seq;
}

static void row_print(const void *node, VISIT which, int depth)
{
	char src[ADDR_TEXT], dst[ADDR_TEXT], qsrc[ADDR_TEXT], qdst[ADDR_TEXT];
	const struct row *r = *(struct row *const *)node;
	const struct row_key *k = &r->key;

	(void)depth;
	if (which != postorder && which != leaf)
		return;
	printf("%s src=%s dst=%s spi=0x%08x packets=%lu first=%u last=%u",
	       k->icmp ? "icmp" : "esp", addr_text(&k->src, src, ADDR_TEXT),
	       addr_text(&k->dst, dst, ADDR_TEXT), k->spi, r->packets,
	       r->first, r->last);
	if (k->icmp)
		printf(" type=%u code=%u quote-src=%s quote-dst=%s",
		       k->icmp >> 8, k->icmp & 0xff,
		       addr_text(&k->quote_src, qsrc, ADDR_TEXT),
		       addr_text(&k->quote_dst, qdst, ADDR_TEXT));
	printf("\n");
}

/* ESP, or an ICMP error that quotes ESP */
static void packet_count(const struct options *o, const unsigned char *p,
			 size_t len)
{
	const unsigned char *end = p + len;
	struct row_key key;
	struct esp_head esp;
	uint8_t proto;

	memset(&key, 0, sizeof(key));
	p = ip_parse(p, len, &key.src, &key.dst, &proto);
	if (!p || p > end)
		return;
	if (proto == IPPROTO_ICMP || proto == IPPROTO_ICMPV6) {
		if (p + sizeof(struct icmphdr) > end)
			return;
		key.icmp = p[0] << 8 | p[1];
		p += sizeof(struct icmphdr);
		p = ip_parse(p, end - p, &key.quote_src, &key.quote_dst,
			     &proto);
		if (!p)
			return;
	}
	if (proto != o->proto || p + sizeof(esp) > end)
		return;
	memcpy(&esp, p, sizeof(esp));
	key.spi = ntohl(esp.spi);
	row_count(&key, ntohl(esp.seq));
}

static int listen_on(const char *dev)
{
	struct sockaddr_ll ll = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_ALL),
		.sll_ifindex = if_nametoindex(dev),
	};
	int fd = socket(AF_PACKET, SOCK_DGRAM, 0), size = 8 << 20;

	if (fd < 0 || !ll.sll_ifindex ||
	    bind(fd, (struct sockaddr *)&ll, sizeof(ll)))
		die("packet socket on %s: %m", dev);
	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
	return fd;
}

static void tell_ready(const char *file)
{
	int fd;

	if (!file)
		return;
	fd = open(file, O_WRONLY | O_CREAT, 0644);
	if (fd < 0)
		die("%s: %m", file);
	close(fd);
}

int cmd_recv(const struct options *o)
{
	struct sockaddr_ll from;
	socklen_t from_len;
	unsigned char p[PACKET_MAX];
	struct pollfd pfd = { .events = POLLIN };
	int64_t end = now_ms() + o->wait, left;
	ssize_t len;

	if (!o->dev)
		die("recv needs --dev");
	signal(SIGTERM, stop);
	signal(SIGINT, stop);
	pfd.fd = listen_on(o->dev);
	tell_ready(o->ready);
	while (!stopped && (left = end - now_ms()) > 0) {
		if (poll(&pfd, 1, left < 100 ? left : 100) <= 0)
			continue;
		from_len = sizeof(from);
		len = recvfrom(pfd.fd, p, sizeof(p), 0,
			       (struct sockaddr *)&from, &from_len);
		if (len > 0 && from.sll_pkttype != PACKET_OUTGOING)
			packet_count(o, p, len);
	}
	twalk(rows, row_print);
	return 0;
}
