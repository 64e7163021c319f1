// SPDX-License-Identifier: GPL-2.0-only
/*
 * doctor - look for what keeps tunnels from working, and say what to do
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "doctor.h"
#include "ruleset.h"

static const struct {
	const char *name;
	void (*run)(struct doctor *d);
	const char *fine; /* what to say if nothing was found */
	bool live; /* needs what the modules know */
} checks[] = {
	{ "modules", check_modules, "the modules that are needed are loaded", false },
	{ "boot", check_boot, "modules are loaded at boot, too", false },
	{ "zones", check_zones, "the kernel has conntrack zones", false },
	{ "forwarding", check_forwarding, "packets are forwarded", false },
	{ "rp_filter", check_rp_filter,
	  "reverse path filtering has dropped nothing", false },
	{ "rules", check_rules,
	  "rules do what the protocols in use need", false },
	{ "forward", check_forward,
	  "the forward filter lets them through", false },
	{ "own-tunnel", check_own_tunnel,
	  "no rule masquerades what the gateway's own tunnels take", false },
	{ "kernel-pptp", check_kernel_pptp,
	  "the kernel's own PPTP helper is not in the way", false },
	{ "limits", check_limits, "the tables have room", true },
	{ "fastpath", check_fast,
	  "the fast path is off, or packets take it", true },
	{ "conntrack", check_conntrack, "conntrack's table has room", false },
	{ "session", check_sessions, "every session gets answers", true },
	{ "ah", check_ah, "nobody sends AH", false },
	{ "encapsulation", check_encapsulation,
	  "no server encapsulates unasked", false },
	{ "rekey", check_rekey, "no tunnel idled out before its rekey", true },
	{ "half-open", check_half_open,
	  "no server leaves some clients without an answer", true },
	{ "initial-contact", check_initial_contact,
	  "no server drops one client for another", true },
	{ "pptp-helper", check_pptp_helper,
	  "every PPTP connection has the helper", false },
	{ "helper", check_helper, "no other helper is in the way", false },
	{ "call", check_calls, "every PPTP call gets answers", true },
};

static void usage(void)
{
	size_t i;

	printf("Usage: vpnct doctor [OPTIONS]\n\n"
	       "Look at modules, settings, rules, tables and at each session for what keeps\n"
	       "tunnels from working, and say what to do. The rules are read with nft(8).\n\n"
	       "Checks, and what they say if all is well:\n");
	for (i = 0; i < ARRAY_SIZE(checks); i++)
		printf("  %-15s  %s\n", checks[i].name, checks[i].fine);
	putchar('\n');
	print_options("jp");
	printf("\nLines of -p: level (ok, note, warning, problem), check, client, server, text,\n"
	       "remedy. Exit status 3: there is a warning or a problem.\n");
}

static void run_checks(struct doctor *d)
{
	size_t i, before;

	for (i = 0; i < ARRAY_SIZE(checks); i++) {
		if (checks[i].live && !d->nl)
			continue;
		d->check = checks[i].name;
		before = d->n;
		checks[i].run(d);
		if (d->n == before)
			found(d, LEVEL_OK, "%s", checks[i].fine);
	}
}

static int worst(const struct doctor *d)
{
	size_t i;

	for (i = 0; i < d->n; i++)
		if (d->finding[i].level >= LEVEL_WARNING)
			return EXIT_TROUBLE;
	return EXIT_OK;
}

static void doctor_free(struct doctor *d)
{
	size_t i;

	for (i = 0; i < d->n; i++) {
		free(d->finding[i].text);
		free(d->finding[i].remedy);
	}
	free(d->finding);
	flows_free(&d->flows);
	json_decref(d->ruleset);
	snapshot_free(&d->snap);
	if (d->nl)
		nl_close(d->nl);
}

/* Without the modules there is still much to look at. */
static int examine(struct doctor *d)
{
	int err = 0;

	d->rp_dropped = rp_filter_dropped();
	if (!access("/sys/module/nf_conntrack_vpn", F_OK)) {
		d->nl = nl_open();
		if (!d->nl)
			return -ENOENT;
		err = snapshot_fetch(d->nl, &d->snap);
	}
	if (err)
		return err;
	d->ruleset = ruleset_read(&d->whole);
	err = flows_fetch(&d->flows);
	if (err)
		error("conntrack: %s%s", strerror(-err), nl_hint(err));
	return err;
}

static int run(const struct call *call)
{
	struct doctor d = {};
	int status = EXIT_FAILED;

	if (!examine(&d)) {
		run_checks(&d);
		print_findings(&d, call->opt->format);
		status = worst(&d);
	}
	doctor_free(&d);
	return status;
}

const struct command doctor_command = {
	.name = "doctor",
	.help = "look for what keeps tunnels from working",
	.usage = usage,
	.run = run,
	.options = "jp",
};
