// SPDX-License-Identifier: GPL-2.0-only
/*
 * PPTP control streams (RFC 2637): finds messages and their Call-IDs in a TCP
 * stream, see pptp/message.h.
 */
#include <linux/minmax.h>
#include <linux/string.h>
#include <linux/types.h>
#include <linux/unaligned.h>

#include "pptp/message.h"

#define PPTP_CONTROL_MESSAGE	1
#define PPTP_MAGIC		0x1a2b3c4d

/* Bytes by which a message is recognised: all up to its control type */
#define PPTP_HEADER		10
#define PPTP_MIN_LENGTH		12
/*
 * The longest message that is defined has 220 bytes; this allows for
 * extensions.
 */
#define PPTP_MAX_LENGTH		1024

/*
 * Sections 2.1 to 2.15: minimal length of a message, and owners of the Call-IDs
 * at offsets 12 and 14.
 */
static const struct pptp_format {
	u8 length;
	u8 whose[2];
} pptp_formats[PPTP_TYPES] = {
	[PPTP_TYPE_OUT_CALL_REQUEST]	  = { 168, { PPTP_ID_NEW } },
	[PPTP_TYPE_OUT_CALL_REPLY]	  = { 32, { PPTP_ID_NEW, PPTP_ID_PEER } },
	[PPTP_TYPE_IN_CALL_REQUEST]	  = { 220, { PPTP_ID_NEW } },
	[PPTP_TYPE_IN_CALL_REPLY]	  = { 24, { PPTP_ID_NEW, PPTP_ID_PEER } },
	[PPTP_TYPE_IN_CALL_CONNECTED]  = { 28, { PPTP_ID_PEER } },
	[PPTP_TYPE_CALL_CLEAR_REQUEST] = { 16, { PPTP_ID_SENDER } },
	[PPTP_TYPE_CALL_DISCONNECT]	  = { 148, { PPTP_ID_SENDER } },
	[PPTP_TYPE_WAN_ERROR]	  = { 40, { PPTP_ID_PEER } },
	[PPTP_TYPE_SET_LINK_INFO]	  = { 24, { PPTP_ID_PEER } },
};

static const u8 pptp_offsets[] = { PPTP_OFF_ID, PPTP_OFF_PEER };

static u16 pptp_length(const u8 *head)
{
	return get_unaligned_be16(head);
}

static bool pptp_is_header(const u8 *head)
{
	return pptp_length(head) >= PPTP_MIN_LENGTH &&
	       pptp_length(head) <= PPTP_MAX_LENGTH &&
	       get_unaligned_be16(head + 2) == PPTP_CONTROL_MESSAGE &&
	       get_unaligned_be32(head + 4) == PPTP_MAGIC;
}

/* Number of bytes that are collected of a message. */
static u8 pptp_head_length(const u8 *head)
{
	return min_t(u16, pptp_length(head), PPTP_HEAD);
}

/*
 * The format of a message; an empty one if its type is unknown, or it is too
 * short.
 */
static const struct pptp_format *pptp_format(const u8 *head)
{
	static const struct pptp_format none;
	u16 type = get_unaligned_be16(head + PPTP_OFF_TYPE);

	if (type >= PPTP_TYPES ||
	    pptp_length(head) < pptp_formats[type].length)
		return &none;
	return &pptp_formats[type];
}

static void pptp_read(const struct pptp_cursor *c, struct pptp_message *m)
{
	const struct pptp_format *format = pptp_format(c->head);
	u16 type = get_unaligned_be16(c->head + PPTP_OFF_TYPE);

	memset(m, 0, sizeof(*m));
	m->type = type < PPTP_TYPES ? type : 0;
	m->complete = c->have == pptp_head_length(c->head);
	if (format->whose[0] && c->have >= PPTP_OFF_ID + 2)
		m->id = get_unaligned_be16(c->head + PPTP_OFF_ID);
	if (!format->whose[1])
		return;
	if (c->have >= PPTP_OFF_PEER + 2)
		m->peer = get_unaligned_be16(c->head + PPTP_OFF_PEER);
	if (c->have > PPTP_OFF_RESULT)
		m->result = c->head[PPTP_OFF_RESULT];
}

/**
 * struct pptp_input - the segment that is being parsed
 * @seq: sequence number of its first byte
 * @data: its payload
 * @len: length of @data
 * @ops: functions of the parser's user
 * @priv: argument of these
 */
struct pptp_input {
	u32 seq;
	const u8 *data;
	u32 len;
	const struct pptp_ops *ops;
	void *priv;
};

