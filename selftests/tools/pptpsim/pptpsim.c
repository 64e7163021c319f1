// SPDX-License-Identifier: GPL-2.0-only
/*
 * pptpsim OPTION... SCENARIO...: plays PPTP between network namespaces through
 * a gateway, both ends of it, and says of each thing that must hold whether it
 * does, as "ok TEXT" or "not ok TEXT".
 *
 *   -c NS	a client; may be repeated; NS@ADDR: from this address
 *   -s NS	the server
 *   -S NS	a second one, reached by the next higher port
 *   -d ADDR	the server's address as clients see it
 *   -p PORT	its port (1723)
 *   -n N	a number (50)
 *   -i FILE	commands for the scenario idle
 *   -w MS	how long to wait for what must come (10000)
 */
#include <arpa/inet.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pptpsim.h"

#define PPTP_PORT	1723
#define MAX_CLIENTS	16
#define MAX_CALLS	512
/* How long to wait for what must not come. */
#define SILENCE		300

static struct host clients[MAX_CLIENTS], server, second;
static unsigned int n_clients, number = 50;
static const char *address;
static const char *commands = "/dev/stdin";
static uint16_t port = PPTP_PORT;
static uint32_t next_mark = 1;
static bool failed;

static void ok(bool good, const char *text)
{
	printf("%sok %s\n", good ? "" : "not ", text);
	fflush(stdout);
	failed |= !good;
}

static void dial(struct conn *c, unsigned int client)
{
	conn_open(c, &clients[client], &server, address, port);
}

/* One end says something: what the other one reads. */
static bool tell(struct conn *c, int end, int type, uint16_t id, uint16_t peer,
		 uint8_t result, struct message *got)
{
	struct message m;

	message_make(&m, type, id, peer, result);
	message_send(c, end, &m);
	return message_receive(c, !end, got) && got->type == type &&
	       got->len == m.len;
}

static bool start(struct conn *c)
{
	struct message m;

	return tell(c, 0, START_REQUEST, 0, 0, 0, &m) &&
	       tell(c, 1, START_REPLY, 0, 0, 0, &m);
}

/* @end asks with @type, the other one answers with @result. */
static bool ask(struct call *call, struct conn *c, int end, int type,
		uint16_t id, uint16_t peer_id, uint8_t result)
{
	struct message m;

	call->conn = c;
	call->id[end] = id;
	call->id[!end] = peer_id;
	if (!tell(c, end, type, id, 0, 0, &m))
		return false;
	call->seen[end] = m.id;
	if (!tell(c, !end, type + 1, peer_id, m.id, result, &m))
		return false;
	call->seen[!end] = m.id;
	if (m.peer != id || m.result != result)
		return false;
	if (type == OUT_REQUEST || result != 1)
		return true;
	/* The asking end of an incoming call is the PAC. */
	return tell(c, end, IN_CONNECTED, call->seen[!end], 0, 0, &m) &&
	       m.id == peer_id;
}

static bool call_out(struct call *call, struct conn *c, uint16_t id,
		     uint16_t peer_id)
{
	return ask(call, c, 0, OUT_REQUEST, id, peer_id, 1);
}

/* A packet of @end must reach the other end with the Call-ID it has chosen. */
static bool carries(const struct call *call, int end, bool ack_only)
{
	uint32_t mark = next_mark++, got;
	uint16_t id;

	gre_send(call->conn, end, call->seen[!end], mark, ack_only);
	while (gre_receive(call->conn->host[!end], wait_ms, &id, &got))
		if (got == mark)
			return id == call->id[!end];
	return false;
}

static bool works(const struct call *call)
{
	return carries(call, 0, false) && carries(call, 1, false);
}

static void drain(struct host *h)
{
	uint32_t mark;
	uint16_t id;

	while (gre_receive(h, SILENCE, &id, &mark))
		;
}

static bool is_silent(const struct call *call, int end)
{
	struct host *to = call->conn->host[!end];
	uint32_t mark = next_mark++, got;
	uint16_t id;

	gre_send(call->conn, end, call->seen[!end], mark, false);
	while (gre_receive(to, SILENCE, &id, &got))
		if (got == mark)
			return false;
	return true;
}

/* ---- Scenarios ---- */

/* All clients choose the same Call-ID, and the server does, too. */
static void same_id(void)
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
		for (k = 0; k < n_clients; k++) {
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
		for (k = 0; k < n_clients; k++)
			good &= works(&call[k]);
		for (k = n_clients; k--; )
			good &= works(&call[k]);
		snprintf(text, sizeof(text), "Call-ID %u: all carry data",
			 ids[i]);
		ok(good, text);
		for (k = 0; k < n_clients; k++)
			conn_close(&c[k]);
	}
}

