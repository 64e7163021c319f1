// SPDX-License-Identifier: GPL-2.0-only
/*
 * noun - the kinds of entries that the tables hold
 */
#include <string.h>

#include "nouns.h"
#include "vpnct.h"

const struct noun *const nouns[] = {
	[NF_CT_VPN_KIND_SESSION] = &session_noun,
	[NF_CT_VPN_KIND_ESP] = &esp_noun,
	[NF_CT_VPN_KIND_ISAKMP] = &isakmp_noun,
	[NF_CT_VPN_KIND_PPTP] = &pptp_noun,
	NULL,
};

const size_t n_nouns = ARRAY_SIZE(nouns) - 1;

const struct noun *noun_find(const char *word)
{
	size_t i;

	for (i = 0; word && i < n_nouns; i++)
		if (!strcmp(word, nouns[i]->plural) ||
		    !strcmp(word, nouns[i]->name))
			return nouns[i];
	return NULL;
}

const struct field *field_find(const struct noun *noun, const char *key)
{
	unsigned int i;

	for (i = 0; i < noun->n_fields; i++)
		if (!strcmp(noun->field[i].key, key))
			return &noun->field[i];
	return NULL;
}
