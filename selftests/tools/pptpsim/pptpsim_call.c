// SPDX-License-Identifier: GPL-2.0-only
/* pptpsim: what both ends do to have a call, and whether it carries data */
#include "pptpsim.h"

/* Something by which a packet is recognised when it arrives. */
uint32_t mark_new(void)
{
	static uint32_t mark;

	return ++mark;
}

/* The client of that number opens a control connection to the server. */
void dial(struct conn *c, unsigned int client)
{
	conn_open(c, &scene.clients[client], &scene.server, scene.address,
		  scene.port);
}

/* One end says something: what the other one reads. */
bool tell(struct conn *c, int end, int type, uint16_t id, uint16_t peer,
	  uint8_t result, struct message *got)
{
	struct message m;

	message_make(&m, type, id, peer, result);
	message_send(c, end, &m);
	return message_receive(c, !end, got) && got->type == type &&
	       got->len == m.len;
}

bool start(struct conn *c)
{
	struct message m;

	return tell(c, 0, START_REQUEST, 0, 0, 0, &m) &&
	       tell(c, 1, START_REPLY, 0, 0, 0, &m);
}

/* Both, for a play that is about what comes after. */
void dial_up(struct conn *c, unsigned int client)
{
	dial(c, client);
	if (!start(c))
		die("start");
}

/* @end asks with @type, the other one answers with @result. */
bool ask(struct call *call, struct conn *c, int end, int type,
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

bool call_out(struct call *call, struct conn *c, uint16_t id,
	      uint16_t peer_id)
{
	return ask(call, c, 0, OUT_REQUEST, id, peer_id, 1);
}

/* A packet of @end must reach the other end with the Call-ID it has chosen. */
bool carries(const struct call *call, int end, bool ack_only)
{
	uint32_t mark = mark_new(), got;
	uint16_t id;

	gre_send(call->conn, end, call->seen[!end], mark, ack_only);
	while (gre_receive(call->conn->host[!end], wait_ms, &id, &got))
		if (got == mark)
			return id == call->id[!end];
	return false;
}

bool works(const struct call *call)
{
	return carries(call, 0, false) && carries(call, 1, false);
}

/* What is still on its way to @h arrives, and is forgotten. */
void drain(struct host *h)
{
	uint32_t mark;
	uint16_t id;

	while (gre_receive(h, SILENCE, &id, &mark))
		;
}

/* A packet of @end must not reach the other end. */
bool is_silent(const struct call *call, int end)
{
	struct host *to = call->conn->host[!end];
	uint32_t mark = mark_new(), got;
	uint16_t id;

	gre_send(call->conn, end, call->seen[!end], mark, false);
	while (gre_receive(to, SILENCE, &id, &got))
		if (got == mark)
			return false;
	return true;
}
