// SPDX-License-Identifier: GPL-2.0-only
/*
 * The PPTP parser under libFuzzer: the input is a sequence of segments, each
 * with a header of three bytes (how its sequence number differs from the end
 * of the last one, and its length) and its payload. Where that is too short,
 * it is taken for one message. The Makefile gives the function its real name.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "pptp_model.h"

int fuzz_one_input(const uint8_t *data, size_t size);

/* Exactly as long as the segment: reads and writes beyond it are seen. */
static void segment(struct pptp_stream *s, struct model *m, uint32_t seq,
		    const uint8_t *data, size_t len)
{
	uint8_t *copy = malloc(len ? len : 1);

	if (!copy)
		abort();
	if (len)
		memcpy(copy, data, len);
	model_segment(s, m, seq, copy, len);
	free(copy);
}

int fuzz_one_input(const uint8_t *data, size_t size)
{
	struct pptp_stream s = {};
	struct model m = {};
	uint32_t seq = 0xffffff00;

	if (size && data[0] & 1) {
		segment(&s, &m, seq, data + 1, size - 1);
		return 0;
	}
	while (size > 3) {
		size_t len = data[2];

		seq += (int16_t)(data[0] << 8 | data[1]) >> 4;
		data += 3;
		size -= 3;
		if (len > size)
			len = size;
		segment(&s, &m, seq, data, len);
		seq += len;
		data += len;
		size -= len;
	}
	return 0;
}
