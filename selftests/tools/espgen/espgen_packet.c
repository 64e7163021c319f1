// SPDX-License-Identifier: GPL-2.0-only
/* packets, good and bad */
#include <arpa/inet.h>
#include <netinet/icmp6.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <netinet/ip_icmp.h>
#include <netinet/udp.h>
#include <string.h>

#include "espgen.h"

static uint32_t sum16(const void *data, size_t len, uint32_t sum)
{
	const unsigned char *p = data;
	size_t i;

	for (i = 0; i + 1 < len; i += 2)
		sum += p[i] << 8 | p[i + 1];
	if (len & 1)
		sum += p[len - 1] << 8;
	return sum;
}

static uint16_t sum_fold(uint32_t sum)
{
	sum = (sum >> 16) + (sum & 0xffff);
	sum += sum >> 16;
	return htons(~sum & 0xffff);
}

static size_t ip4_header(unsigned char *p, const struct addr *src,
			 const struct addr *dst, uint8_t proto, size_t payload,
			 uint16_t id, uint16_t frag_off)
{
	struct iphdr ip = {
		.version = 4,
		.ihl = 5,
		.tot_len = htons(sizeof(ip) + payload),
		.id = htons(id),
		.frag_off = htons(frag_off),
		.ttl = 64,
		.protocol = proto,
		.saddr = src->v4.s_addr,
		.daddr = dst->v4.s_addr,
	};

	ip.check = sum_fold(sum16(&ip, sizeof(ip), 0));
	memcpy(p, &ip, sizeof(ip));
	return sizeof(ip);
}

static size_t ip6_header(unsigned char *p, const struct addr *src,
			 const struct addr *dst, uint8_t proto, size_t payload)
{
	struct ip6_hdr ip = {
		.ip6_flow = htonl(6u << 28),
		.ip6_plen = htons(payload),
		.ip6_nxt = proto,
		.ip6_hlim = 64,
		.ip6_src = src->v6,
		.ip6_dst = dst->v6,
	};

	memcpy(p, &ip, sizeof(ip));
	return sizeof(ip);
}

size_t packet_ip_header(unsigned char *p, const struct addr *src,
			const struct addr *dst, uint8_t proto, size_t payload)
{
	if (src->family == AF_INET)
		return ip4_header(p, src, dst, proto, payload, 0, 0);
	return ip6_header(p, src, dst, proto, payload);
}

static uint8_t exthdr_proto(char kind)
{
	switch (kind) {
	case 'h':
		return IPPROTO_HOPOPTS;
	case 'r':
		return IPPROTO_ROUTING;
	case 'f':
		return IPPROTO_FRAGMENT;
	default:
		return IPPROTO_DSTOPTS;
	}
}

/* eight bytes each; 'b' claims to be longer than the packet */
static size_t exthdr_build(const struct options *o, unsigned char *p)
{
	const char *kind;

	for (kind = o->exthdr; *kind; kind++, p += 8) {
		memset(p, 0, 8);
		p[0] = kind[1] ? exthdr_proto(kind[1]) : o->proto;
		if (*kind == 'f') {
			p[7] = 1;	/* identification */
		} else if (*kind != 'r') {
			p[1] = *kind == 'b' ? 255 : 0;
			p[2] = 1;	/* PadN of six bytes */
			p[3] = 4;
		}
	}
	return strlen(o->exthdr) * 8;
}

static size_t esp_build(const struct options *o, uint32_t spi, uint32_t seq,
			unsigned char *p)
{
	struct esp_head h = { htonl(spi), htonl(seq) };
	size_t len = sizeof(h) + o->size;

	memcpy(p, &h, sizeof(h));
	memset(p + sizeof(h), 0xa5, o->size);
	return o->cut >= 0 && (size_t)o->cut < len ? (size_t)o->cut : len;
}

/*
 * A DPD message, or what a request of another port looks like: an IKEv2
 * INFORMATIONAL exchange (37) of one encrypted payload (46), o->size bytes. The
 * SPIs are the cookies.
 */
static size_t udp_build(const struct options *o, unsigned int host,
			uint32_t spi, uint32_t seq, unsigned char *p)
{
	struct isakmp_head h = {
		.init_cookie = { htonl(spi), htonl(spi) },
		.resp_cookie = { htonl(o->answer_spi + host), 0 },
		.next = 46,
		.version = 0x20,
		.exchange = 37,
		.flags = o->response ? 0x20 : 0x08,
		.msgid = htonl(o->msgid ? o->msgid : seq),
		.length = htonl(sizeof(h) + o->size),
	};
	uint16_t payload[] = { 0, htons(o->size) };
	struct udphdr uh = {
		.uh_sport = htons(o->udp),
		.uh_dport = htons(o->udp),
		.uh_ulen = htons(sizeof(uh) + sizeof(h) + o->size),
	};

	memcpy(p, &uh, sizeof(uh));
	p += sizeof(uh);
	memcpy(p, &h, sizeof(h));
	p += sizeof(h);
	memset(p, 0xa5, o->size);
	memcpy(p, payload, sizeof(payload));
	return sizeof(uh) + sizeof(h) + o->size;
}

