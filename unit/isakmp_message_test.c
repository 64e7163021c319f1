// SPDX-License-Identifier: GPL-2.0-only
/*
 * isakmp_message_test CAPTURE... - the parser of ISAKMP: what it finds in the
 * header, and what it does with messages that are cut off
 */
#include <stdint.h>

#include "capture.h"
#include "isakmp_text.h"
#include "tap.h"

#define RESP_COOKIE	"2122232425262728"
#define NO_COOKIE	"0000000000000000"

static const struct header_case {
	const char *text, *hex;
	int reason;
} headers[] = {
	{ "nothing", "", ISAKMP_TRUNCATED },
	{ "27 bytes", COOKIES "00202208000000000000 00", ISAKMP_TRUNCATED },
	{ "a header alone", COOKIES "00202208 00000000 0000001c", ISAKMP_OK },
	{ "minor version 15", COOKIES "002f2208 00000000 0000001c", ISAKMP_OK },
	{ "version 0", COOKIES "00002208 00000000 0000001c",
	  ISAKMP_BAD_VERSION },
	{ "version 3", COOKIES "00302208 00000000 0000001c",
	  ISAKMP_BAD_VERSION },
	{ "a length of 0", COOKIES "00202208 00000000 00000000",
	  ISAKMP_BAD_LENGTH },
	{ "a length below the header's", COOKIES "00202208 00000000 0000001b",
	  ISAKMP_BAD_LENGTH },
	{ "a length beyond the datagram", COOKIES "00202208 00000000 0000001d",
	  ISAKMP_BAD_LENGTH },
	{ "a length of 4 GiB", COOKIES "00202208 00000000 ffffffff",
	  ISAKMP_BAD_LENGTH },
	{ "something behind the message",
	  COOKIES "00202208 00000000 0000001c 00", ISAKMP_OK },
	{ "no cookies",
	  NO_COOKIE NO_COOKIE "00202208 00000000 0000001c", ISAKMP_NOT_IKE },
	{ "neither cookies nor an SPI",
	  NO_COOKIE "0000000025262728 00202208 00000000 0000001c",
	  ISAKMP_NOT_IKE },
	{ "ESP in UDP behind eight zero bytes",
	  NO_COOKIE "0102030400000001 45454545 45454545 45454545",
	  ISAKMP_UDP_ESP },
	{ "the same, like a header",
	  NO_COOKIE RESP_COOKIE "00202208 00000000 0000001c", ISAKMP_UDP_ESP },
};

static void test_headers(void)
{
	const struct header_case *c;
	uint8_t data[64];
	struct isakmp_message m;
	size_t i, len;
	char text[128];

	for (i = 0; i < sizeof(headers) / sizeof(headers[0]); i++) {
		c = &headers[i];
		len = from_hex(data, c->hex);
		snprintf(text, sizeof(text), "header: %s", c->text);
		ok(parse(&m, data, len, len) == c->reason, text);
	}
}

/* Ethernet pads small packets. */
static void test_padding(void)
{
	uint8_t data[64] = {};
	struct isakmp_message m;

	from_hex(data, COOKIES "00202208 00000000 0000001c");
	ok(parse(&m, data, 46, 28) == ISAKMP_OK &&
	   parse(&m, data, 46, 27) == ISAKMP_TRUNCATED,
	   "header: what is visible behind the datagram doesn't count");
}

/* Who lies about the length still has cookies, and nothing else. */
static void test_length(void)
{
	uint8_t data[64], cookies[16];
	struct isakmp_message m;
	size_t len;

	len = from_hex(data, COOKIES
		       "29202508 00000000 00000025 00000008 00004004");
	parse(&m, data, len, len);
	memcpy(cookies, &m.init_cookie, 8);
	memcpy(cookies + 8, &m.resp_cookie, 8);
	ok(!memcmp(cookies, data, 16) && m.major == 2,
	   "length: one that lies leaves the cookies");
	same(describe(&m), "malformed", "length: and nothing of the payloads");
	data[27] = 0x24;
	len += from_hex(data + len, "00000000");
	parse(&m, data, len, len);
	same(describe(&m), "natt", "length: payloads, and bytes behind them");
	data[28] = 41;
	from_hex(data + 36, "00000004");
	parse(&m, data, len, len);
	same(describe(&m), "malformed",
	     "length: a payload behind the end isn't the message's");
}

static void test_fields(void)
{
	uint8_t data[64], cookies[16];
	struct isakmp_message m;
	size_t len;

	len = from_hex(data, COOKIES "00 20 24 28 01020304 0000001c");
	parse(&m, data, len, len);
	memcpy(cookies, &m.init_cookie, 8);
	memcpy(cookies + 8, &m.resp_cookie, 8);
	ok(!memcmp(cookies, data, 16), "header: both cookies");
	ok(m.major == 2 && m.exchange == ISAKMP_V2_CHILD && m.flags == 0x28 &&
	   m.msgid == 0x01020304 && m.length == 28 && !m.next,
	   "header: all other fields");
	ok(isakmp_is_response(&m) && isakmp_is_child(&m) &&
	   !isakmp_is_fragment(&m),
	   "header: a CREATE_CHILD_SA response is one");
	data[17] = 0x10;
	parse(&m, data, len, len);
	ok(!isakmp_is_response(&m) && !isakmp_is_child(&m),
	   "header: the same in version 1 is not");
}

static void test_capture(const char *file)
{
	const char *slash = strrchr(file, '/');
	unsigned int bad = 0;
	struct capture c;
	char text[256];
	size_t i;

	if (capture_read(&c, file)) {
		for (i = 0; i < c.n; i++)
			if (c.packet[i].type != PACKET_ESP)
				bad += !cut(c.packet[i].data,
					    c.packet[i].len);
	} else {
		bad++;
	}
	snprintf(text, sizeof(text), "every message, cut off everywhere: %s",
		 slash ? slash + 1 : file);
	ok(c.n && !bad, text);
	capture_free(&c);
}

int main(int argc, char **argv)
{
	int i;

	setlinebuf(stdout);
	test_headers();
	test_padding();
	test_length();
	test_fields();
	for (i = 1; i < argc; i++)
		test_capture(argv[i]);
	return done_testing();
}
