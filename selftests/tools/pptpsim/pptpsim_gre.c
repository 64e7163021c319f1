// SPDX-License-Identifier: GPL-2.0-only
/* pptpsim: scenarios about packets that belong to a call, or pretend to */
#include "pptpsim.h"

/*
 * Errors from each end about what the other one has sent, quoted as it was
 * when it arrived there: they must reach the other end, quoting what that one
 * had sent.
 */
void play_icmp(void)
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
void play_forged(void)
{
	struct call call, stolen;
	struct conn c, other;
	uint32_t mark = mark_new(), got;
	uint16_t id;
	bool came = false;

	dial(&c, 0);
	ok(start(&c) && call_out(&call, &c, 33, 44) && works(&call),
	   "a call is up");
	other = c;
	other.host[1] = &scene.second;
	gre_send(&other, 1, call.seen[0], mark, false);
	while (gre_receive(&scene.clients[0], SILENCE, &id, &got))
		came |= got == mark;
	ok(!came, "a stranger's GRE with its Call-ID doesn't reach the client");
	stolen = call;
	other = c;
	other.host[0] = &scene.clients[1];
	stolen.conn = &other;
	carries(&stolen, 0, false);
	ok(works(&call), "nor does that of another client change anything");
	drain(&scene.clients[1]);
	ok(!is_silent(&call, 1), "the server's GRE still goes to the client");
	conn_close(&c);
}
