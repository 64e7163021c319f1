// SPDX-License-Identifier: GPL-2.0-only
/*
 * isakmp_payload_test - the parser of ISAKMP: what it finds in payloads, and
 * what it does with those that lie
 */
#include <stdint.h>

#include "isakmp_text.h"
#include "tap.h"

enum kind { V1_MAIN, V1_INFO, V1_QUICK_E, V2_INIT, V2_AUTH, V2_INFO };

static const struct {
	uint8_t version, exchange, flags;
} kinds[] = {
	[V1_MAIN] = { 0x10, ISAKMP_V1_MAIN, 0 },
	[V1_INFO] = { 0x10, ISAKMP_V1_INFORMATIONAL, 0 },
	[V1_QUICK_E] = { 0x10, ISAKMP_V1_QUICK, ISAKMP_V1_ENCRYPTED },
	[V2_INIT] = { 0x20, ISAKMP_V2_INIT, ISAKMP_V2_INITIATOR },
	[V2_AUTH] = { 0x20, ISAKMP_V2_AUTH, ISAKMP_V2_INITIATOR },
	[V2_INFO] = { 0x20, ISAKMP_V2_INFORMATIONAL, 0 },
};

#define SPI_NOTIFY	"2900000c 0304000b 0102030"
#define NATT_VENDOR	"4a131c81070358455c5728f20e95452f"

