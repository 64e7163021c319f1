// SPDX-License-Identifier: GPL-2.0-only
/*
 * Cookie pairs that a client uses one after the other: which one was deleted,
 * and which exchange made the next.
 *
 * RFC 7296 section 2.8: an IKE SA is rekeyed by a CREATE_CHILD_SA exchange,
 * like a child SA. The two can be told apart only later, when a new cookie pair
 * is used that no INIT exchange has made.
 */
#include <linux/kernel.h>
#include <linux/types.h>

#include "isakmp/message.h"
#include "isakmp/ticket.h"

static u32 isakmp_mix(u32 hash, u32 word)
{
	hash = (hash ^ word) * 0x9e3779b1;
	return hash ^ hash >> 15;
}

/**
 * isakmp_exchange_hash - hash what identifies the exchange of a message
 * @pair: hash of its cookies
 * @m: message
 * @outbound: it is from the client
 *
 * In IKEv2 both sides count their requests from 0 (RFC 7296 section 2.2), so it
 * matters which side has sent the request. In IKEv1 the ID is random, and that
 * side isn't visible. Neither uses an ID twice under a cookie pair, so a
 * message with the same hash is a retransmission, another fragment, or the next
 * message of the exchange.
 *
 * Return: hash, never 0
 */
u32 isakmp_exchange_hash(u32 pair, const struct isakmp_message *m,
			 bool outbound)
{
	bool by_client = m->major == 2 && outbound != isakmp_is_response(m);
	u32 hash = isakmp_mix(isakmp_mix(pair, m->msgid), by_client);

	return hash ? hash : 1;
}

/*
 * Does the message show, as far as is visible, that the peers are
 * authenticated?
 */
static bool isakmp_is_authenticated(const struct isakmp_message *m)
{
	return isakmp_is_child(m) ||
	       (isakmp_is_informational(m) && m->encrypted);
}

/* The client has a new pair that an INIT exchange has made. */
static struct isakmp_pair_change isakmp_pair_fresh(struct isakmp_pair pair[2],
						   u32 hash)
{
	struct isakmp_pair_change change = { .fresh = true };

	pair[1] = pair[0];
	pair[0] = (struct isakmp_pair){ .hash = hash };
	if (pair[1].informed)
		change.gone = pair[1].hash;
	return change;
}

/* Index of the pair whose IKE SA was rekeyed most likely, -1 if none was. */
static int isakmp_pair_parent(const struct isakmp_pair pair[2])
{
	if (pair[0].rekey && pair[0].informed)
		return 0;
	if (pair[1].rekey && pair[1].informed)
		return 1;
	return pair[0].rekey ? 0 : -1;
}

/*
 * The client has a new pair that no INIT exchange has made. If no pair can have
 * been rekeyed, the IKE SA is older than what we have seen. It is noted then
 * only if there is no other.
 */
static struct isakmp_pair_change isakmp_pair_rekeyed(struct isakmp_pair pair[2],
						     u32 hash)
{
	struct isakmp_pair_change change = {};
	int parent = isakmp_pair_parent(pair);

	if (parent < 0) {
		if (!pair[0].hash)
			pair[0].hash = hash;
		return change;
	}
	if (pair[parent].informed)
		change.made = pair[parent].rekey;
	if (parent == 0)
		pair[1] = pair[0];
	pair[parent] = (struct isakmp_pair){ .hash = hash, .rekeyed = true };
	return change;
}

/**
 * isakmp_pair_message - note a message under a cookie pair
 * @pair: pairs of the client, the present one first
 * @m: message
 * @outbound: it is from the client
 * @hash: of the message's pair
 *
 * Only outbound messages add a pair. An off-path attacker doesn't know a real
 * pair, but can invent one in an inbound message.
 *
 * A DELETE can't be told from other INFORMATIONAL exchanges, except that
 * nothing follows it. So a pair counts as deleted if an INFORMATIONAL exchange
 * was its last one and there is a new pair. After a rekey either may be seen
 * first.
 *
 * Return: what the message has shown
 */
struct isakmp_pair_change isakmp_pair_message(struct isakmp_pair pair[2],
					      const struct isakmp_message *m,
					      bool outbound, u32 hash)
{
	struct isakmp_pair_change change = {};
	unsigned int i = pair[1].hash == hash;

	if (pair[i].hash == hash) {
		pair[i].informed = isakmp_is_informational(m);
		if (i && pair[1].informed && pair[0].rekeyed)
			change.made = pair[1].rekey;
		return change;
	}
	if (!outbound || !isakmp_is_authenticated(m))
		return change;
	/* IKEv1 has no way to make a pair under another one. */
	if (m->major == 1 || isakmp_is_auth(m))
		return isakmp_pair_fresh(pair, hash);
	return isakmp_pair_rekeyed(pair, hash);
}

/**
 * isakmp_pair_maker - tell which exchange may have made a pair
 * @pair: pairs of the client, of which it is none
 *
 * Return: key of a CREATE_CHILD_SA exchange, 0 if there was none
 */
u32 isakmp_pair_maker(const struct isakmp_pair pair[2])
{
	int parent = isakmp_pair_parent(pair);

	return parent < 0 ? 0 : pair[parent].rekey;
}

/**
 * isakmp_pair_child - note a CREATE_CHILD_SA exchange, which may make a pair
 * @pair: pairs of the client
 * @hash: of the pair that the exchange is under
 * @key: of the exchange
 */
void isakmp_pair_child(struct isakmp_pair pair[2], u32 hash, u32 key)
{
	if (pair[0].hash == hash) {
		pair[0].rekey = key;
	} else if (pair[1].hash == hash) {
		pair[1].rekey = key;
		/*
		 * This pair is still in use, so the other one hasn't replaced
		 * it.
		 */
		pair[0].rekeyed = false;
	}
}
