// SPDX-License-Identifier: GPL-2.0-only
/*
 * Faults: something is done to the gateway, hosts get other addresses, somebody
 * who isn't the server sends in its name. Three seconds later all has to be as
 * it was.
 */
#include <arpa/inet.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "vpnemu.h"

#define FAULT_LASTS	(3 * SEC)
/* between the two packets of a forged SPI */
#define SPOOF_AGAIN	(10 * MS)

int64_t fault_begin(const struct emu *e)
{
	return e->begun + e->set.fault_at * SEC;
}

/* May a packet be lost that came at that time? */
bool fault_excuses(const struct emu *e, int64_t when)
{
	int64_t begin = fault_begin(e);

	return e->set.fault_at && when >= begin && when < begin + FAULT_LASTS;
}

/* Nobody waits for it: what it does takes time that the hosts go on. */
static void fault_command(struct emu *e, struct host *h, long arg)
{
	pid_t pid = fork();

	(void)h;
	(void)arg;
	if (pid) {
		waitpid(pid, NULL, 0);
		return;
	}
	/* Nobody need wait for the child of a child. */
	if (fork())
		_exit(0);
	netns_enter(e->set.gateway);
	execl("/bin/sh", "sh", "-c", e->set.fault, (char *)NULL);
	_exit(1);
}

static void fault_move(struct emu *e, struct host *lead, long arg)
{
	struct host *h;

	(void)arg;
	for (h = lead; h < lead + e->set.children; h++)
		h->addr = addr_nth(&h->addr, e->set.hosts);
}

/* arg: an SPI that has been sent once, 0: none */
static void fault_spoof(struct emu *e, struct host *h, long arg)
{
	struct {
		struct esp_head head;
		unsigned char filler[64];
	} p = {};
	uint32_t spi = arg ? (uint32_t)arg : random32(e) | 1 << 8;

	if (e->stopping)
		return;
	p.head.spi = htonl(spi);
	p.head.seq = htonl(arg ? 2 : 1);
	if (h->seen_as.family)
		socket_put(e->esp[SIDE_SERVER], &h->server, &h->seen_as, 0, &p,
			   sizeof(p));
	if (arg)
		return;
	after(e, SPOOF_AGAIN, fault_spoof, h, spi);
	after(e, SEC / e->set.spoof, fault_spoof, h, 0);
}

void fault_schedule(struct emu *e)
{
	uint32_t i;

	if (e->set.fault)
		at(e, fault_begin(e), fault_command, NULL, 0);
	for (i = 0; i < e->set.movers && i < e->set.hosts; i++)
		at(e, fault_begin(e), fault_move,
		   &e->hosts[i * e->set.children], 0);
	if (e->set.spoof)
		at(e, fault_begin(e), fault_spoof, e->hosts, 0);
}
