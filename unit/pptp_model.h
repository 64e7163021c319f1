/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A user of the PPTP parser for tests: it turns each Call-ID into another
 * number by a rule, so that what must come out of a stream can be said without
 * the parser, and counts what it is told.
 */
#ifndef PPTP_MODEL_H
#define PPTP_MODEL_H

#include <stdlib.h>
#include <string.h>

#include "pptp/message.h"

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

static const struct {
	u16 len;
	enum pptp_whose whose[2];
} model_types[PPTP_TYPES] = {
	{ 12, {} }, { 156, {} }, { 156, {} }, { 16, {} }, { 16, {} }, { 16, {} },
	{ 20, {} },
	{ 168, { PPTP_ID_NEW } }, { 32, { PPTP_ID_NEW, PPTP_ID_PEER } },
	{ 220, { PPTP_ID_NEW } }, { 24, { PPTP_ID_NEW, PPTP_ID_PEER } },
	{ 28, { PPTP_ID_PEER } }, { 16, { PPTP_ID_SENDER } },
	{ 148, { PPTP_ID_SENDER } }, { 40, { PPTP_ID_PEER } },
	{ 24, { PPTP_ID_PEER } },
};

static inline u16 get16(const u8 *p)
{
	return p[0] << 8 | p[1];
}

static inline void put16(u8 *p, u16 v)
{
	p[0] = v >> 8;
	p[1] = v;
}

/* A message as it is sent (@in), and as it must leave (@out). */
static inline size_t make(u8 *in, u8 *out, int type, u16 id, u16 peer)
{
	u16 len = model_types[type].len;
	int i;

	for (i = 0; i < len; i++)
		in[i] = random();
	put16(in, len);
	put16(in + 2, 1);
	put16(in + 4, 0x1a2b);
	put16(in + 6, 0x3c4d);
	put16(in + 8, type);
	put16(in + 10, 0);
	put16(in + 12, id);
	if (model_types[type].whose[1]) {
		put16(in + 14, peer);
		in[16] = PPTP_RESULT_CONNECTED;
	}
	memcpy(out, in, len);
	for (i = 0; i < 2; i++)
		if (model_types[type].whose[i])
			put16(out + 12 + 2 * i,
			      model_id(model_types[type].whose[i],
				       get16(in + 12 + 2 * i)));
	return len;
}

#endif /* PPTP_MODEL_H */
