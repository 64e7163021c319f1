// SPDX-License-Identifier: GPL-2.0-only
/*
 * present - whose what shall be placed is already
 *
 * Entries are objects here as json_record() makes them and as save writes them:
 * what names one is the same for both.
 */
#include <stdio.h>
#include <string.h>

#include "json.h"
#include "nouns.h"
#include "present.h"
#include "snapshot.h"

#define KEY_SIZE 256

static const char *text_of(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key)) ?: "";
}

/* An inbound SPI is named by the addresses on the wire, an outbound one by its client. */
static void name_esp(char *key, const json_t *object)
{
	bool out = !strcmp(text_of(object, "dir"), "out");

	snprintf(key, KEY_SIZE, "esp %s %s %s %s", text_of(object, "dir"),
		 text_of(object, out ? "client" : "masq"),
		 text_of(object, "server"), text_of(object, "spi"));
}

/* What can be there only once. */
static void name_entry(char *key, const char *noun, const json_t *object)
{
	if (!strcmp(noun, esp_noun.name))
		name_esp(key, object);
	else if (!strcmp(noun, isakmp_noun.name))
		snprintf(key, KEY_SIZE, "isakmp %s %s %s",
			 text_of(object, "server"), text_of(object, "initiator"),
			 text_of(object, "responder"));
	else
		snprintf(key, KEY_SIZE, "session %s %s",
			 text_of(object, "client"), text_of(object, "server"));
}

/* What makes it another one's, or another one: a session's address outside. */
static const char *owner_key(const char *noun)
{
	return strcmp(noun, session_noun.name) ? "client" : "masq";
}

void present_add(json_t *present, const char *noun, const json_t *object)
{
	char key[KEY_SIZE];

	name_entry(key, noun, object);
	json_object_set_new(present, key,
			    json_string(text_of(object, owner_key(noun))));
}

enum presence present_find(const json_t *present, const char *noun,
			   const json_t *object, char *why)
{
	const char *owner, *owned = text_of(object, owner_key(noun));
	char key[KEY_SIZE];

	name_entry(key, noun, object);
	owner = json_string_value(json_object_get(present, key));
	if (!owner)
		return PRESENT_NOT;
	/* nobody's as yet, or no flow that could be in the way */
	if (!*owner || !*owned || !strcmp(owner, owned))
		return PRESENT_SAME;
	snprintf(why, PRESENT_SIZE,
		 strcmp(noun, session_noun.name) ?
			 "client %s has it" :
			 "it is translated to %s now",
		 owner);
	return PRESENT_OTHERS;
}

static void add_list(json_t *present, const struct list *list)
{
	const void *rec;
	json_t *object;

	for (rec = list_next(list, NULL); rec; rec = list_next(list, rec)) {
		object = json_record(list->noun, rec);
		present_add(present, list->noun->name, object);
		json_decref(object);
	}
}

json_t *present_fetch(struct nl *nl)
{
	json_t *present = NULL;
	struct snapshot snap;

	if (!snapshot_fetch(nl, &snap)) {
		present = json_object();
		add_list(present, &snap.sessions);
		add_list(present, &snap.esp);
		add_list(present, &snap.isakmp);
	}
	snapshot_free(&snap);
	return present;
}
