// SPDX-License-Identifier: GPL-2.0-only
/* the commands that only send: send, icmp, flood */
#define _GNU_SOURCE
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/udp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "espgen.h"

#define FLOOD_BATCH	64
#define FLOOD_HEAD	sizeof(struct ethhdr)

struct sender {
	int fd;
	const struct options *o;
};

/* Raw IP sockets let the kernel route; a device is for frames it would mend. */
static struct sender sender_open(const struct options *o)
{
	struct sockaddr_ll ll = { .sll_family = AF_PACKET };
	struct sender s = { .o = o };

	if (!o->dev) {
		s.fd = socket(o->src.family, SOCK_RAW, IPPROTO_RAW);
		if (s.fd < 0)
			die("raw socket: %m");
		return s;
	}
	ll.sll_ifindex = if_nametoindex(o->dev);
	s.fd = socket(AF_PACKET, SOCK_RAW, 0);
	if (s.fd < 0 || bind(s.fd, (struct sockaddr *)&ll, sizeof(ll)))
		die("packet socket on %s: %m", o->dev);
	return s;
}

static size_t frame_head(const struct options *o, unsigned char *p)
{
	struct ethhdr eth = {
		.h_source = { 2, 0, 0, 0, 0, 9 },
		.h_proto = htons(o->src.family == AF_INET ? ETH_P_IP :
							    ETH_P_IPV6),
	};

	memcpy(eth.h_dest, o->mac, ETH_ALEN);
	memcpy(p, &eth, sizeof(eth));
	return sizeof(eth);
}

static void sender_put(const struct sender *s, const struct addr *dst,
		       const unsigned char *packet, size_t len)
{
	unsigned char frame[FLOOD_HEAD + PACKET_MAX];
	struct sockaddr_storage to;
	size_t head;
	ssize_t r;

	if (s->o->dev) {
		head = frame_head(s->o, frame);
		memcpy(frame + head, packet, len);
		r = send(s->fd, frame, head + len, 0);
	} else {
		r = sendto(s->fd, packet, len, 0, (struct sockaddr *)&to,
			   addr_sockaddr(dst, 0, &to));
	}
	if (r < 0)
		die("send: %m");
}

static uint32_t host_spi(const struct options *o, unsigned int host)
{
	uint32_t spi;

	if (!o->random_spi)
		return o->spi + host;
	do {
		if (getrandom(&spi, sizeof(spi), 0) != sizeof(spi))
			die("getrandom: %m");
	} while (spi < 256);
	return spi;
}

static void send_one(const struct sender *s, unsigned int host, uint32_t seq)
{
	const struct options *o = s->o;
	struct addr dst = host_dst(o, host);
	uint32_t spi = host_spi(o, host);
	unsigned char p[PACKET_MAX];

	if (o->fragments == FRAGMENT_NONE) {
		sender_put(s, &dst, p, packet_build(o, host, spi, seq, p));
		return;
	}
	if (o->fragments != FRAGMENT_LAST)
		sender_put(s, &dst, p, packet_build_fragment(o, host, spi, seq,
							     false, p));
	if (o->fragments != FRAGMENT_FIRST)
		sender_put(s, &dst, p, packet_build_fragment(o, host, spi, seq,
							     true, p));
}

int cmd_send(const struct options *o)
{
	struct sender s = sender_open(o);
	unsigned int host, n;

	for (n = 0; n < o->count; n++) {
		if (n && o->interval)
			sleep_ms(o->interval);
		for (host = 0; host < o->hosts; host++) {
			if (host && o->stagger)
				sleep_ms(o->stagger);
			send_one(&s, host, o->seq + n);
		}
	}
	close(s.fd);
	return 0;
}

int cmd_icmp(const struct options *o)
{
	struct sender s = sender_open(o);
	unsigned char p[PACKET_MAX];

	sender_put(&s, &o->dst, p, packet_build_icmp(o, p));
	close(s.fd);
	return 0;
}

struct frames {
	unsigned char *p;
	size_t len;		/* of each */
	unsigned int n;		/* a multiple of the hosts, at least a batch */
};

/*
 * All frames are made before the clock starts; a flood only sets the seq, unless
 * all have one message ID.
 */
static void frames_make(struct frames *f, const struct options *o)
{
	unsigned char p[FLOOD_HEAD + PACKET_MAX];
	unsigned int i, host;

	frame_head(o, p);
	f->len = FLOOD_HEAD + packet_build(o, 0, 0, 0, p + FLOOD_HEAD);
	f->n = (FLOOD_BATCH + o->hosts - 1) / o->hosts * o->hosts;
	f->p = malloc(f->n * f->len);
	if (!f->p)
		die("no memory for %u frames", f->n);
	for (i = 0; i < f->n; i++) {
		host = i % o->hosts;
		packet_build(o, host, host_spi(o, host), o->seq,
			     p + FLOOD_HEAD);
		memcpy(f->p + i * f->len, p, f->len);
	}
}

static size_t seq_offset(const struct options *o)
{
	size_t ip = o->src.family == AF_INET ? 20 : 40;

	ip += FLOOD_HEAD + 8 * strlen(o->exthdr);
	if (o->udp)
		return ip + sizeof(struct udphdr) +
		       offsetof(struct isakmp_head, msgid);
	return ip + offsetof(struct esp_head, seq);
}

/* ns per packet */
static double flood_run(const struct sender *s, const struct frames *f)
{
	const struct options *o = s->o;
	unsigned long total = (unsigned long)o->count * o->hosts, done = 0;
	struct mmsghdr msg[FLOOD_BATCH] = {};
	struct iovec iov[FLOOD_BATCH];
	size_t seq_at = seq_offset(o);
	struct timespec t0, t1;
	unsigned int i, n;
	uint32_t seq;
	int sent;

	for (i = 0; i < FLOOD_BATCH; i++) {
		msg[i].msg_hdr.msg_iov = &iov[i];
		msg[i].msg_hdr.msg_iovlen = 1;
		iov[i].iov_len = f->len;
	}
	clock_gettime(CLOCK_MONOTONIC, &t0);
	while (done < total) {
		n = total - done < FLOOD_BATCH ? total - done : FLOOD_BATCH;
		for (i = 0; i < n; i++) {
			unsigned long k = done + i;

			seq = htonl(o->seq + k / o->hosts);
			iov[i].iov_base = f->p + k % f->n * f->len;
			if (!o->msgid)
				memcpy(iov[i].iov_base + seq_at, &seq,
				       sizeof(seq));
		}
		sent = sendmmsg(s->fd, msg, n, 0);
		if (sent <= 0)
			die("sendmmsg: %m");
		done += sent;
	}
	clock_gettime(CLOCK_MONOTONIC, &t1);
	return ((t1.tv_sec - t0.tv_sec) * 1e9 + t1.tv_nsec - t0.tv_nsec) /
	       total;
}

int cmd_flood(const struct options *o)
{
	struct frames f;
	struct sender s;

	if (!o->dev)
		die("flood needs --dev and --mac");
	s = sender_open(o);
	frames_make(&f, o);
	printf("%.1f\n", flood_run(&s, &f));
	free(f.p);
	close(s.fd);
	return 0;
}
