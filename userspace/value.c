// SPDX-License-Identifier: GPL-2.0-only
/*
 * value - addresses, SPIs and names: compared, read and written
 */
#include <arpa/inet.h>
#include <linux/netfilter/nf_ct_vpn.h>
#include <stdio.h>
#include <string.h>

#include "value.h"
#include "vpnct.h"

static const char *const families[] = {
	[AF_INET] = "ipv4",
	[AF_INET6] = "ipv6",
};

const struct names family_names = { families, ARRAY_SIZE(families) };

static const char *const states[] = {
	[NF_CT_VPN_STATE_UNREPLIED] = "unreplied",
	[NF_CT_VPN_STATE_ESTABLISHED] = "established",
	[NF_CT_VPN_STATE_UNDECIDED] = "undecided",
	[NF_CT_VPN_STATE_REMEMBERED] = "remembered",
	[NF_CT_VPN_STATE_CLOSED] = "closed",
};

const struct names state_names = { states, ARRAY_SIZE(states) };

int number_cmp(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

int addr_cmp(const struct addr *a, const struct addr *b)
{
	if (!a->len || !b->len)
		return !a->len - !b->len;
	if (a->len != b->len)
		return a->len - b->len;
	return memcmp(a->byte, b->byte, a->len);
}

bool addr_in(const struct addr *a, const struct addr *net, unsigned int bits)
{
	unsigned int bytes = bits / 8;
	uint8_t differ;

	if (a->len != net->len || memcmp(a->byte, net->byte, bytes))
		return false;
	bits %= 8;
	if (!bits)
		return true;
	differ = a->byte[bytes] ^ net->byte[bytes];
	return !(differ >> (8 - bits));
}

bool addr_fits(const struct addr *a, uint64_t family)
{
	switch (family) {
	case AF_INET:
		return !a->len || a->len == 4;
	case AF_INET6:
		return !a->len || a->len == 16;
	}
	return false;
}

bool parse_addr(const char *s, struct addr *addr)
{
	addr->len = strchr(s, ':') ? 16 : 4;
	return inet_pton(addr->len == 4 ? AF_INET : AF_INET6, s, addr->byte);
}

/* No guessing whether "12345678" is meant in hexadecimal: 0x decides. */
bool parse_spi(const char *s, uint64_t *spi)
{
	bool hex = s[0] == '0' && (s[1] == 'x' || s[1] == 'X');

	return parse_number(hex ? s + 2 : s, hex ? 16 : 10, UINT32_MAX, spi);
}

unsigned int names_find(const struct names *names, const char *word)
{
	unsigned int i;

	for (i = 0; i < names->n; i++)
		if (names->name[i] && !strcmp(names->name[i], word))
			break;
	return i;
}

/* The next value after @i that has a name, one that none before it has; or @n. */
static unsigned int next_name(const struct names *names, unsigned int i)
{
	unsigned int j;

	for (; i < names->n; i++) {
		for (j = 0; names->name[i] && j < i; j++)
			if (names->name[j] &&
			    !strcmp(names->name[j], names->name[i]))
				break;
		if (names->name[i] && j == i)
			break;
	}
	return i;
}

void names_text(char *buf, size_t size, const struct names *names)
{
	unsigned int i = next_name(names, 0), next;
	const char *before = "";
	size_t n = 0;

	*buf = '\0';
	for (; i < names->n && n < size; i = next) {
		next = next_name(names, i + 1);
		if (*before && next == names->n)
			before = " or ";
		n += snprintf(buf + n, size - n, "%s%s", before,
			      names->name[i]);
		before = ", ";
	}
}

const char *range_text(char *buf, const struct range *range)
{
	snprintf(buf, RANGE_SIZE, "%u %s %u", range->min,
		 range->max - range->min == 1 ? "or" : "to", range->max);
	return buf;
}

int print_addr(char *buf, const struct addr *addr)
{
	inet_ntop(addr->len == 4 ? AF_INET : AF_INET6, addr->byte, buf,
		  INET6_ADDRSTRLEN);
	return strlen(buf);
}