/* Who asks, and for what: four ways to make a call. */
static void roles(void)
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

			for (k = 0; k < 2 && k < n_clients; k++) {
				dial(&c[k], k);
				good &= start(&c[k]) &&
					ask(&call[k], &c[k], end, in ?
					    IN_REQUEST : OUT_REQUEST, 5, 5, 1);
			}
			for (k = 0; k < 2 && k < n_clients; k++)
				good &= works(&call[k]) &&
					carries(&call[k], 0, true) &&
					carries(&call[k], 1, true);
			ok(good, names[end][in]);
			for (k = 0; k < 2 && k < n_clients; k++)
				conn_close(&c[k]);
		}
}

/* Messages after a call is set up, of two clients with the same Call-ID. */
static void messages(void)
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
static void many(void)
{
	static struct call call[MAX_CALLS];
	unsigned int order[MAX_CALLS], i;
	bool good = true, gone = true, rest = true;
	struct message m;
	struct conn c;

	if (number > MAX_CALLS)
		number = MAX_CALLS;
	dial(&c, 0);
	good = start(&c);
	for (i = 0; i < number; i++)
		good &= call_out(&call[i], &c, i, number - i);
	ok(good, "many calls in one control connection: set up");
	shuffle(order, number);
	for (i = 0; i < number; i++)
		good &= works(&call[order[i]]);
	ok(good, "all carry data");
	shuffle(order, number);
	for (i = 0; i < number; i++) {
		struct call *last = &call[order[number - 1]];
		struct call *this = &call[order[i]];

		if (i % 8 == 0 && i + 1 < number)
			rest &= works(last);
		rest &= tell(&c, 1, DISCONNECT, this->id[1], 0, 0, &m);
		if (i % 8 == 0)
			gone &= is_silent(this, 0);
	}
	ok(rest, "cleared in random order: the others go on");
	ok(gone, "those that are cleared carry nothing");
	conn_close(&c);
}

/* Both clients' streams come byte by byte, and several messages in one piece. */
static void pieces(void)
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
static void cuts(void)
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
static void together(void)
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

/* Calls that are refused. */
static void refused(void)
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

/* Two servers behind one address choose the same Call-IDs for one client. */
static void servers(void)
{
	struct call call[2];
	struct conn c[2];
	bool good;

	dial(&c[0], 0);
	conn_open(&c[1], &clients[0], &second, address, port + 1);
	good = start(&c[0]) && start(&c[1]) &&
	       call_out(&call[0], &c[0], 11, 22) &&
	       call_out(&call[1], &c[1], 12, 22);
	ok(good, "two servers choose the same Call-ID: set up");
	ok(call[0].seen[1] != call[1].seen[1], "the client sees different ones");
	ok(works(&call[0]) && works(&call[1]), "both carry data");
	conn_close(&c[0]);
	conn_close(&c[1]);
}

/* A number is used for the next call without the last one being cleared. */
static void again(void)
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
	drain(&server);
	ok(works(&first), "which outlives the first");
	conn_close(&d);
}

/* More calls than anybody may have */
static void flood(void)
{
	unsigned int i, n = 0;
	struct call call;
	struct conn c;

	dial(&c, 0);
	if (!start(&c))
		die("start");
	for (i = 0; i < number; i++)
		n += ask(&call, &c, 0, OUT_REQUEST, 0x4000 + i, 0x4000 + i, 1);
	ok(n == number, "more calls than are tracked: messages pass");
	conn_close(&c);
}

/*
 * Errors from each end about what the other one has sent, quoted as it was
 * when it arrived there: they must reach the other end, quoting what that one
 * had sent.
 */
static void icmp(void)
{
	static const char *const texts[2] = {
		"an error of the client's end reaches the server, translated",
		"an error of the server's end reaches its client, translated",
	};
	struct in_addr src, dst, mine;
	struct call call[2];
	struct conn c[2];
	uint16_t id;
	bool good;
	int k, end;

	for (k = 0; k < 2; k++) {
		dial(&c[k], k);
		if (!start(&c[k]) || !call_out(&call[k], &c[k], 77, 88 + k) ||
		    !works(&call[k]))
			ok(false, "calls are set up");
	}
	for (end = 0; end < 2; end++)
		for (k = 0; k < 2; k++) {
			mine = conn_address(&c[k], end);
			icmp_send(&c[k], end, c[k].peer[end], mine,
				  call[k].id[end], 1000 + k);
			good = icmp_receive(c[k].host[!end], wait_ms, &src,
					    &dst, &id);
			mine = conn_address(&c[k], !end);
			ok(good && src.s_addr == mine.s_addr &&
			   dst.s_addr == c[k].peer[!end].s_addr &&
			   id == call[k].seen[end], texts[end]);
		}
	for (k = 0; k < 2; k++)
		conn_close(&c[k]);
}