/* Replace those of the two bytes that are in the segment. */
static void pptp_apply(const struct pptp_input *in,
		       const struct pptp_edit *e)
{
	unsigned int b;

	for (b = 0; b < 2; b++) {
		u32 at = e->seq + b - in->seq;

		if (at < in->len && in->data[at] != e->byte[b])
			in->ops->put(in->priv, at, e->byte[b]);
	}
}

/*
 * Remember a replacement and apply it. That isn't left to pptp_repeat(), since
 * a segment may have more replacements than are remembered.
 */
static void pptp_replace(struct pptp_stream *s, const struct pptp_input *in,
			 u32 seq, u16 id)
{
	struct pptp_edit *e = &s->edit[s->next];

	e->seq = seq;
	e->byte[0] = id >> 8;
	e->byte[1] = id;
	s->next = (s->next + 1) % PPTP_EDITS;
	if (s->edits < PPTP_EDITS)
		s->edits++;
	pptp_apply(in, e);
}

/* Apply earlier replacements to a retransmission, oldest first. */
static void pptp_repeat(const struct pptp_stream *s,
			const struct pptp_input *in)
{
	unsigned int i;

	for (i = 0; i < s->edits; i++)
		pptp_apply(in, &s->edit[(s->next + PPTP_EDITS - s->edits + i) %
					 PPTP_EDITS]);
}

/* Ask about the Call-IDs whose bytes are all in. */
static void pptp_ask(struct pptp_stream *s, struct pptp_cursor *c,
		     const struct pptp_input *in)
{
	const struct pptp_format *format;
	struct pptp_message m;
	unsigned int i;

	if (c->have < PPTP_OFF_ID + 2)
		return;
	format = pptp_format(c->head);
	pptp_read(c, &m);
	for (i = 0; i < 2; i++) {
		u8 off = pptp_offsets[i];
		u16 old, new;

		if (!format->whose[i] || c->have < off + 2 ||
		    c->asked & 1 << i)
			continue;
		c->asked |= 1 << i;
		old = get_unaligned_be16(c->head + off);
		new = in->ops->translate(in->priv, &m, format->whose[i], old,
					  c->held == off + 1);
		if (new != old)
			pptp_replace(s, in, c->pos - c->have + off, new);
	}
}

/* All that matters of a message has come: the rest of it is skipped. */
static void pptp_message_end(struct pptp_stream *s, struct pptp_cursor *c,
			     const struct pptp_input *in)
{
	struct pptp_message m;

	pptp_ask(s, c, in);
	pptp_read(c, &m);
	/* A message that is too short for its type is ignored. */
	if (m.type && pptp_length(c->head) >= pptp_formats[m.type].length)
		in->ops->message(in->priv, &m);
	c->skip = pptp_length(c->head) - c->have;
	c->have = 0;
	c->held = 0;
	c->asked = 0;
}

/*
 * Collect a header. If it isn't one, because we are out of step, skip a byte
 * and try again. Returns the number of bytes that were taken.
 */
static u32 pptp_find(struct pptp_cursor *c, const struct pptp_input *in,
		     const u8 *data, u32 len)
{
	u32 n, lost = 0;

	for (n = 0; n < len && c->have < PPTP_HEADER; n++) {
		c->head[c->have++] = data[n];
		if (c->have < PPTP_HEADER)
			continue;
		c->synced = pptp_is_header(c->head);
		if (c->synced)
			continue;
		memmove(c->head, c->head + 1, --c->have);
		lost++;
	}
	c->pos += n;
	if (lost)
		in->ops->lost(in->priv, lost);
	return n;
}

/* Collect what matters behind the header. Returns the number of bytes taken. */
static u32 pptp_collect(struct pptp_cursor *c, const u8 *data, u32 len)
{
	u32 n = min_t(u32, len, pptp_head_length(c->head) - c->have);

	memcpy(c->head + c->have, data, n);
	c->have += n;
	c->pos += n;
	return n;
}

/* Skip the rest of a message. Returns the number of bytes that were taken. */
static u32 pptp_skip(struct pptp_cursor *c, u32 len)
{
	u32 n = min_t(u32, len, c->skip);

	c->skip -= n;
	c->pos += n;
	return n;
}

/* Parse the next @len bytes at a cursor, which the segment contains. */
static void pptp_feed(struct pptp_stream *s, struct pptp_cursor *c,
		      const struct pptp_input *in, u32 len)
{
	const u8 *data = in->data + (c->pos - in->seq);
	u32 n;

	c->held = c->have;
	c->refused = 0;
	while (len) {
		if (c->skip)
			n = pptp_skip(c, len);
		else if (c->have < PPTP_HEADER)
			n = pptp_find(c, in, data, len);
		else
			n = pptp_collect(c, data, len);
		data += n;
		len -= n;
		if (c->have >= PPTP_HEADER &&
		    c->have == pptp_head_length(c->head))
			pptp_message_end(s, c, in);
	}
	/* The bytes of a Call-ID that have come leave with this segment. */
	pptp_ask(s, c, in);
}

