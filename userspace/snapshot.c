// SPDX-License-Identifier: GPL-2.0-only
/*
 * snapshot - all there is, at about the same moment
 */
#include <string.h>

#include "snapshot.h"

int snapshot_fetch(struct nl *nl, struct snapshot *snap)
{
	int err;

	memset(snap, 0, sizeof(*snap));
	err = fetch(nl, &session_noun, &snap->sessions);
	if (!err)
		err = fetch(nl, &esp_noun, &snap->esp);
	if (!err)
		err = fetch(nl, &isakmp_noun, &snap->isakmp);
	if (!err)
		err = fetch(nl, &pptp_noun, &snap->pptp);
	return err ? err : fetch_single(nl, &stats_noun, &snap->stats);
}

void snapshot_free(struct snapshot *snap)
{
	list_free(&snap->sessions);
	list_free(&snap->esp);
	list_free(&snap->isakmp);
	list_free(&snap->pptp);
}
