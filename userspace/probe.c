// SPDX-License-Identifier: GPL-2.0-only
/*
 * probe - one packet with a small TTL, and what comes back for it
 *
 * ICMP errors come through the error queue of the socket that sent the probe,
 * so that the kernel does the matching of addresses and ports.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <time.h> /* errqueue.h needs it, and musl doesn't bring it along */
#include <linux/errqueue.h>
#include <linux/icmp.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "probe.h"
#include "vpnct.h"

/* net/ipv4: the longest IP header; IPv6 raw sockets give none */
#define IP_HEADER_MAX 60

static double now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1e3 + ts.tv_nsec / 1e6;
}

static int set_int(int fd, int level, int name, int value)
{
	return setsockopt(fd, level, name, &value, sizeof(value)) ? -errno : 0;
}

/* Only echo replies; errors take another way. */
static void filter_echo(const struct prober *p)
{
	struct icmp_filter v4 = { ~(1U << ICMP_ECHOREPLY) };
	struct icmp6_filter v6;

	if (p->v6) {
		ICMP6_FILTER_SETBLOCKALL(&v6);
		ICMP6_FILTER_SETPASS(ICMP6_ECHO_REPLY, &v6);
		setsockopt(p->fd, IPPROTO_ICMPV6, ICMP6_FILTER, &v6, sizeof(v6));
	} else {
		setsockopt(p->fd, SOL_RAW, ICMP_FILTER, &v4, sizeof(v4));
	}
}

/* Some peers and firewalls take IKE from port 500 only. */
static void bind_port(struct prober *p)
{
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6,
				   .sin6_port = htons(p->protocol->port) };
	struct sockaddr_in v4 = { .sin_family = AF_INET,
				  .sin_port = htons(p->protocol->port) };

	if (p->v6)
		p->other_port = bind(p->fd, (void *)&v6, sizeof(v6));
	else
		p->other_port = bind(p->fd, (void *)&v4, sizeof(v4));
}

static int prober_connect(struct prober *p)
{
	struct sockaddr_storage sa = p->target->sa;

	if (p->v6)
		((struct sockaddr_in6 *)&sa)->sin6_port =
			htons(p->protocol->port);
	else
		((struct sockaddr_in *)&sa)->sin_port =
			htons(p->protocol->port);
	return connect(p->fd, (void *)&sa, p->target->len) ? -errno : 0;
}

int prober_open(struct prober *p, const struct protocol *protocol,
		const struct target *target)
{
	int type = protocol->port ? SOCK_DGRAM : SOCK_RAW, err;

	*p = (struct prober){ .protocol = protocol, .target = target };
	p->v6 = target->addr.len == 16;
	p->fd = socket(p->v6 ? AF_INET6 : AF_INET, type | SOCK_CLOEXEC,
		       protocol->ipproto[p->v6]);
	if (p->fd < 0)
		return -errno;
	if (p->v6)
		err = set_int(p->fd, SOL_IPV6, IPV6_RECVERR, 1);
	else
		err = set_int(p->fd, SOL_IP, IP_RECVERR, 1);
	if (!err && protocol == &protocol_echo)
		filter_echo(p);
	if (!err && protocol->port)
		bind_port(p);
	if (!err)
		err = prober_connect(p);
	if (err)
		prober_close(p);
	return err;
}

void prober_close(struct prober *p)
{
	close(p->fd);
	p->fd = -1;
}

static bool get_offender(struct addr *addr, const struct sock_extended_err *ee)
{
	const struct sockaddr *sa = SO_EE_OFFENDER(ee);

	if (sa->sa_family == AF_INET) {
		addr->len = 4;
		memcpy(addr->byte, &((struct sockaddr_in *)sa)->sin_addr, 4);
	} else if (sa->sa_family == AF_INET6) {
		addr->len = 16;
		memcpy(addr->byte, &((struct sockaddr_in6 *)sa)->sin6_addr, 16);
	} else {
		return false;
	}
	return true;
}

