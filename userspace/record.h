/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * record - what a noun consists of, described once
 *
 * A noun (session, esp, pptp, stats) is a C structure and an array of &struct field
 * that says of each member which attribute brings it and how it is shown.
 * The decoder, the three output formats and --help all work from that array,
 * so that none of them can show what another one forgot.
 */
#ifndef VPNCT_RECORD_H
#define VPNCT_RECORD_H

#include <libmnl/libmnl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "nl.h"
#include "value.h"

enum field_type {
	FIELD_NUMBER,
	FIELD_BYTES,
	FIELD_MSECS,
	FIELD_SECS,
	FIELD_SPI,
	FIELD_COOKIE,
	FIELD_BOOL,
	FIELD_NAME, /* enumeration */
	FIELD_ADDR, /* struct addr; everything else is an uint64_t */
};

enum field_flag {
	/* Left out where no record has a value. */
	FIELD_RARE = 1 << 0,
	/* Left out where the terminal is too narrow, the last of them first. */
	FIELD_WIDE = 1 << 2,
	/* Says whose the record is: left out of text below its owner. */
	FIELD_OWNER = 1 << 1,
	/* A number that tells one record from others, rather than how many. */
	FIELD_ID = 1 << 3,
	/* What there is now, where others are counted and never become less. */
	FIELD_NOW = 1 << 4,
};

/**
 * struct field - one member of a record
 * @key: name in JSON, and of the column in TSV
 * @head: column heading in text; NULL if text leaves it out
 * @help: what it means
 * @input: what to type for it, where that is another text; or NULL
 * @group: heading above it where fields are shown one per line
 * @names: FIELD_NAME only
 * @range: of settings only
 * @type: how it is kept and shown
 * @flags: &enum field_flag
 * @attr: attribute that brings it; 0 if it is computed
 * @size: bytes of an integer in that attribute
 * @offset: of the member in the record
 */
struct field {
	const char *key;
	const char *head;
	const char *help;
	const char *input;
	const char *group;
	const struct names *names;
	const struct range *range;
	enum field_type type;
	unsigned int flags;
	uint16_t attr;
	uint8_t size;
	size_t offset;
};

#define FIELD_MAX 64 /* bits in struct record.present */

/* Every record begins so. Bit n of @present: field n has a value. */
struct record {
	uint64_t present;
};

/**
 * struct noun - a kind of record
 * @name: first column of its lines in TSV
 * @plural: the word for it on the command line
 * @title: how messages call several of them
 * @field: its fields. Columns of TSV have this order: append only.
 * @n_fields: length of @field
 * @size: of the record
 * @cmd: command that gets them
 * @flags: netlink flags for it, NLM_F_DUMP where there may be many
 * @cmp: order of two records, 0 if they are the same object
 * @check: whether the fields of a record fit together; may be NULL
 */
struct noun {
	const char *name;
	const char *plural;
	const char *title;
	const struct field *field;
	unsigned int n_fields;
	size_t size;
	uint8_t cmd;
	uint16_t flags;
	int (*cmp)(const void *a, const void *b);
	bool (*check)(const void *rec);
};

/* An array of records of one noun. */
struct list {
	const struct noun *noun;
	void *rec;
	size_t n;
	size_t room;
};

static inline void *list_at(const struct list *list, size_t i)
{
	return (char *)list->rec + i * list->noun->size;
}

/* After @rec; the first one after NULL; NULL after the last one. */
static inline void *list_next(const struct list *list, const void *rec)
{
	const char *next = rec ? (const char *)rec + list->noun->size :
				 list->rec;

	return list->n && next < (char *)list_at(list, list->n) ? (void *)next :
								  NULL;
}

static inline bool field_present(const struct noun *noun, const struct field *f,
				 const void *rec)
{
	const struct record *r = rec;

	return r->present & 1ULL << (f - noun->field);
}

static inline uint64_t field_number(const struct field *f, const void *rec)
{
	return *(const uint64_t *)((const char *)rec + f->offset);
}

static inline const struct addr *field_addr(const struct field *f,
					    const void *rec)
{
	return (const struct addr *)((const char *)rec + f->offset);
}

/* noun.c: NULL if there is none */
const struct field *field_find(const struct noun *noun, const char *key);

/* decode.c */
const struct field *decode(const struct noun *noun, const struct nlmsghdr *nlh,
			   void *rec);
const struct field *decode_nested(const struct noun *noun,
				  const struct nlattr *nest, void *rec);
bool decode_addr(const struct nlattr *attr, struct addr *addr);

/* fetch.c */
struct filter;

int fetch(struct nl *nl, const struct noun *noun, struct list *list);
/* Those that match @filter. */
int fetch_some(struct nl *nl, const struct noun *noun,
	       const struct filter *filter, struct list *list);
/* The one record of a noun that isn't dumped. */
int fetch_single(struct nl *nl, const struct noun *noun, void *rec);
void list_filter(struct list *list,
		 bool (*keep)(const void *rec, const void *data),
		 const void *data);
void list_sort(struct list *list);
void list_free(struct list *list);

#endif
