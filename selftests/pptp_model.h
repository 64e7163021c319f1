/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A user of the PPTP parser for tests: it turns each Call-ID into another
 * number by a rule, so that what must come out of a stream can be said without
 * the parser, and counts what it is told.
 */
#ifndef PPTP_MODEL_H
#define PPTP_MODEL_H

#include <string.h>

#include "nf_conntrack_pptp.h"

struct model {
	unsigned int translated;
	unsigned int messages[PPTP_TYPES];
	u32 lost;
	u8 *data;	/* of the segment, to be changed in place */
};

/* Keeps the high byte, as the gateway does where it can. */
static inline u16 model_id(enum pptp_whose whose, u16 id)
{
	return id ^ (whose == PPTP_ID_PEER ? 0x55 : 0xaa);
}

static inline u16 model_translate(void *priv, const struct pptp_message *m,
				  enum pptp_whose whose, u16 id, bool fixed)
{
	struct model *model = priv;

	(void)m;
	(void)fixed;
	model->translated++;
	return model_id(whose, id);
}

static inline void model_message(void *priv, const struct pptp_message *m)
{
	struct model *model = priv;

	model->messages[m->type]++;
}

static inline void model_lost(void *priv, u32 bytes)
{
	struct model *model = priv;

	model->lost += bytes;
}

static inline void model_put(void *priv, u32 at, u8 byte)
{
	struct model *model = priv;

	model->data[at] = byte;
}

static const struct pptp_ops model_ops = {
	.translate	= model_translate,
	.message	= model_message,
	.lost		= model_lost,
	.put		= model_put,
};

/* As the gateway treats a segment. Returns false if it drops it. */
static inline bool model_segment(struct pptp_stream *s, struct model *m,
				 u32 seq, u8 *data, u32 len)
{
	m->data = data;
	return pptp_stream_segment(s, seq, data, len, &model_ops, m);
}

#endif /* PPTP_MODEL_H */
