/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * PPTP control streams (RFC 2637).
 *
 * A control connection is a TCP stream of messages in each direction. The
 * parser follows it by sequence number, however it is divided into segments,
 * and asks its user about each Call-ID. If the answer is another number, the
 * two bytes are replaced, now and in retransmissions.
 *
 * The functions allocate nothing, take no lock and read no clock. They are
 * built in userspace as well, for unit tests and fuzzing.
 */
#ifndef _NF_PPTP_MESSAGE_H
#define _NF_PPTP_MESSAGE_H

#include <linux/types.h>

/* RFC 2637 section 1.4: message types */
enum pptp_type {
	PPTP_TYPE_START_REQUEST	= 1,
	PPTP_TYPE_START_REPLY	= 2,
	PPTP_TYPE_STOP_REQUEST	= 3,
	PPTP_TYPE_STOP_REPLY		= 4,
	PPTP_TYPE_ECHO_REQUEST	= 5,
	PPTP_TYPE_ECHO_REPLY		= 6,
	PPTP_TYPE_OUT_CALL_REQUEST	= 7,
	PPTP_TYPE_OUT_CALL_REPLY	= 8,
	PPTP_TYPE_IN_CALL_REQUEST	= 9,
	PPTP_TYPE_IN_CALL_REPLY	= 10,
	PPTP_TYPE_IN_CALL_CONNECTED	= 11,
	PPTP_TYPE_CALL_CLEAR_REQUEST	= 12,
	PPTP_TYPE_CALL_DISCONNECT	= 13,
	PPTP_TYPE_WAN_ERROR		= 14,
	PPTP_TYPE_SET_LINK_INFO	= 15,
	PPTP_TYPES,
};

/* Sections 2.8 and 2.10: the only result that makes a call */
#define PPTP_RESULT_CONNECTED	1

/* Length, message type, magic, control type, reserved; then the Call-IDs */
#define PPTP_OFF_TYPE		8
#define PPTP_OFF_ID		12
#define PPTP_OFF_PEER		14
#define PPTP_OFF_RESULT		16
/* Bytes of a message that matter. */
#define PPTP_HEAD		17

/**
 * enum pptp_whose - owner of a Call-ID in a message
 * @PPTP_ID_NONE: there is no Call-ID
 * @PPTP_ID_NEW: the sender, who has chosen it for a call that it asks for or
 *	agrees to
 * @PPTP_ID_SENDER: the sender; in messages of type 13 some implementations put
 *	the receiver's Call-ID there
 * @PPTP_ID_PEER: the receiver
 */
enum pptp_whose {
	PPTP_ID_NONE,
	PPTP_ID_NEW,
	PPTP_ID_SENDER,
	PPTP_ID_PEER,
};

/**
 * struct pptp_message - what a message says of calls
 * @type: &enum pptp_type, 0 if it is unknown
 * @complete: all that matters of it has come; if not, only the Call-IDs up to
 *	the one that is being asked about are there
 * @id: Call-ID at offset 12, as its sender wrote it
 * @peer: Call-ID at offset 14
 * @result: result code of a reply
 */
struct pptp_message {
	u8 type;
	bool complete;
	u16 id;
	u16 peer;
	u8 result;
};

/**
 * struct pptp_ops - functions of the parser's user
 * @translate: returns the Call-ID that replaces one. @fixed: its high byte has
 *	left with an earlier segment.
 * @message: acts on a message, after its Call-IDs have been asked about
 * @lost: counts bytes that are no message
 * @put: replaces the byte at offset @at of the segment
 */
struct pptp_ops {
	u16 (*translate)(void *priv, const struct pptp_message *m,
			 enum pptp_whose whose, u16 id, bool fixed);
	void (*message)(void *priv, const struct pptp_message *m);
	void (*lost)(void *priv, u32 bytes);
	void (*put)(void *priv, u32 at, u8 byte);
};

/**
 * struct pptp_cursor - a place in the stream up to which it has been parsed
 * @start: sequence number where it began
 * @pos: sequence number of the next byte
 * @skip: number of bytes of a message that are still to be skipped
 * @have: number of bytes in @head
 * @held: number of these that came, and left, with earlier segments
 * @asked: Call-IDs of @head that have been asked about, bit 0 and 1
 * @synced: @pos is known to lie within or between messages
 * @refused: how often the segment at @early was dropped
 * @early: sequence number of the first segment that has overtaken the one at
 *	@pos, and can't be parsed without that
 * @head: beginning of the current message, as its sender wrote it
 */
struct pptp_cursor {
	u32 start;
	u32 pos;
	u16 skip;
	u8 have;
	u8 held;
	u8 asked;
	bool synced;
	u8 refused;
	u32 early;
	u8 head[PPTP_HEAD];
};

/* A Call-ID that was replaced: what now stands at @seq and @seq + 1 */
struct pptp_edit {
	u32 seq;
	u8 byte[2];
};

/*
 * Replacements that are remembered for retransmissions; the oldest one yields.
 * A host that has more of them in flight, and has to retransmit the oldest,
 * loses a call.
 */
#define PPTP_EDITS	64
/* Most cursors: one, and as many as there are gaps before it. */
#define PPTP_CURSORS	4
/*
 * Most times that an early segment is dropped: TCP probes with the last segment
 * (RFC 8985 section 7), but then repeats the first one that is missing.
 */
#define PPTP_REFUSALS	4

/**
 * struct pptp_stream - one direction of a control connection
 * @cur: places in it, by sequence number; what lies between @start and @pos
 *	of one, and before the first one, has been seen
 * @cursors: how many there are
 * @edit: ring of replacements
 * @next: where the next one goes
 * @edits: how many there are
 */
struct pptp_stream {
	struct pptp_cursor cur[PPTP_CURSORS];
	struct pptp_edit edit[PPTP_EDITS];
	u8 cursors;
	u8 next;
	u8 edits;
};

bool pptp_stream_segment(struct pptp_stream *s, u32 seq, const u8 *data,
			 u32 len, const struct pptp_ops *ops, void *priv);

#endif /* _NF_PPTP_MESSAGE_H */
