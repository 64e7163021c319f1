// SPDX-License-Identifier: GPL-2.0-only
/*
 * prometheus - one record as metrics, in Prometheus' text format
 */
#include <stdio.h>

#include "print.h"
#include "prometheus.h"

void print_prometheus(const struct noun *noun, const void *rec)
{
	const struct field *f = noun->field;
	const char *group = "", *total;
	char buf[VALUE_SIZE];
	unsigned int i;

	for (i = 0; i < noun->n_fields; i++, f++) {
		group = f->group ? f->group : group;
		if (!field_present(noun, f, rec))
			continue;
		total = f->flags & FIELD_NOW ? "" : "_total";
		print_plain(buf, noun, f, rec);
		/* Texts are ours: nothing in them has to be escaped. */
		printf("# HELP vpnct_%s%s %s: %s\n", f->key, total, group,
		       f->help);
		printf("# TYPE vpnct_%s%s %s\n", f->key, total,
		       *total ? "counter" : "gauge");
		printf("vpnct_%s%s %s\n", f->key, total, buf);
	}
}
