/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * json - records and other objects as JSON
 */
#ifndef VPNCT_JSON_H
#define VPNCT_JSON_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

#include "record.h"

json_t *json_record(const struct noun *noun, const void *rec);

/* An array of objects, one per line; what is around it is up to the caller. */
void json_open(const char *opening);
void json_item(json_t *item);
void json_close(const char *closing);

/*
 * Writes @json and a newline, and drops it. What can't be written ends the
 * program, or is said by false.
 */
void json_line(json_t *json, size_t flags);
bool json_line_to(FILE *out, json_t *json);

#endif
