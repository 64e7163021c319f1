/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * present - whose what shall be placed is already
 */
#ifndef VPNCT_PRESENT_H
#define VPNCT_PRESENT_H

#include <jansson.h>

#include "nl.h"

#define PRESENT_SIZE 128 /* of a reason */

enum presence {
	PRESENT_NOT,
	PRESENT_SAME,
	PRESENT_OTHERS, /* in the way, unless it is replaced */
};

/* What the tables have; NULL after an error that has been reported. */
json_t *present_fetch(struct nl *nl);

/*
 * An entry of kind @noun as save has written it. @why, which has PRESENT_SIZE
 * bytes, gets what is in its way.
 */
enum presence present_find(const json_t *present, const char *noun,
			   const json_t *object, char *why);

/* It is there from now on. */
void present_add(json_t *present, const char *noun, const json_t *object);

#endif
