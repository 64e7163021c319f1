/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * wording - what the kernel says, in the words of the command line
 */
#ifndef VPNCT_WORDING_H
#define VPNCT_WORDING_H

#include <stddef.h>

/* Attributes that @text names get the names that vpnct has for them. */
void put_in_our_words(char *buf, size_t size, const char *text);

#endif
