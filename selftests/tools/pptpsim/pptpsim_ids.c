// SPDX-License-Identifier: GPL-2.0-only
/* pptpsim: scenarios about the same Call-ID in several calls */
#include <stdio.h>

#include "pptpsim.h"

/* All clients choose the same Call-ID, and the server does, too. */
void play_same_id(void)
{
	static const uint16_t ids[] = { 0, 7, 65535 };
	struct conn c[MAX_CLIENTS];
	struct call call[MAX_CLIENTS];
	unsigned int i, k;
	bool good, differ;
	char text[64];

	for (i = 0; i < ARRAY_SIZE(ids); i++) {
		good = true;
		differ = true;
		for (k = 0; k < scene.n_clients; k++) {
			dial(&c[k], k);
			good &= start(&c[k]) &&
				call_out(&call[k], &c[k], ids[i], 100 + k);
			if (k)
				differ &= call[k].seen[0] != call[0].seen[0];
		}
		snprintf(text, sizeof(text), "Call-ID %u of all clients: set up",
			 ids[i]);
		ok(good, text);
		snprintf(text, sizeof(text), "Call-ID %u: kept for the first",
			 ids[i]);
		ok(call[0].seen[0] == ids[i], text);
		snprintf(text, sizeof(text), "Call-ID %u: another for the rest",
			 ids[i]);
		ok(differ, text);
		for (k = 0; k < scene.n_clients; k++)
			good &= works(&call[k]);
		for (k = scene.n_clients; k--; )
			good &= works(&call[k]);
		snprintf(text, sizeof(text), "Call-ID %u: all carry data",
			 ids[i]);
		ok(good, text);
		for (k = 0; k < scene.n_clients; k++)
			conn_close(&c[k]);
	}
}

/* A number is used for the next call without the last one being cleared. */
void play_again(void)
{
	struct call first, second;
	struct conn c, d;

	dial(&c, 0);
	ok(start(&c) && call_out(&first, &c, 40, 50) && works(&first),
	   "a call");
	ok(call_out(&second, &c, 40, 51) && works(&second),
	   "its Call-ID is used again on the same connection");
	dial(&d, 0);
	ok(start(&d) && call_out(&first, &d, 40, 51) && works(&first),
	   "and both are on another one");
	conn_close(&c);
	drain(&scene.server);
	ok(works(&first), "which outlives the first");
	conn_close(&d);
}

/*
 * A host clears a call and uses its Call-ID again at once. That the call has
 * ended its server says later, by its own Call-ID, which is that of another
 * call at the host.
 */
void play_late(void)
{
	struct call old, other, next;
	struct message m;
	struct conn c;

	dial(&c, 0);
	ok(start(&c) && call_out(&old, &c, 10, 20) &&
	   call_out(&other, &c, 20, 30) && works(&old) && works(&other),
	   "two calls whose numbers overlap");
	ok(tell(&c, 0, CLEAR, 10, 0, 0, &m) && call_out(&next, &c, 10, 40),
	   "one is cleared, and its Call-ID used again");
	ok(tell(&c, 1, DISCONNECT, 20, 0, 0, &m) && m.id == 20,
	   "late Call-Disconnect of the old call");
	ok(works(&other), "the other call goes on");
	ok(works(&next), "so does the new one");
	ok(is_silent(&old, 0), "the old one carries nothing");
	ok(call_out(&old, &c, 50, 20) && works(&old),
	   "the server uses its Call-ID again, too");
	conn_close(&c);
}

/* Calls that end at once, many more than a connection may have at a time. */
void play_short(void)
{
	unsigned int i, n = 0;
	struct message m;
	struct call call;
	struct conn c;

	dial_up(&c, 0);
	for (i = 0; i < scene.number; i++)
		n += call_out(&call, &c, 60, 0x6000 + i) &&
		     (i % 16 || works(&call));
	ok(n == scene.number, "many calls with the same Call-ID, one by one");
	for (i = 0, n = 0; i < scene.number; i++)
		n += call_out(&call, &c, 0x4000 + i, 0x4000 + i) &&
		     (i % 16 || works(&call)) &&
		     tell(&c, 1, DISCONNECT, call.id[1], 0, 0, &m);
	ok(n == scene.number, "many calls with other ones, one by one");
	conn_close(&c);
}

/* Two servers behind one address choose the same Call-IDs for one client. */
void play_servers(void)
{
	struct call call[2];
	struct conn c[2];
	bool good;

	dial(&c[0], 0);
	conn_open(&c[1], &scene.clients[0], &scene.second, scene.address,
		  scene.port + 1);
	good = start(&c[0]) && start(&c[1]) &&
	       call_out(&call[0], &c[0], 11, 22) &&
	       call_out(&call[1], &c[1], 12, 22);
	ok(good, "two servers choose the same Call-ID: set up");
	ok(call[0].seen[1] != call[1].seen[1], "the client sees different ones");
	ok(works(&call[0]) && works(&call[1]), "both carry data");
	conn_close(&c[0]);
	conn_close(&c[1]);
}

/*
 * GRE that isn't followed, of the first client with the second server: it must
 * not suffer from a request of the second client for the same Call-ID.
 */
void play_beside(void)
{
	struct call other, call;
	struct conn c[2];
	struct message m;

	conn_open(&c[1], &scene.clients[0], &scene.second, scene.address,
		  scene.port + 1);
	ok(start(&c[1]) && call_out(&other, &c[1], 500, 600) && works(&other),
	   "GRE that no helper knows of");
	dial(&c[0], 1);
	ok(start(&c[0]) && tell(&c[0], 0, OUT_REQUEST, 500, 0, 0, &m) &&
	   m.id == 500, "a request for the same Call-ID");
	ok(works(&other), "while nobody answers that, it goes on");
	ok(tell(&c[0], 1, OUT_REPLY, 700, m.id, 2, &m) && works(&other),
	   "so it does when that is refused");
	ok(call_out(&call, &c[0], 501, 600) && works(&call),
	   "another one is accepted");
	conn_close(&c[0]);
	conn_close(&c[1]);
}
