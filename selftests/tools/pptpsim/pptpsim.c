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
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pptpsim.h"

struct scene scene = {
	.port = PPTP_PORT,
	.number = 50,
	.commands = "/dev/stdin",
};

static bool failed;

void ok(bool good, const char *text)
{
	printf("%sok %s\n", good ? "" : "not ", text);
	fflush(stdout);
	failed |= !good;
}

static void bench_masqueraded(void)
{
	bench(&scene.clients[0], &scene.server, scene.address, scene.port,
	      scene.number, false);
}

static void bench_routed(void)
{
	bench(&scene.clients[0], &scene.server, scene.address, scene.port,
	      scene.number, true);
}

static const struct scenario {
	const char *name;
	void (*play)(void);
} scenarios[] = {
	{ "same-id", play_same_id },
	{ "roles", play_roles },
	{ "messages", play_messages },
	{ "many", play_many },
	{ "pieces", play_pieces },
	{ "cuts", play_cuts },
	{ "together", play_together },
	{ "refused", play_refused },
	{ "again", play_again },
	{ "late", play_late },
	{ "short", play_short },
	{ "servers", play_servers },
	{ "icmp", play_icmp },
	{ "forged", play_forged },
	{ "beside", play_beside },
	{ "second-call", play_second_call },
	{ "flood", play_flood },
	{ "idle", play_idle },
	{ "unanswered", play_unanswered },
	{ "garbage", play_garbage },
	{ "bench", bench_masqueraded },
	{ "bench-routed", bench_routed },
	{ "bench-clear", bench_clear },
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
			if (scene.n_clients < MAX_CLIENTS)
				host_open(&scene.clients[scene.n_clients++],
					  optarg);
			break;
		case 's':
			server_name = optarg;
			break;
		case 'S':
			second_name = optarg;
			break;
		case 'd':
			scene.address = optarg;
			break;
		case 'p':
			scene.port = atoi(optarg);
			break;
		case 'n':
			scene.number = atoi(optarg);
			break;
		case 'i':
			scene.commands = optarg;
			break;
		case 'w':
			wait_ms = atoi(optarg);
			break;
		default:
			return 2;
		}
	}
	if (!server_name || !scene.n_clients || !scene.address ||
	    !scene.number) {
		fprintf(stderr, "pptpsim: -c, -s and -d are needed\n");
		return 2;
	}
	host_open(&scene.server, server_name);
	host_listen(&scene.server, scene.port);
	if (second_name) {
		host_open(&scene.second, second_name);
		host_listen(&scene.second, scene.port + 1);
	}
	for (; optind < argc; optind++)
		play(argv[optind]);
	return failed;
}
