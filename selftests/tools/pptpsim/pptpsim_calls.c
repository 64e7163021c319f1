// SPDX-License-Identifier: GPL-2.0-only
/* pptpsim: scenarios about how calls begin and end */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pptpsim.h"

#define MAX_CALLS	512

/* Who asks, and for what: four ways to make a call. */
void play_roles(void)
{
	static const char *const names[2][2] = {
		{ "opener asks for an outgoing call",
		  "opener asks for an incoming call" },
		{ "server asks for an outgoing call",
		  "server asks for an incoming call" },
	};
	unsigned int k, end, in;
	struct conn c[2];
	struct call call[2];

	for (end = 0; end < 2; end++)
		for (in = 0; in < 2; in++) {
			bool good = true;

			for (k = 0; k < 2 && k < scene.n_clients; k++) {
				dial(&c[k], k);
				good &= start(&c[k]) &&
					ask(&call[k], &c[k], end, in ?
					    IN_REQUEST : OUT_REQUEST, 5, 5, 1);
			}
			for (k = 0; k < 2 && k < scene.n_clients; k++)
				good &= works(&call[k]) &&
					carries(&call[k], 0, true) &&
					carries(&call[k], 1, true);
			ok(good, names[end][in]);
			for (k = 0; k < 2 && k < scene.n_clients; k++)
				conn_close(&c[k]);
		}
}

/* Messages after a call is set up, of two clients with the same Call-ID. */
void play_messages(void)
{
	struct conn c[2];
	struct call call[2];
	struct message m;
	int k, end;

	for (k = 0; k < 2; k++) {
		dial(&c[k], k);
		if (!start(&c[k]) || !call_out(&call[k], &c[k], 9, 9))
			ok(false, "calls are set up");
	}
	k = 1;
	for (end = 0; end < 2; end++) {
		ok(tell(&c[k], end, LINK_INFO, call[k].seen[!end], 0, 0, &m) &&
		   m.id == call[k].id[!end], "Set-Link-Info: receiver's Call-ID");
		ok(tell(&c[k], end, WAN_ERROR, call[k].seen[!end], 0, 0, &m) &&
		   m.id == call[k].id[!end], "WAN-Error: receiver's Call-ID");
		ok(tell(&c[k], end, ECHO_REQUEST, 0, 0, 0, &m),
		   "Echo-Request passes");
		ok(tell(&c[k], end, LINK_INFO, 4711, 0, 0, &m) && m.id == 4711,
		   "an unknown Call-ID is left alone");
	}
	ok(works(&call[1]), "the call goes on");
	ok(tell(&c[k], 0, CLEAR, call[k].id[0], 0, 0, &m) &&
	   m.id == call[k].seen[0], "Call-Clear-Request: sender's Call-ID");
	ok(tell(&c[k], 1, DISCONNECT, call[k].id[1], 0, 0, &m) &&
	   m.id == call[k].seen[1], "Call-Disconnect: sender's Call-ID");
	ok(is_silent(&call[1], 0) && is_silent(&call[1], 1),
	   "a disconnected call carries nothing");
	ok(works(&call[0]), "the other client's call goes on");
	ok(tell(&c[0], 1, DISCONNECT, call[0].seen[0], 0, 0, &m) &&
	   m.id == call[0].id[0],
	   "Call-Disconnect with the receiver's Call-ID, as some do");
	ok(is_silent(&call[0], 1), "that ends the call, too");
	conn_close(&c[0]);
	conn_close(&c[1]);
}

/* Calls that are refused. */
void play_refused(void)
{
	struct call call;
	struct conn c;
	int result;

	dial(&c, 0);
	ok(start(&c), "started");
	for (result = 0; result < 8; result++) {
		char text[64];

		if (result == 1)
			continue;
		snprintf(text, sizeof(text), "result %d: no call", result);
		ok(ask(&call, &c, 0, OUT_REQUEST, 20, 30, result) &&
		   is_silent(&call, 1), text);
	}
	ok(call_out(&call, &c, 20, 30) && works(&call), "then one is accepted");
	conn_close(&c);
}

static void shuffle(unsigned int *order, unsigned int n)
{
	unsigned int i, j, t;

	for (i = 0; i < n; i++)
		order[i] = i;
	for (i = n - 1; i > 0; i--) {
		j = random() % (i + 1);
		t = order[i];
		order[i] = order[j];
		order[j] = t;
	}
}

