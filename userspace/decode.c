// SPDX-License-Identifier: GPL-2.0-only
/*
 * decode - attributes of a message into the record that a noun describes
 */
#include <string.h>

#include "record.h"

static const struct field *find_field(const struct noun *noun, uint16_t attr)
{
	unsigned int i;

	for (i = 0; i < noun->n_fields; i++)
		if (noun->field[i].attr == attr)
			return &noun->field[i];
	return NULL;
}

bool decode_addr(const struct nlattr *attr, struct addr *addr)
{
	uint16_t len = mnl_attr_get_payload_len(attr);

	if (len != 4 && len != 16)
		return false;
	addr->len = len;
	memcpy(addr->byte, mnl_attr_get_payload(attr), len);
	return true;
}

static bool decode_number(const struct nlattr *attr, uint8_t size,
			  uint64_t *number)
{
	/* Exact, where mnl_attr_validate() has let longer ones pass. */
	if (mnl_attr_get_payload_len(attr) != size)
		return false;
	switch (size) {
	case 1:
		*number = mnl_attr_get_u8(attr);
		return true;
	case 2:
		*number = mnl_attr_get_u16(attr);
		return true;
	case 4:
		*number = mnl_attr_get_u32(attr);
		return true;
	case 8:
		*number = mnl_attr_get_u64(attr);
		return true;
	}
	return false;
}

static bool decode_field(const struct field *f, const struct nlattr *attr,
			 void *rec)
{
	void *member = (char *)rec + f->offset;

	if (f->type == FIELD_ADDR)
		return decode_addr(attr, member);
	return decode_number(attr, f->size, member);
}

static const struct field *decode_attr(const struct noun *noun,
				       const struct nlattr *attr, void *rec)
{
	struct record *r = rec;
	const struct field *f;

	/* Computed fields have attribute 0, which is nobody's. */
	if (!mnl_attr_get_type(attr))
		return NULL;
	f = find_field(noun, mnl_attr_get_type(attr));
	if (!f)
		return NULL;
	if (!decode_field(f, attr, rec))
		return f;
	r->present |= 1ULL << (f - noun->field);
	return NULL;
}

static const struct field *decode_check(const struct noun *noun,
					const void *rec)
{
	return noun->check && !noun->check(rec) ? &noun->field[0] : NULL;
}

/*
 * Returns the field that is malformed, or NULL if all is well. Attributes
 * that this version doesn't know are a newer kernel's and are skipped; those
 * that are missing leave their bit in @rec->present clear.
 */
const struct field *decode(const struct noun *noun, const struct nlmsghdr *nlh,
			   void *rec)
{
	const struct nlattr *attr;
	const struct field *bad;

	memset(rec, 0, noun->size);
	mnl_attr_for_each(attr, nlh, GENL_HDRLEN) {
		bad = decode_attr(noun, attr, rec);
		if (bad)
			return bad;
	}
	return decode_check(noun, rec);
}

const struct field *decode_nested(const struct noun *noun,
				  const struct nlattr *nest, void *rec)
{
	const struct nlattr *attr;
	const struct field *bad;

	memset(rec, 0, noun->size);
	mnl_attr_for_each_nested(attr, nest) {
		bad = decode_attr(noun, attr, rec);
		if (bad)
			return bad;
	}
	return decode_check(noun, rec);
}