static bool is_transit(const struct sock_extended_err *ee)
{
	if (ee->ee_origin == SO_EE_ORIGIN_ICMP)
		return ee->ee_type == ICMP_TIME_EXCEEDED;
	return ee->ee_type == ICMP6_TIME_EXCEEDED;
}

static bool got_icmp(struct answer *answer, const struct sock_extended_err *ee)
{
	if (ee->ee_origin != SO_EE_ORIGIN_ICMP &&
	    ee->ee_origin != SO_EE_ORIGIN_ICMP6)
		return false;
	if (!get_offender(&answer->from, ee))
		return false;
	answer->kind = is_transit(ee) ? ANSWER_TRANSIT : ANSWER_REFUSED;
	answer->type = ee->ee_type;
	answer->code = ee->ee_code;
	return true;
}

/* Errors about earlier probes, which came late, are skipped. */
static bool read_error(struct prober *p, struct answer *answer)
{
	uint8_t control[512] __attribute__((aligned(8)));
	uint8_t buf[PROBE_MAX];
	struct iovec iov = { buf, sizeof(buf) };
	struct msghdr msg = { .msg_iov = &iov,
			      .msg_iovlen = 1,
			      .msg_control = control,
			      .msg_controllen = sizeof(control) };
	struct cmsghdr *c;
	ssize_t n;

	n = recvmsg(p->fd, &msg, MSG_ERRQUEUE | MSG_DONTWAIT);
	if (n < 0 || !p->protocol->quoted(buf, n, p->n))
		return false;
	for (c = CMSG_FIRSTHDR(&msg); c; c = CMSG_NXTHDR(&msg, c))
		if ((c->cmsg_level == SOL_IP && c->cmsg_type == IP_RECVERR) ||
		    (c->cmsg_level == SOL_IPV6 && c->cmsg_type == IPV6_RECVERR))
			return got_icmp(answer, (void *)CMSG_DATA(c));
	return false;
}

static bool read_reply(struct prober *p, struct answer *answer)
{
	uint8_t buf[IP_HEADER_MAX + PROBE_MAX];
	size_t header = 0;
	ssize_t n;

	n = recv(p->fd, buf, sizeof(buf), MSG_DONTWAIT);
	if (n <= 0)
		return false;
	if (!p->v6 && !p->protocol->port)
		header = (buf[0] & 15) * 4;
	if (header > (size_t)n)
		return false;
	if (p->protocol->reply &&
	    !p->protocol->reply(buf + header, n - header, p->n))
		return false;
	answer->kind = ANSWER_TARGET;
	answer->from = p->target->addr;
	return true;
}

static void wait_answer(struct prober *p, int wait_ms, struct answer *answer)
{
	double start = now_ms(), left = wait_ms;
	struct pollfd pfd = { .fd = p->fd, .events = POLLIN };
	bool got = false;

	for (; !got && left > 0; left = start + wait_ms - now_ms()) {
		if (poll(&pfd, 1, left + 1) <= 0)
			continue;
		if (pfd.revents & POLLERR)
			got = read_error(p, answer);
		else
			got = read_reply(p, answer);
		if (got)
			answer->ms = now_ms() - start;
	}
}

static int send_probe(struct prober *p)
{
	uint8_t buf[PROBE_MAX];
	size_t len = p->protocol->build(buf, ++p->n, p->v6);
	int pending;
	socklen_t size = sizeof(pending);

	/* An error about an earlier probe would be this one's. */
	getsockopt(p->fd, SOL_SOCKET, SO_ERROR, &pending, &size);
	return send(p->fd, buf, len, 0) < 0 ? -errno : 0;
}

int probe(struct prober *p, int ttl, int wait_ms, struct answer *answer)
{
	int err;

	memset(answer, 0, sizeof(*answer));
	if (p->v6)
		err = set_int(p->fd, SOL_IPV6, IPV6_UNICAST_HOPS, ttl);
	else
		err = set_int(p->fd, SOL_IP, IP_TTL, ttl);
	if (!err)
		err = send_probe(p);
	if (!err)
		wait_answer(p, wait_ms, answer);
	return err;
}