/* Many calls of one control connection, cleared in any order. */
void play_many(void)
{
	static struct call call[MAX_CALLS];
	unsigned int order[MAX_CALLS], i;
	bool good = true, gone = true, rest = true;
	struct message m;
	struct conn c;

	if (scene.number > MAX_CALLS)
		scene.number = MAX_CALLS;
	dial(&c, 0);
	good = start(&c);
	for (i = 0; i < scene.number; i++)
		good &= call_out(&call[i], &c, i, scene.number - i);
	ok(good, "many calls in one control connection: set up");
	shuffle(order, scene.number);
	for (i = 0; i < scene.number; i++)
		good &= works(&call[order[i]]);
	ok(good, "all carry data");
	shuffle(order, scene.number);
	for (i = 0; i < scene.number; i++) {
		struct call *last = &call[order[scene.number - 1]];
		struct call *this = &call[order[i]];

		if (i % 8 == 0 && i + 1 < scene.number)
			rest &= works(last);
		rest &= tell(&c, 1, DISCONNECT, this->id[1], 0, 0, &m);
		if (i % 8 == 0)
			gone &= is_silent(this, 0);
	}
	ok(rest, "cleared in random order: the others go on");
	ok(gone, "those that are cleared carry nothing");
	conn_close(&c);
}

/* Packets both ways until one doesn't arrive: how often both did. */
static unsigned int carry(const struct call *call)
{
	unsigned int ms = wait_ms, n = 0;

	wait_ms /= 10;
	while (works(call))
		n++;
	wait_ms = ms;
	return n;
}

static void obey(const char *command, struct call *call)
{
	if (!strcmp(command, "work"))
		ok(works(call), "it carries data");
	else if (!strcmp(command, "carry"))
		ok(carry(call) > 0, "it carries data until it ends");
	else if (!strcmp(command, "again"))
		ok(call_out(call, call->conn, call->id[0], call->id[1]) &&
		   works(call), "asked for again, it carries data");
	else if (!strcmp(command, "silent"))
		ok(is_silent(call, 0) && is_silent(call, 1),
		   "it carries nothing");
	else if (!strcmp(command, "close"))
		conn_close(call->conn);
	else
		die(command);
}

/* A call of each client; then "COMMAND [K]" is done to that of the K-th. */
void play_idle(void)
{
	FILE *f = fopen(scene.commands, "r");
	struct call call[MAX_CLIENTS];
	struct conn c[MAX_CLIENTS];
	char line[64], command[16];
	bool good = true;
	unsigned int k;

	if (!f)
		die(scene.commands);
	for (k = 0; k < scene.n_clients; k++) {
		dial(&c[k], k);
		good &= start(&c[k]) && call_out(&call[k], &c[k], 60, 70) &&
			works(&call[k]);
	}
	ok(good, "calls are up");
	while (fgets(line, sizeof(line), f)) {
		k = 0;
		if (sscanf(line, "%15s %u", command, &k) < 1 ||
		    k >= scene.n_clients)
			die(line);
		obey(command, &call[k]);
	}
	fclose(f);
}

/* More calls than anybody may have */
void play_flood(void)
{
	unsigned int i, n = 0;
	struct call call;
	struct conn c;

	dial_up(&c, 0);
	for (i = 0; i < scene.number; i++)
		n += ask(&call, &c, 0, OUT_REQUEST, 0x4000 + i, 0x4000 + i, 1);
	ok(n == scene.number, "more calls than are tracked: messages pass");
	conn_close(&c);
}

/* Requests that nobody answers, as many as fit. */
void play_unanswered(void)
{
	struct message m;
	struct conn c;
	unsigned int i, n = 0;

	dial_up(&c, 0);
	for (i = 0; i < scene.number; i++)
		n += tell(&c, 0, OUT_REQUEST, 0x5000 + i, 0, 0, &m) &&
		     m.id == 0x5000 + i;
	ok(n == scene.number, "requests without answer pass");
	conn_close(&c);
}

/* A request to a real server: is it granted, and does its GRE come? */
static bool served(struct conn *c, uint16_t id)
{
	struct message m;
	uint32_t mark;
	uint16_t got;

	message_make(&m, OUT_REQUEST, id, 0, 0);
	message_send(c, 0, &m);
	do {
		if (!message_receive(c, 0, &m))
			return false;
	} while (m.type != OUT_REPLY);
	if (m.peer != id || m.result != 1)
		return false;
	while (gre_receive(c->host[0], wait_ms, &got, &mark))
		if (got == id)
			return true;
	return false;
}

/* A real server: a second request on one connection closes its first call. */
void play_second_call(void)
{
	struct message m;
	struct conn c;

	conn_dial(&c, &scene.clients[0], &scene.server, scene.address,
		  PPTP_PORT);
	message_make(&m, START_REQUEST, 0, 0, 0);
	m.bytes[12] = 1;	/* version 1.0 */
	message_send(&c, 0, &m);
	ok(message_receive(&c, 0, &m) && m.type == START_REPLY &&
	   served(&c, 21), "a call to a real server");
	ok(served(&c, 22), "a second one on the same connection");
	conn_close(&c);
}