/* GRE with the Call-ID of somebody else's call. */
static void forged(void)
{
	struct call call, stolen;
	struct conn c, other;
	uint32_t mark = next_mark++, got;
	uint16_t id;
	bool came = false;

	dial(&c, 0);
	ok(start(&c) && call_out(&call, &c, 33, 44) && works(&call),
	   "a call is up");
	other = c;
	other.host[1] = &second;
	gre_send(&other, 1, call.seen[0], mark, false);
	while (gre_receive(&clients[0], SILENCE, &id, &got))
		came |= got == mark;
	ok(!came, "a stranger's GRE with its Call-ID doesn't reach the client");
	stolen = call;
	other = c;
	other.host[0] = &clients[1];
	stolen.conn = &other;
	carries(&stolen, 0, false);
	ok(works(&call), "nor does that of another client change anything");
	drain(&clients[1]);
	ok(!is_silent(&call, 1), "the server's GRE still goes to the client");
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
static void idle(void)
{
	FILE *f = fopen(commands, "r");
	struct call call[MAX_CLIENTS];
	struct conn c[MAX_CLIENTS];
	char line[64], command[16];
	bool good = true;
	unsigned int k;

	if (!f)
		die(commands);
	for (k = 0; k < n_clients; k++) {
		dial(&c[k], k);
		good &= start(&c[k]) && call_out(&call[k], &c[k], 60, 70) &&
			works(&call[k]);
	}
	ok(good, "calls are up");
	while (fgets(line, sizeof(line), f)) {
		k = 0;
		if (sscanf(line, "%15s %u", command, &k) < 1 || k >= n_clients)
			die(line);
		obey(command, &call[k]);
	}
	fclose(f);
}

/* Requests that nobody answers, as many as fit. */
static void unanswered(void)
{
	struct message m;
	struct conn c;
	unsigned int i, n = 0;

	dial(&c, 0);
	if (!start(&c))
		die("start");
	for (i = 0; i < number; i++)
		n += tell(&c, 0, OUT_REQUEST, 0x5000 + i, 0, 0, &m) &&
		     m.id == 0x5000 + i;
	ok(n == number, "requests without answer pass");
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
static void second_call(void)
{
	struct message m;
	struct conn c;

	conn_dial(&c, &clients[0], &server, address, PPTP_PORT);
	message_make(&m, START_REQUEST, 0, 0, 0);
	m.bytes[12] = 1;	/* version 1.0 */
	message_send(&c, 0, &m);
	ok(message_receive(&c, 0, &m) && m.type == START_REPLY &&
	   served(&c, 21), "a call to a real server");
	ok(served(&c, 22), "a second one on the same connection");
	conn_close(&c);
}

/*
 * GRE that isn't followed, of the first client with the second server: it must
 * not suffer from a request of the second client for the same Call-ID.
 */
static void beside(void)
{
	struct call other, call;
	struct conn c[2];
	struct message m;

	conn_open(&c[1], &clients[0], &second, address, port + 1);
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

/* Bytes that are no PPTP pass as they are, and calls can be made afterwards. */
static void garbage(void)
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

static void bench_masqueraded(void)
{
	bench(&clients[0], &server, address, port, number, false);
}

static void bench_routed(void)
{
	bench(&clients[0], &server, address, port, number, true);
}

static const struct scenario {
	const char *name;
	void (*play)(void);
} scenarios[] = {
	{ "same-id", same_id },
	{ "roles", roles },
	{ "messages", messages },
	{ "many", many },
	{ "pieces", pieces },
	{ "cuts", cuts },
	{ "together", together },
	{ "refused", refused },
	{ "again", again },
	{ "servers", servers },
	{ "icmp", icmp },
	{ "forged", forged },
	{ "beside", beside },
	{ "second-call", second_call },
	{ "flood", flood },
	{ "idle", idle },
	{ "unanswered", unanswered },
	{ "garbage", garbage },
	{ "bench", bench_masqueraded },
	{ "bench-routed", bench_routed },
};

static void play(const char *name)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(scenarios); i++) {
		if (strcmp(name, scenarios[i].name))
			continue;
		scenarios[i].play();
		return;
	}
	fprintf(stderr, "pptpsim: no scenario %s\n", name);
	exit(2);
}

int main(int argc, char **argv)
{
	const char *server_name = NULL, *second_name = NULL;
	int opt;

	while ((opt = getopt(argc, argv, "c:s:S:d:p:n:w:i:")) != -1) {
		switch (opt) {
		case 'c':
			if (n_clients < MAX_CLIENTS)
				host_open(&clients[n_clients++], optarg);
			break;
		case 's':
			server_name = optarg;
			break;
		case 'S':
			second_name = optarg;
			break;
		case 'd':
			address = optarg;
			break;
		case 'p':
			port = atoi(optarg);
			break;
		case 'n':
			number = atoi(optarg);
			break;
		case 'i':
			commands = optarg;
			break;
		case 'w':
			wait_ms = atoi(optarg);
			break;
		default:
			return 2;
		}
	}
	if (!server_name || !n_clients || !address || !number) {
		fprintf(stderr, "pptpsim: -c, -s and -d are needed\n");
		return 2;
	}
	host_open(&server, server_name);
	host_listen(&server, port);
	if (second_name) {
		host_open(&second, second_name);
		host_listen(&second, port + 1);
	}
	for (; optind < argc; optind++)
		play(argv[optind]);
	return failed;
}
