// SPDX-License-Identifier: GPL-2.0-only
/* pptpsim: scenarios about how messages are cut into TCP segments */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pptpsim.h"

/* Both clients' streams come byte by byte. */
void play_pieces(void)
{
	struct call call[2];
	struct conn c[2];
	bool good = true;
	int k;

	for (k = 0; k < 2; k++) {
		dial(&c[k], k);
		c[k].split = true;
		good &= start(&c[k]) && call_out(&call[k], &c[k], 0x1234, 0x1234);
	}
	ok(good, "messages byte by byte: set up");
	ok(call[0].seen[0] != call[1].seen[0], "with different Call-IDs");
	ok(works(&call[0]) && works(&call[1]), "both carry data");
	conn_close(&c[0]);
	conn_close(&c[1]);
}

/* One message, cut in two at each place. */
void play_cuts(void)
{
	struct message m, got;
	unsigned int at, type;
	struct call call[2];
	struct conn c[2];
	bool good = true;

	dial(&c[0], 0);
	dial(&c[1], 1);
	good = start(&c[0]) && start(&c[1]) &&
	       call_out(&call[0], &c[0], 3, 3) &&
	       call_out(&call[1], &c[1], 3, 4);
	for (type = OUT_REQUEST; type <= OUT_REPLY; type++)
		for (at = 1; at < 20; at++) {
			int end = type == OUT_REPLY;
			uint16_t peer = call[1].seen[0];

			message_make(&m, type, end ? 4 : 3, peer, 1);
			bytes_send(&c[1], end, m.bytes, at);
			usleep(20000);
			bytes_send(&c[1], end, m.bytes + at, m.len - at);
			good &= message_receive(&c[1], !end, &got);
			if (end)
				good &= got.peer == 3;
			else
				good &= got.id == call[1].seen[0];
			/* What is asked for must be agreed to again. */
			if (!end)
				good &= tell(&c[1], 1, OUT_REPLY, 4, got.id, 1,
					     &got) && got.peer == 3;
			good &= works(&call[1]);
			if (!good) {
				printf("# type %u cut at %u\n", type, at);
				goto out;
			}
		}
out:
	ok(good, "request and reply, cut at each byte");
	conn_close(&c[0]);
	conn_close(&c[1]);
}

/* Requests and replies of many calls, all in one write each. */
void play_together(void)
{
	static uint8_t data[64 * MAX_MESSAGE];
	struct message m, got;
	struct call call[2][16];
	struct conn c[2];
	bool good = true;
	unsigned int k, i;
	size_t len;

	for (k = 0; k < 2; k++) {
		dial(&c[k], k);
		good &= start(&c[k]);
		for (i = len = 0; i < 16; i++, len += m.len) {
			message_make(&m, OUT_REQUEST, i, 0, 0);
			memcpy(data + len, m.bytes, m.len);
		}
		bytes_send(&c[k], 0, data, len);
		for (i = len = 0; i < 16; i++, len += m.len) {
			good &= message_receive(&c[k], 1, &got);
			call[k][i] = (struct call) {
				.conn = &c[k], .id = { i, i },
				.seen = { got.id, i },
			};
			message_make(&m, OUT_REPLY, i, got.id, 1);
			memcpy(data + len, m.bytes, m.len);
		}
		bytes_send(&c[k], 1, data, len);
		for (i = 0; i < 16; i++) {
			good &= message_receive(&c[k], 0, &got) &&
				got.peer == i;
			call[k][i].seen[1] = got.id;
		}
	}
	ok(good, "16 messages in one piece: set up");
	for (i = 0; i < 16; i++)
		good &= works(&call[0][i]) && works(&call[1][i]);
	ok(good, "all carry data");
	conn_close(&c[0]);
	conn_close(&c[1]);
}

/* Bytes that are no PPTP pass as they are, and calls can be made afterwards. */
void play_garbage(void)
{
	uint8_t data[2048], back[2048];
	struct call call;
	struct message m;
	struct conn c;
	unsigned int i;
	size_t have = 0;
	ssize_t n;

	dial(&c, 0);
	for (i = 0; i < sizeof(data); i++)
		data[i] = random();
	/* Lengths that lie, an unknown type, a wrong magic number */
	message_make(&m, OUT_REQUEST, 1, 0, 0);
	m.bytes[0] = 0xff;
	memcpy(data, m.bytes, m.len);
	message_make(&m, OUT_REQUEST, 1, 0, 0);
	m.bytes[1] = 13;
	memcpy(data + 300, m.bytes, m.len);
	message_make(&m, ECHO_REPLY, 1, 0, 0);
	m.bytes[9] = 99;
	memcpy(data + 600, m.bytes, m.len);
	message_make(&m, OUT_REQUEST, 1, 0, 0);
	m.bytes[4] = 0;
	memcpy(data + 900, m.bytes, m.len);
	bytes_send(&c, 0, data, sizeof(data));
	while (have < sizeof(back)) {
		n = read(c.fd[1], back + have, sizeof(back) - have);
		if (n <= 0)
			break;
		have += n;
	}
	ok(have == sizeof(back) && !memcmp(data, back, have),
	   "garbage passes unmodified");
	ok(start(&c) && call_out(&call, &c, 80, 90) && works(&call),
	   "then a call is set up");
	conn_close(&c);
}