/* Is @a before @b in the stream? */
static bool pptp_before(u32 a, u32 b)
{
	return (s32)(a - b) < 0;
}

/* Index of the last cursor that began at @seq or before, 0 if none did. */
static unsigned int pptp_cursor_at(const struct pptp_stream *s, u32 seq)
{
	unsigned int i = s->cursors - 1;

	while (i && pptp_before(seq, s->cur[i].start))
		i--;
	return i;
}

static void pptp_cursor_drop(struct pptp_stream *s, unsigned int i)
{
	s->cursors--;
	memmove(&s->cur[i], &s->cur[i + 1],
		(s->cursors - i) * sizeof(s->cur[0]));
}

/* Is the gap from @c to @seq within a message that is being skipped? */
static bool pptp_reaches(const struct pptp_cursor *c, u32 seq)
{
	return c->synced && !pptp_before(seq, c->pos) && seq - c->pos <= c->skip;
}

/* Insert a cursor at index @i. */
static void pptp_cursor_start(struct pptp_stream *s, unsigned int i, u32 seq)
{
	struct pptp_cursor *c;

	if (s->cursors == PPTP_CURSORS) {
		/* The oldest gap is given up. */
		pptp_cursor_drop(s, 0);
		i--;
	}
	c = &s->cur[i];
	memmove(c + 1, c, (s->cursors - i) * sizeof(*c));
	s->cursors++;
	memset(c, 0, sizeof(*c));
	c->start = seq;
	c->pos = seq;
	c->synced = true;
	if (i && pptp_reaches(c - 1, seq))
		c->skip = c[-1].skip - (seq - c[-1].pos);
}

/*
 * Must the segment be dropped? It has overtaken another one and begins within a
 * message, so that the places of its Call-IDs are known only after the other
 * one. TCP sends it again. If it comes again and again, the other one won't
 * come.
 */
static bool pptp_is_early(struct pptp_stream *s, const struct pptp_input *in)
{
	struct pptp_cursor *c = &s->cur[pptp_cursor_at(s, in->seq)];

	if (!c->synced || !pptp_before(c->pos, in->seq) ||
	    pptp_reaches(c, in->seq) ||
	    (in->len >= PPTP_HEADER && pptp_is_header(in->data)))
		return false;
	if (c->refused && pptp_before(c->early, in->seq))
		return true;
	if (c->refused >= PPTP_REFUSALS)
		return false;
	c->early = in->seq;
	c->refused++;
	return true;
}

/*
 * Parse a segment at a cursor, but not beyond the place where the next one
 * began. Returns the number of bytes that were parsed.
 */
static u32 pptp_advance(struct pptp_stream *s, unsigned int i,
			const struct pptp_input *in, u32 len)
{
	struct pptp_cursor *c = &s->cur[i];
	bool last = i + 1 == s->cursors;
	u32 n = last ? len : min(len, c[1].start - c->pos);

	pptp_feed(s, c, in, n);
	if (!last && c->pos == c[1].start) {
		c[1].start = c->start;
		pptp_cursor_drop(s, i);
	}
	return n;
}

/**
 * pptp_stream_segment - parse a segment of a control connection
 * @s: its direction; all zero before the first segment
 * @seq: sequence number of its first byte
 * @data: its payload, as its sender wrote it
 * @len: length of @data
 * @ops: functions that are called for Call-IDs and messages
 * @priv: argument of these
 *
 * Bytes that were seen before aren't parsed again, but replaced in the same
 * way.
 *
 * Return: false if the segment must be dropped, since it can't be parsed yet.
 */
bool pptp_stream_segment(struct pptp_stream *s, u32 seq, const u8 *data,
			 u32 len, const struct pptp_ops *ops, void *priv)
{
	const struct pptp_input in = {
		.seq	= seq,
		.data	= data,
		.len	= len,
		.ops	= ops,
		.priv	= priv,
	};

	if (!s->cursors)
		pptp_cursor_start(s, 0, seq);
	if (pptp_is_early(s, &in))
		return false;
	pptp_repeat(s, &in);
	while (len) {
		unsigned int i = pptp_cursor_at(s, seq);
		const struct pptp_cursor *c = &s->cur[i];
		u32 n = 0;

		if (pptp_before(seq, c->pos))
			n = min(len, c->pos - seq);
		else if (seq == c->pos)
			n = pptp_advance(s, i, &in, len);
		else
			pptp_cursor_start(s, i + 1, seq);
		seq += n;
		len -= n;
	}
	return true;
}
