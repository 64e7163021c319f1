/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * value - addresses, SPIs and names: compared, read and written
 */
#ifndef VPNCT_VALUE_H
#define VPNCT_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct addr {
	uint8_t len; /* 4, 16, or 0 for none */
	uint8_t byte[16];
};

/* Names of the values of an enumeration; a hole is NULL. */
struct names {
	const char *const *name;
	unsigned int n;
};

/* What a setting may be, in every kernel, and what it is at first. */
struct range {
	uint32_t min, max, usual;
};

extern const struct names family_names;
extern const struct names state_names;

int number_cmp(uint64_t a, uint64_t b);

/* Numeric order, IPv4 before IPv6, no address last. */
int addr_cmp(const struct addr *a, const struct addr *b);

/* Are the first @bits of @a those of @net, which is of the same family? */
bool addr_in(const struct addr *a, const struct addr *net, unsigned int bits);

/* Is @a an address of @family, or none? */
bool addr_fits(const struct addr *a, uint64_t family);

/* Return false if @s is none. */
bool parse_addr(const char *s, struct addr *addr);
bool parse_spi(const char *s, uint64_t *spi);

/* The value that is called so, or @names->n. */
unsigned int names_find(const struct names *names, const char *word);

/* What there is, for an error: "in, out or both"; cut to @size. */
void names_text(char *buf, size_t size, const struct names *names);

#define RANGE_SIZE 32

/* "0 or 1", "1 to 10", in @buf of RANGE_SIZE, which is returned. */
const char *range_text(char *buf, const struct range *range);

/* The length of what is written to @buf, which has INET6_ADDRSTRLEN bytes. */
int print_addr(char *buf, const struct addr *addr);

#endif
