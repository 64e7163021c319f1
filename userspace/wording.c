// SPDX-License-Identifier: GPL-2.0-only
/*
 * wording - what the kernel says, in the words of the command line
 *
 * The kernel tells programs what is wrong with a request, and names attributes
 * as the netlink spec does. People typed other words.
 */
#include <stdio.h>
#include <string.h>

#include "vpnct.h"
#include "wording.h"

#define LETTERS "abcdefghijklmnopqrstuvwxyz-"

static const struct {
	const char *theirs;
	const char *ours;
} words[] = {
	{ "client-id", "client_id" },
	{ "client-port", "client_port" },
	{ "esp-timeout", "esp_timeout_s" },
	{ "host-id", "host_id" },
	{ "ike-timeout", "ike_timeout_s" },
};

static const char *our_word(const char *s, size_t len)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(words); i++)
		if (strlen(words[i].theirs) == len &&
		    !strncmp(s, words[i].theirs, len))
			return words[i].ours;
	return NULL;
}

void put_in_our_words(char *buf, size_t size, const char *text)
{
	const char *ours;
	size_t n = 0, len;

	*buf = '\0';
	for (; *text && n < size; text += len) {
		len = strspn(text, LETTERS);
		ours = our_word(text, len);
		len += !len;
		if (ours)
			n += snprintf(buf + n, size - n, "%s", ours);
		else
			n += snprintf(buf + n, size - n, "%.*s", (int)len,
				      text);
	}
}