static const struct payload_case {
	const char *text;
	enum kind kind;
	uint8_t next;
	const char *hex, *want;
} payloads[] = {
	{ "v2 NAT_DETECTION_SOURCE_IP", V2_INIT, 41, "00000008 00004004",
	  "natt" },
	{ "v2 NAT_DETECTION_DESTINATION_IP", V2_INIT, 41,
	  "0000000c 00004005 01020304", "natt" },
	{ "v2 COOKIE", V2_INIT, 41, "0000000a 00004006 0102", "" },
	{ "v2 INVALID_KE_PAYLOAD", V2_INIT, 41, "0000000a 00000011 000e", "" },
	{ "v2 a notify that we don't know", V2_INIT, 41, "00000008 00004000",
	  "" },
	{ "v2 second payload", V2_INIT, 33,
	  "29000006 0102 00000008 00004004", "natt" },
	{ "v2 SK ends what can be read", V2_AUTH, 46,
	  "2900000c 0102030405060708 00000008 00004004", "encrypted" },
	{ "v2 SK of no length lies", V2_AUTH, 46, "29000000", "malformed" },
	{ "v2 SK beyond the message lies", V2_AUTH, 46, "29000009 01020304",
	  "malformed" },
	{ "v2 first fragment", V2_AUTH, 53, "2900000c 00010002 01020304",
	  "encrypted fragment 1" },
	{ "v2 last fragment", V2_AUTH, 53, "0000000c 00020002 01020304",
	  "encrypted fragment 2" },
	{ "v2 fragment 0 of 2 lies", V2_AUTH, 53, "0000000c 00000002 01020304",
	  "malformed" },
	{ "v2 fragment 3 of 2 lies", V2_AUTH, 53, "0000000c 00030002 01020304",
	  "malformed" },
	{ "v2 fragment without number lies", V2_AUTH, 53, "00000006 0001",
	  "malformed" },
	{ "v2 zero payload length lies", V2_INIT, 33, "21000000", "malformed" },
	{ "v2 payload length 3 lies", V2_INIT, 33, "00000003", "malformed" },
	{ "v2 payload beyond the message lies", V2_INIT, 33, "00000006 01",
	  "malformed" },
	{ "v2 payload of 64 KiB lies", V2_INIT, 33, "0000ffff 01020304",
	  "malformed" },
	{ "v2 next payload that isn't there lies", V2_INIT, 41,
	  "21000008 00004004", "malformed" },
	{ "v2 next payload half there lies", V2_INIT, 41,
	  "21000008 00004004 0000", "malformed" },
	{ "v2 any payload that isn't there lies", V2_INIT, 41, "",
	  "malformed" },
	{ "v2 notify too short lies", V2_INIT, 41, "00000007 000040",
	  "malformed" },
	{ "v2 notify with an SPI beyond it lies", V2_INIT, 41,
	  "0000000a 03040011 0102", "malformed" },
	{ "v2 INVALID_SPI, SPI in the data", V2_INFO, 41,
	  "0000000c 0000000b 01020304", "spi 01020304" },
	{ "v2 INVALID_SPI, SPI in its field", V2_INFO, 41,
	  "0000000c 0304000b 01020304", "spi 01020304" },
	{ "v2 INVALID_SPI of AH", V2_INFO, 41, "0000000c 0204000b 01020304",
	  "" },
	{ "v2 INVALID_SPI without SPI", V2_INFO, 41, "00000008 0000000b", "" },
	{ "v2 INVALID_SPI with half an SPI", V2_INFO, 41,
	  "0000000a 0302000b 0102", "" },
	{ "v2 INVALID_SPI with an SPI of two bytes and data", V2_INFO, 41,
	  "0000000c 0302000b 01020304", "" },
	{ "v2 INVALID_SPI with too much data", V2_INFO, 41,
	  "0000000d 0000000b 01020304 05", "" },
	{ "v2 six INVALID_SPI, four are enough", V2_INFO, 41,
	  SPI_NOTIFY "1" SPI_NOTIFY "2" SPI_NOTIFY "3" SPI_NOTIFY "4"
	  SPI_NOTIFY "5 0000000c 0304000b 01020306",
	  "spi 01020301 spi 01020302 spi 01020303 spi 01020304" },
	{ "v1 vendor ID of RFC 3947", V1_MAIN, 13, "00000014" NATT_VENDOR,
	  "natt" },
	{ "v1 vendor ID of draft 02 with a newline", V1_MAIN, 13,
	  "00000014 90cb80913ebb696e086381b5ec427b1f", "natt" },
	{ "v1 vendor ID of draft 03", V1_MAIN, 13,
	  "00000014 7d9419a65310ca6f2c179d9215529d56", "natt" },
	{ "v1 vendor ID after others", V1_MAIN, 1,
	  "0d000008 00000001 0d000008 01020304 00000014" NATT_VENDOR, "natt" },
	{ "v1 vendor ID with something behind it", V1_MAIN, 13,
	  "00000015" NATT_VENDOR "00", "" },
	{ "v1 vendor ID, half of it", V1_MAIN, 13, "0000000c 4a131c8107035845",
	  "" },
	{ "v1 vendor ID is nothing in version 2", V2_INIT, 13,
	  "00000014" NATT_VENDOR, "" },
	{ "v1 encrypted: chain isn't looked at", V1_QUICK_E, 8, "0d000000",
	  "encrypted" },
	{ "v1 INVALID_SPI", V1_INFO, 11, "00000010 00000001 0304000b 01020304",
	  "spi 01020304" },
	{ "v1 INVALID_SPI of ISAKMP", V1_INFO, 11,
	  "0000001c 00000001 0110000b" COOKIES, "" },
	{ "v1 notify that ends in its DOI lies", V1_INFO, 11,
	  "00000007 000000", "malformed" },
	{ "v1 notify without type lies", V1_INFO, 11, "0000000a 00000001 0304",
	  "malformed" },
	{ "v1 second fragment", V1_MAIN, 132, "0000000c 0007 02 00 01020304",
	  "fragment 2" },
	{ "v1 last fragment", V1_MAIN, 132, "0000000c 0007 03 01 01020304",
	  "fragment 3" },
	{ "v1 fragment 0 lies", V1_MAIN, 132, "0000000c 0007 00 01 01020304",
	  "malformed" },
	{ "v1 fragment without number lies", V1_MAIN, 132, "00000006 0007",
	  "malformed" },
	{ "v1 fragment, whatever the flag says", V1_QUICK_E, 132,
	  "0000000c 0007 02 00 01020304", "encrypted fragment 2" },
};

static size_t make_message(uint8_t *data, const struct payload_case *c)
{
	size_t len = from_hex(data, COOKIES);

	data[len++] = c->next;
	data[len++] = kinds[c->kind].version;
	data[len++] = kinds[c->kind].exchange;
	data[len++] = kinds[c->kind].flags;
	len += 8;
	len += from_hex(data + len, c->hex);
	put_be32(data + 20, 0);
	put_be32(data + 24, len);
	return len;
}

static void test_payloads(void)
{
	const struct payload_case *c;
	struct isakmp_message m;
	uint8_t data[512];
	size_t i, len, bad = 0;

	for (i = 0; i < sizeof(payloads) / sizeof(payloads[0]); i++) {
		c = &payloads[i];
		len = make_message(data, c);
		if (parse(&m, data, len, len) != ISAKMP_OK)
			ok(false, c->text);
		else
			same(describe(&m), c->want, c->text);
		bad += !m.malformed && !cut(data, len);
	}
	ok(!bad, "payloads: all of these, cut off everywhere");
}