/* a complete packet from its IP header on */
size_t packet_build(const struct options *o, unsigned int host, uint32_t spi,
		    uint32_t seq, unsigned char *p)
{
	uint8_t proto = *o->exthdr ? exthdr_proto(o->exthdr[0]) : o->proto;
	struct addr src = host_src(o, host), dst = host_dst(o, host);
	size_t head, ext, len;

	head = src.family == AF_INET ? sizeof(struct iphdr) :
				       sizeof(struct ip6_hdr);
	ext = exthdr_build(o, p + head);
	p += head + ext;
	len = ext + (o->udp ? udp_build(o, host, spi, seq, p) :
			      esp_build(o, spi, seq, p));
	p -= head + ext;
	packet_ip_header(p, &src, &dst, proto,
			 o->claim >= 0 ? (size_t)o->claim : len);
	return head + len;
}

/* one of the two fragments of a packet: up to o->split, or from there on */
size_t packet_build_fragment(const struct options *o, unsigned int host,
			     uint32_t spi, uint32_t seq, bool last,
			     unsigned char *p)
{
	struct addr src = host_src(o, host), dst = host_dst(o, host);
	uint16_t id = 1 + spi * 31 + seq;	/* one for each packet */
	unsigned char esp[PACKET_MAX];
	struct ip6_frag frag = {
		.ip6f_nxt = o->proto,
		.ip6f_offlg = htons(last ? o->split : 1),
		.ip6f_ident = htonl(id),
	};
	size_t len, head;

	len = esp_build(o, spi, seq, esp);
	len = last ? len - o->split : o->split;
	if (src.family == AF_INET) {
		head = ip4_header(p, &src, &dst, o->proto, len, id,
				  last ? o->split / 8 : IP_MF);
	} else {
		head = ip6_header(p, &src, &dst, IPPROTO_FRAGMENT,
				  sizeof(frag) + len);
		memcpy(p + head, &frag, sizeof(frag));
		head += sizeof(frag);
	}
	memcpy(p + head, esp + (last ? o->split : 0), len);
	return head + len;
}

/* the quoted packet: its IP header and, as RFC 792 demands, eight bytes */
static size_t quote_build(const struct options *o, unsigned char *p)
{
	struct esp_head h = { htonl(o->spi), htonl(o->seq) };
	size_t head = packet_ip_header(p, &o->quote_src, &o->quote_dst,
				       o->proto, sizeof(h) + o->size);

	memcpy(p + head, &h, sizeof(h));
	return head + sizeof(h);
}

static uint16_t icmp6_sum(const struct addr *src, const struct addr *dst,
			  const void *data, size_t len)
{
	uint32_t sum = sum16(&src->v6, 16, sum16(&dst->v6, 16, 0));

	return sum_fold(sum16(data, len, sum + len + IPPROTO_ICMPV6));
}

/* an ICMP error o->src to o->dst */
size_t packet_build_icmp(const struct options *o, unsigned char *p)
{
	bool v4 = o->src.family == AF_INET;
	size_t head = v4 ? sizeof(struct iphdr) : sizeof(struct ip6_hdr);
	struct icmp6_hdr icmp6 = {
		.icmp6_type = o->type,
		.icmp6_code = o->code,
		.icmp6_mtu = htonl(o->mtu),
	};
	struct icmphdr icmp = {
		.type = o->type,
		.code = o->code,
		.un.frag.mtu = htons(o->mtu),
	};
	size_t len = sizeof(icmp) + quote_build(o, p + head + sizeof(icmp));

	if (v4) {
		memcpy(p + head, &icmp, sizeof(icmp));
		icmp.checksum = sum_fold(sum16(p + head, len, 0));
		memcpy(p + head, &icmp, sizeof(icmp));
	} else {
		memcpy(p + head, &icmp6, sizeof(icmp6));
		icmp6.icmp6_cksum = icmp6_sum(&o->src, &o->dst, p + head, len);
		memcpy(p + head, &icmp6, sizeof(icmp6));
	}
	packet_ip_header(p, &o->src, &o->dst,
			 v4 ? IPPROTO_ICMP : IPPROTO_ICMPV6, len);
	return head + len;
}
