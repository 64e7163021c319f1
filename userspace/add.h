/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * add - what add and restore can make
 */
#ifndef VPNCT_ADD_H
#define VPNCT_ADD_H

#include "encode.h"
#include "nouns.h"

/* Sessions first. */
extern const struct verb add_verbs[];
extern const size_t n_add_verbs;

#endif
