/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * change - add, delete and flush
 */
#ifndef VPNCT_CHANGE_H
#define VPNCT_CHANGE_H

#include "encode.h"
#include "nouns.h"

/* What add and restore can make, sessions first. */
extern const struct verb add_verbs[];
extern const size_t n_add_verbs;

#endif