/* @n vendor payloads of four bytes, behind a NAT_DETECTION notify */
static size_t make_chain(uint8_t *data, unsigned int n)
{
	struct payload_case first = {
		"", V2_INIT, 41, "2b000008 00004004", "" };
	size_t len = make_message(data, &first);
	static const uint8_t vendor[] = { 43, 0, 0, 4 };

	for (; n > 1; n--, len += 4)
		memcpy(data + len, vendor, 4);
	data[len - 4] = 0;
	put_be32(data + 24, len);
	return len;
}

static void test_chains(void)
{
	static uint8_t data[DATAGRAM_MAX];
	struct isakmp_message m;
	size_t len;

	len = make_chain(data, 64);
	parse(&m, data, len, len);
	same(describe(&m), "natt", "chain: 64 payloads are read");
	len = make_chain(data, 65);
	parse(&m, data, len, len);
	same(describe(&m), "malformed", "chain: 65 are not believed");
	len = make_chain(data, 16000);
	parse(&m, data, len, len);
	same(describe(&m), "malformed", "chain: 16000 neither");
	parse(&m, data, 64, len);
	same(describe(&m), "natt",
	     "chain: what isn't visible isn't held against a message");
}

/* One payload that fills the largest datagram there is. */
static void test_large(void)
{
	static uint8_t data[DATAGRAM_MAX];
	struct payload_case c = {
		"", V2_INIT, 41, "2b000008 00004004 00000000", "" };
	struct isakmp_message m;
	size_t body = DATAGRAM_MAX - make_message(data, &c) + 4;

	data[38] = body >> 8;
	data[39] = body;
	put_be32(data + 24, DATAGRAM_MAX);
	parse(&m, data, ISAKMP_PEEK, DATAGRAM_MAX);
	same(describe(&m), "natt", "large: a payload of 64 KiB that is true");
	data[39]++;
	parse(&m, data, ISAKMP_PEEK, DATAGRAM_MAX);
	same(describe(&m), "malformed", "large: one byte more is a lie");
}

/* A fragmented Quick Mode as strongSwan sends it: the header says Main Mode. */
static void test_quoted(void)
{
	struct payload_case c = {
		"", V1_MAIN, 132,
		"00000024 0001 01 00" COOKIES "08 10 20 01 0a0b0c0d 00001000",
		"" };
	struct isakmp_message m;
	uint8_t data[128];
	size_t len = make_message(data, &c);

	parse(&m, data, len, len);
	ok(m.exchange == ISAKMP_V1_QUICK && m.msgid == 0x0a0b0c0d &&
	   m.encrypted && m.fragment == 1 && m.length == len,
	   "v1 first fragment: exchange and ID of the quoted header");
	parse(&m, data, len - 1, len);
	ok(m.exchange == ISAKMP_V1_MAIN && !m.msgid && m.fragment == 1,
	   "v1 first fragment: not if the quoted header isn't visible");
	data[34] = 2;
	parse(&m, data, len, len);
	ok(m.exchange == ISAKMP_V1_MAIN && !m.msgid && m.fragment == 2,
	   "v1 second fragment: what looks like a header is none");
	data[34] = 1;
	data[53] = 0x20;
	parse(&m, data, len, len);
	ok(m.exchange == ISAKMP_V1_MAIN && !m.msgid,
	   "v1 first fragment: not if it quotes another version");
	data[53] = 0x10;
	data[40] ^= 1;
	parse(&m, data, len, len);
	ok(m.exchange == ISAKMP_V1_MAIN && !m.msgid,
	   "v1 first fragment: not if it quotes other cookies");
}

static void test_zero_cookies(void)
{
	struct payload_case c = {
		"", V2_INFO, 41, "0000000c 0000000b 01020304", "" };
	struct isakmp_message m;
	uint8_t data[128];
	size_t len = make_message(data, &c);

	memset(data, 0, 16);
	ok(parse(&m, data, len, len) == ISAKMP_NOT_IKE &&
	   !strcmp(describe(&m), "spi 01020304"),
	   "INVALID_SPI with zero cookies: no IKE, but the SPI is told");
}

int main(void)
{
	setlinebuf(stdout);
	test_payloads();
	test_chains();
	test_large();
	test_quoted();
	test_zero_cookies();
	return done_testing();
}
