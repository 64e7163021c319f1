/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * prometheus - one record as metrics, in Prometheus' text format
 */
#ifndef VPNCT_PROMETHEUS_H
#define VPNCT_PROMETHEUS_H

#include "record.h"

/*
 * A number each: "vpnct_KEY" of what there is now, "vpnct_KEY_total" of what is
 * counted. What the kernel hasn't told is left out.
 */
void print_prometheus(const struct noun *noun, const void *rec);

#endif
