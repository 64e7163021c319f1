/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/*
 * Generic netlink interface of the VPN connection tracker.
 *
 * Family "nf_ct_vpn", version 1, per network namespace; every command needs
 * CAP_NET_ADMIN in the user namespace that owns it. A command either does or
 * dumps, never both. Described for machines in
 * Documentation/netlink/specs/nf_ct_vpn.yaml; new values are appended only.
 */
#ifndef _UAPI_LINUX_NETFILTER_NF_CT_VPN_H
#define _UAPI_LINUX_NETFILTER_NF_CT_VPN_H

#define NF_CT_VPN_GENL_NAME	"nf_ct_vpn"
#define NF_CT_VPN_GENL_VERSION	1
/* Multicast group of NF_CT_VPN_CMD_EVENT. */
#define NF_CT_VPN_GENL_EVENTS	"events"

/**
 * enum nf_ct_vpn_cmd - commands of the family
 * @NF_CT_VPN_CMD_UNSPEC: invalid
 * @NF_CT_VPN_CMD_SESSION_GET: dump sessions, attributes NF_CT_VPN_A_SESSION_*
 * @NF_CT_VPN_CMD_ESP_GET: dump ESP SPIs, attributes NF_CT_VPN_A_ESP_*
 * @NF_CT_VPN_CMD_STATS_GET: counters of the netns, NF_CT_VPN_A_STATS_*
 * @NF_CT_VPN_CMD_ISAKMP_GET: dump IKE exchanges, attributes
 *	NF_CT_VPN_A_ISAKMP_*
 * @NF_CT_VPN_CMD_PPTP_GET: dump PPTP calls, attributes NF_CT_VPN_A_PPTP_*
 * @NF_CT_VPN_CMD_SETTING_GET: the settings of the netns,
 *	NF_CT_VPN_A_SETTING_*
 * @NF_CT_VPN_CMD_SETTING_SET: change those that are given, all or none
 * @NF_CT_VPN_CMD_SESSION_NEW: make a session, and the flows that it had
 * @NF_CT_VPN_CMD_SESSION_DEL: forget a session and delete its flows
 * @NF_CT_VPN_CMD_ESP_NEW: preload an SPI; with NLM_F_REPLACE also one that
 *	another session has
 * @NF_CT_VPN_CMD_ESP_DEL: forget an SPI
 * @NF_CT_VPN_CMD_ISAKMP_NEW: make a cookie pair known
 * @NF_CT_VPN_CMD_ISAKMP_DEL: forget a cookie pair
 * @NF_CT_VPN_CMD_PPTP_DEL: end a call
 * @NF_CT_VPN_CMD_FLUSH: forget all that the attributes NF_CT_VPN_A_FLUSH_*
 *	describe
 * @NF_CT_VPN_CMD_EVENT: sent to the group "events", NF_CT_VPN_A_EVENT_*
 * @NF_CT_VPN_CMD_STATS_RESET: as STATS_GET; counters begin anew from there
 */
enum nf_ct_vpn_cmd {
	NF_CT_VPN_CMD_UNSPEC,
	NF_CT_VPN_CMD_SESSION_GET,
	NF_CT_VPN_CMD_ESP_GET,
	NF_CT_VPN_CMD_STATS_GET,
	NF_CT_VPN_CMD_ISAKMP_GET,
	NF_CT_VPN_CMD_PPTP_GET,
	NF_CT_VPN_CMD_SETTING_GET,
	NF_CT_VPN_CMD_SETTING_SET,
	NF_CT_VPN_CMD_SESSION_NEW,
	NF_CT_VPN_CMD_SESSION_DEL,
	NF_CT_VPN_CMD_ESP_NEW,
	NF_CT_VPN_CMD_ESP_DEL,
	NF_CT_VPN_CMD_ISAKMP_NEW,
	NF_CT_VPN_CMD_ISAKMP_DEL,
	NF_CT_VPN_CMD_PPTP_DEL,
	NF_CT_VPN_CMD_FLUSH,
	NF_CT_VPN_CMD_EVENT,
	NF_CT_VPN_CMD_STATS_RESET,
	/* private: */
	__NF_CT_VPN_CMD_MAX,
};

#define NF_CT_VPN_CMD_MAX (__NF_CT_VPN_CMD_MAX - 1)

/**
 * enum nf_ct_vpn_state - state of a session, an SPI, an IKE exchange or a call
 * @NF_CT_VPN_STATE_UNREPLIED: seen in one direction only so far
 * @NF_CT_VPN_STATE_ESTABLISHED: answered (session, exchange), paired or bound
 *	(SPI)
 * @NF_CT_VPN_STATE_UNDECIDED: inbound SPI whose owner is not known yet;
 *	exchange that only the server has used so far
 * @NF_CT_VPN_STATE_REMEMBERED: idled out; kept to recognise its owner
 * @NF_CT_VPN_STATE_CLOSED: call that is over; its Call-IDs are kept from others
 */
enum nf_ct_vpn_state {
	NF_CT_VPN_STATE_UNREPLIED,
	NF_CT_VPN_STATE_ESTABLISHED,
	NF_CT_VPN_STATE_UNDECIDED,
	NF_CT_VPN_STATE_REMEMBERED,
	NF_CT_VPN_STATE_CLOSED,
};

/**
 * enum nf_ct_vpn_dir - direction of an SPI, seen from the client
 * @NF_CT_VPN_DIR_OUT: client to server
 * @NF_CT_VPN_DIR_IN: server to client
 */
enum nf_ct_vpn_dir {
	NF_CT_VPN_DIR_OUT,
	NF_CT_VPN_DIR_IN,
};

/**
 * enum nf_ct_vpn_conf - how sure the owner of an inbound SPI is, rising
 * @NF_CT_VPN_CONF_NONE: outbound SPI, or no owner yet
 * @NF_CT_VPN_CONF_GUESSED: best of several candidates
 * @NF_CT_VPN_CONF_INFERRED: the only candidate left by evidence
 * @NF_CT_VPN_CONF_SOLE: the server has this one session only
 * @NF_CT_VPN_CONF_CERTAIN: addresses or an SA of the gateway prove it
 * @NF_CT_VPN_CONF_PRELOADED: NF_CT_VPN_CMD_ESP_NEW said so
 */
enum nf_ct_vpn_conf {
	NF_CT_VPN_CONF_NONE,
	NF_CT_VPN_CONF_GUESSED,
	NF_CT_VPN_CONF_INFERRED,
	NF_CT_VPN_CONF_SOLE,
	NF_CT_VPN_CONF_CERTAIN,
	NF_CT_VPN_CONF_PRELOADED,
};

/**
 * enum nf_ct_vpn_kind - what the tables hold
 * @NF_CT_VPN_KIND_SESSION: sessions, with their SPIs and cookie pairs
 * @NF_CT_VPN_KIND_ESP: SPIs
 * @NF_CT_VPN_KIND_ISAKMP: IKE exchanges
 * @NF_CT_VPN_KIND_PPTP: calls
 */
enum nf_ct_vpn_kind {
	NF_CT_VPN_KIND_SESSION,
	NF_CT_VPN_KIND_ESP,
	NF_CT_VPN_KIND_ISAKMP,
	NF_CT_VPN_KIND_PPTP,
};

/**
 * enum nf_ct_vpn_event_type - what happened to an entry
 * @NF_CT_VPN_EVENT_NEW: it is in the tables
 * @NF_CT_VPN_EVENT_BOUND: an inbound SPI has an owner, a call is up, an
 *	exchange that the server began is the client's
 * @NF_CT_VPN_EVENT_REBOUND: an SPI or exchange was taken from the client that
 *	is named; who has it from now on is told by bound or new
 * @NF_CT_VPN_EVENT_EXPIRED: it has gone: idled out, was deleted, yielded or
 *	went with what it belonged to; a call is over
 * @NF_CT_VPN_EVENT_FULL: something was not tracked for want of room; at most
 *	once a second
 */
enum nf_ct_vpn_event_type {
	NF_CT_VPN_EVENT_NEW,
	NF_CT_VPN_EVENT_BOUND,
	NF_CT_VPN_EVENT_REBOUND,
	NF_CT_VPN_EVENT_EXPIRED,
	NF_CT_VPN_EVENT_FULL,
};

/**
 * enum nf_ct_vpn_session_attr - one session: a client and the remote
 *	host it speaks to, the server whichever side began
 * @NF_CT_VPN_A_SESSION_UNSPEC: invalid
 * @NF_CT_VPN_A_SESSION_PAD: padding for 64-bit attributes
 * @NF_CT_VPN_A_SESSION_FAMILY: u8, AF_INET or AF_INET6
 * @NF_CT_VPN_A_SESSION_CLIENT: address, 4 or 16 bytes
 * @NF_CT_VPN_A_SESSION_SERVER: address of the server
 * @NF_CT_VPN_A_SESSION_MASQ: address the server sees; absent until the
 *	first packet has left
 * @NF_CT_VPN_A_SESSION_ZONE: u16, reply zone of the client, 0 for the gateway
 * @NF_CT_VPN_A_SESSION_STATE: u8, &enum nf_ct_vpn_state
 * @NF_CT_VPN_A_SESSION_AGE: u64, milliseconds since it was made
 * @NF_CT_VPN_A_SESSION_IDLE: u64, milliseconds since its last packet
 * @NF_CT_VPN_A_SESSION_TIMEOUT: u32, seconds until its ESP flow expires, or its
 *	IKE flow if it has none of ESP; 0 if it has neither
 * @NF_CT_VPN_A_SESSION_SPIS_OUT: u32, outbound SPIs known
 * @NF_CT_VPN_A_SESSION_SPIS_IN: u32, inbound SPIs bound to it
 * @NF_CT_VPN_A_SESSION_COOKIES: u32, cookie pairs of its IKE known
 * @NF_CT_VPN_A_SESSION_TICKETS: u32, inbound SPIs that its IKE lets expect
 * @NF_CT_VPN_A_SESSION_IKE_TIMEOUT: u32, seconds until its IKE flow expires, 0
 *	if it has none
 * @NF_CT_VPN_A_SESSION_NATT: u8, 1 if its IKE has moved its ESP into UDP
 * @NF_CT_VPN_A_SESSION_ESP_TIMEOUT: u32, seconds until its ESP flow expires, 0
 *	if it has none
 */
enum nf_ct_vpn_session_attr {
	NF_CT_VPN_A_SESSION_UNSPEC,
	NF_CT_VPN_A_SESSION_PAD,
	NF_CT_VPN_A_SESSION_FAMILY,
	NF_CT_VPN_A_SESSION_CLIENT,
	NF_CT_VPN_A_SESSION_SERVER,
	NF_CT_VPN_A_SESSION_MASQ,
	NF_CT_VPN_A_SESSION_ZONE,
	NF_CT_VPN_A_SESSION_STATE,
	NF_CT_VPN_A_SESSION_AGE,
	NF_CT_VPN_A_SESSION_IDLE,
	NF_CT_VPN_A_SESSION_TIMEOUT,
	NF_CT_VPN_A_SESSION_SPIS_OUT,
	NF_CT_VPN_A_SESSION_SPIS_IN,
	NF_CT_VPN_A_SESSION_COOKIES,
	NF_CT_VPN_A_SESSION_TICKETS,
	NF_CT_VPN_A_SESSION_IKE_TIMEOUT,
	NF_CT_VPN_A_SESSION_NATT,
	NF_CT_VPN_A_SESSION_ESP_TIMEOUT,
	/* private: */
	__NF_CT_VPN_A_SESSION_MAX,
};

#define NF_CT_VPN_A_SESSION_MAX (__NF_CT_VPN_A_SESSION_MAX - 1)

/**
 * enum nf_ct_vpn_esp_attr - one ESP SPI as it stands on the wire
 * @NF_CT_VPN_A_ESP_UNSPEC: invalid
 * @NF_CT_VPN_A_ESP_PAD: padding for 64-bit attributes
 * @NF_CT_VPN_A_ESP_FAMILY: u8, AF_INET or AF_INET6
 * @NF_CT_VPN_A_ESP_DIR: u8, &enum nf_ct_vpn_dir
 * @NF_CT_VPN_A_ESP_SPI: u32, host byte order
 * @NF_CT_VPN_A_ESP_CLIENT: address; absent while undecided
 * @NF_CT_VPN_A_ESP_SERVER: address of the server
 * @NF_CT_VPN_A_ESP_MASQ: address the server uses for the client
 * @NF_CT_VPN_A_ESP_ZONE: u16, reply zone; absent while undecided
 * @NF_CT_VPN_A_ESP_STATE: u8, &enum nf_ct_vpn_state
 * @NF_CT_VPN_A_ESP_CONFIDENCE: u8, &enum nf_ct_vpn_conf
 * @NF_CT_VPN_A_ESP_PACKETS: u64
 * @NF_CT_VPN_A_ESP_BYTES: u64, IP headers included
 * @NF_CT_VPN_A_ESP_FIRST: u64, milliseconds since the first packet (to the
 *	second)
 * @NF_CT_VPN_A_ESP_LAST: u64, milliseconds since the last packet
 * @NF_CT_VPN_A_ESP_SEQ: u32, highest sequence number seen
 * @NF_CT_VPN_A_ESP_CANDIDATES: u32, sessions that may own it, while undecided
 * @NF_CT_VPN_A_ESP_PIN: u8, 1 if it stays until it is deleted
 * @NF_CT_VPN_A_ESP_FAST: u64, packets that took the fast path
 *	(nf_conntrack_vpn_fastpath); absent if none did
 */
enum nf_ct_vpn_esp_attr {
	NF_CT_VPN_A_ESP_UNSPEC,
	NF_CT_VPN_A_ESP_PAD,
	NF_CT_VPN_A_ESP_FAMILY,
	NF_CT_VPN_A_ESP_DIR,
	NF_CT_VPN_A_ESP_SPI,
	NF_CT_VPN_A_ESP_CLIENT,
	NF_CT_VPN_A_ESP_SERVER,
	NF_CT_VPN_A_ESP_MASQ,
	NF_CT_VPN_A_ESP_ZONE,
	NF_CT_VPN_A_ESP_STATE,
	NF_CT_VPN_A_ESP_CONFIDENCE,
	NF_CT_VPN_A_ESP_PACKETS,
	NF_CT_VPN_A_ESP_BYTES,
	NF_CT_VPN_A_ESP_FIRST,
	NF_CT_VPN_A_ESP_LAST,
	NF_CT_VPN_A_ESP_SEQ,
	NF_CT_VPN_A_ESP_CANDIDATES,
	NF_CT_VPN_A_ESP_PIN,
	NF_CT_VPN_A_ESP_FAST,
	/* private: */
	__NF_CT_VPN_A_ESP_MAX,
};

#define NF_CT_VPN_A_ESP_MAX (__NF_CT_VPN_A_ESP_MAX - 1)

/**
 * enum nf_ct_vpn_pptp_attr - one PPTP call
 * @NF_CT_VPN_A_PPTP_UNSPEC: invalid
 * @NF_CT_VPN_A_PPTP_PAD: padding for 64-bit attributes
 * @NF_CT_VPN_A_PPTP_FAMILY: u8, AF_INET
 * @NF_CT_VPN_A_PPTP_CLIENT: address of who opened the control connection
 * @NF_CT_VPN_A_PPTP_SERVER: address it talks to
 * @NF_CT_VPN_A_PPTP_MASQ: address the other side sees
 * @NF_CT_VPN_A_PPTP_HOST: address of the host that answers; another one than
 *	the server's behind dnat
 * @NF_CT_VPN_A_PPTP_STATE: u8, &enum nf_ct_vpn_state
 * @NF_CT_VPN_A_PPTP_CLIENT_ID: u16, Call-ID that the client chose; absent
 *	until it has
 * @NF_CT_VPN_A_PPTP_CLIENT_WIRE: u16, the same as the other side knows it
 * @NF_CT_VPN_A_PPTP_HOST_ID: u16, Call-ID that the other side chose
 * @NF_CT_VPN_A_PPTP_HOST_WIRE: u16, the same as the client knows it
 * @NF_CT_VPN_A_PPTP_CLIENT_PORT: u16, client's port of the control connection
 * @NF_CT_VPN_A_PPTP_SERVER_PORT: u16, the other port of it
 * @NF_CT_VPN_A_PPTP_AGE: u64, milliseconds since it was asked for (to the
 *	second)
 * @NF_CT_VPN_A_PPTP_IDLE: u64, milliseconds since its last packet
 * @NF_CT_VPN_A_PPTP_TIMEOUT: u32, seconds until the flow entry expires, 0 if
 *	it has none
 * @NF_CT_VPN_A_PPTP_PACKETS_OUT: u64, from the client; absent where conntrack
 *	doesn't count
 * @NF_CT_VPN_A_PPTP_PACKETS_IN: u64, to the client
 */
enum nf_ct_vpn_pptp_attr {
	NF_CT_VPN_A_PPTP_UNSPEC,
	NF_CT_VPN_A_PPTP_PAD,
	NF_CT_VPN_A_PPTP_FAMILY,
	NF_CT_VPN_A_PPTP_CLIENT,
	NF_CT_VPN_A_PPTP_SERVER,
	NF_CT_VPN_A_PPTP_MASQ,
	NF_CT_VPN_A_PPTP_HOST,
	NF_CT_VPN_A_PPTP_STATE,
	NF_CT_VPN_A_PPTP_CLIENT_ID,
	NF_CT_VPN_A_PPTP_CLIENT_WIRE,
	NF_CT_VPN_A_PPTP_HOST_ID,
	NF_CT_VPN_A_PPTP_HOST_WIRE,
	NF_CT_VPN_A_PPTP_CLIENT_PORT,
	NF_CT_VPN_A_PPTP_SERVER_PORT,
	NF_CT_VPN_A_PPTP_AGE,
	NF_CT_VPN_A_PPTP_IDLE,
	NF_CT_VPN_A_PPTP_TIMEOUT,
	NF_CT_VPN_A_PPTP_PACKETS_OUT,
	NF_CT_VPN_A_PPTP_PACKETS_IN,
	/* private: */
	__NF_CT_VPN_A_PPTP_MAX,
};

#define NF_CT_VPN_A_PPTP_MAX (__NF_CT_VPN_A_PPTP_MAX - 1)

/**
 * enum nf_ct_vpn_stats_attr - counters, all u64, since the netns was made or
 *	they were reset
 * @NF_CT_VPN_A_STATS_UNSPEC: invalid
 * @NF_CT_VPN_A_STATS_PAD: padding for 64-bit attributes
 * @NF_CT_VPN_A_STATS_ENTRIES: sessions, SPIs, cookie pairs, PPTP connections
 *	and calls in the tables now
 * @NF_CT_VPN_A_STATS_CLIENTS: reply zones in use now
 * @NF_CT_VPN_A_STATS_SESSIONS: sessions now
 * @NF_CT_VPN_A_STATS_ATTACHED_OUT: outbound packets attached to their flow
 * @NF_CT_VPN_A_STATS_ATTACHED_IN: inbound packets attached to their flow
 * @NF_CT_VPN_A_STATS_FLOW_NEW: packets sent on to create a flow in a zone
 * @NF_CT_VPN_A_STATS_SPI_NEW: SPIs learnt, both directions
 * @NF_CT_VPN_A_STATS_BOUND: inbound SPIs bound to a session
 * @NF_CT_VPN_A_STATS_UNDECIDED: inbound SPIs with several candidates
 * @NF_CT_VPN_A_STATS_COPIES: copies sent to candidates
 * @NF_CT_VPN_A_STATS_COPY_LIMIT: packets not copied: over the rate budget
 * @NF_CT_VPN_A_STATS_COPY_FAILED: copies lost for want of memory
 * @NF_CT_VPN_A_STATS_LOCAL: inbound packets for an SA of the gateway
 * @NF_CT_VPN_A_STATS_STOCK: packets left to stock conntrack, none of ours
 * @NF_CT_VPN_A_STATS_FOREIGN_ZONE: left to stock: the ruleset chose a zone
 * @NF_CT_VPN_A_STATS_INVALID: dropped: SPI 0
 * @NF_CT_VPN_A_STATS_TRUNCATED: left to stock: shorter than its headers say
 * @NF_CT_VPN_A_STATS_BLOCKED: dropped: another client holds the server
 *	(nf_conntrack_esp_parallel=0)
 * @NF_CT_VPN_A_STATS_AMBIGUOUS: dropped: several candidates and
 *	nf_conntrack_esp_guess=0
 * @NF_CT_VPN_A_STATS_FULL: not tracked: nf_conntrack_vpn_max reached
 * @NF_CT_VPN_A_STATS_CLIENT_FULL: not tracked: nf_conntrack_vpn_max_per_client
 * @NF_CT_VPN_A_STATS_NO_ZONE: not tracked: no free reply zone
 * @NF_CT_VPN_A_STATS_NO_MEMORY: not tracked: allocation failed
 * @NF_CT_VPN_A_STATS_SPI_RECYCLED: SPIs replaced by newer ones of the session
 * @NF_CT_VPN_A_STATS_FORGOTTEN: SPIs dropped since conntrack lost their flow
 * @NF_CT_VPN_A_STATS_EXPIRED: SPIs, cookie pairs and sessions that idled out
 * @NF_CT_VPN_A_STATS_ICMP_RELATED: ICMP errors brought to their flow
 * @NF_CT_VPN_A_STATS_ICMP_DROPPED: ICMP errors about an SPI of somebody else
 * @NF_CT_VPN_A_STATS_COOKIE_NEW: IKE cookie pairs learnt
 * @NF_CT_VPN_A_STATS_COOKIE_RECYCLED: pairs replaced by newer ones of the
 *	session
 * @NF_CT_VPN_A_STATS_COOKIE_BUSY: dropped: another client waits for the answer
 *	to the same initiator cookie
 * @NF_CT_VPN_A_STATS_COOKIE_UNKNOWN: inbound IKE whose owner had to be guessed
 * @NF_CT_VPN_A_STATS_ZERO_COOKIE: UDP port 500 that is no IKE, left alone
 * @NF_CT_VPN_A_STATS_ISAKMP_INVALID: no ISAKMP message, not looked into
 * @NF_CT_VPN_A_STATS_TICKETS: inbound SPIs that a client's IKE announced
 * @NF_CT_VPN_A_STATS_FLOATED: sessions whose ESP goes into UDP
 * @NF_CT_VPN_A_STATS_PORT_LOST: IKE that left from another port than 500,
 *	since the ruleset wants that
 * @NF_CT_VPN_A_STATS_PPTP_CONNS: PPTP control connections now
 * @NF_CT_VPN_A_STATS_PPTP_CALLS: PPTP calls now, closed ones included
 * @NF_CT_VPN_A_STATS_PPTP_CALL_NEW: calls that came up
 * @NF_CT_VPN_A_STATS_PPTP_CALL_REFUSED: calls not tracked: limit, Call-ID taken
 * @NF_CT_VPN_A_STATS_PPTP_TRANSLATED: Call-IDs replaced in control messages
 * @NF_CT_VPN_A_STATS_PPTP_LOST: bytes of control streams not understood
 * @NF_CT_VPN_A_STATS_PPTP_NO_CALL: GRE packets dropped: their call isn't up
 * @NF_CT_VPN_A_STATS_STOCK_UNTRACKED: counted in STOCK, too: conntrack doesn't
 *	look at such packets
 * @NF_CT_VPN_A_STATS_STOCK_REMOTE_BEGAN: likewise: the entry was begun by the
 *	other side
 * @NF_CT_VPN_A_STATS_STOCK_GATEWAY: likewise: for the gateway or a host behind
 *	dnat, no session
 * @NF_CT_VPN_A_STATS_STOCK_NO_ROOM: likewise: no room for the session or its
 *	owner
 * @NF_CT_VPN_A_STATS_STOCK_NO_FLOW: likewise: an SPI whose flow has gone and
 *	isn't resumed
 * @NF_CT_VPN_A_STATS_LOADED: SPIs, sessions and cookie pairs made by netlink
 * @NF_CT_VPN_A_STATS_DELETED: entries deleted by netlink
 * @NF_CT_VPN_A_STATS_EVENTS_LOST: events not sent for want of memory
 * @NF_CT_VPN_A_STATS_PPTP_EARLY: segments dropped: they begin amid a message
 *	whose beginning hasn't come yet
 * @NF_CT_VPN_A_STATS_ISAKMP_PACED: messages of clients held for a while, so that
 *	one after the other gets an SPI (nf_conntrack_esp_guess=0 or 1)
 * @NF_CT_VPN_A_STATS_TWINS: not tracked: too many entries have the SPI, or the
 *	initiator cookie, already
 * @NF_CT_VPN_A_STATS_FAST: packets that took the fast path, counted in
 *	ATTACHED_OUT and ATTACHED_IN, too
 * @NF_CT_VPN_A_STATS_FAST_XFRM: packets that took the slow path although
 *	nf_conntrack_vpn_fastpath is 1: the gateway has IPsec policies
 * @NF_CT_VPN_A_STATS_FAST_ROUTE: likewise: their route can't do without it
 * @NF_CT_VPN_A_STATS_FAST_STATE: likewise: the SPI is guessed or has been seen
 *	once, or its entry isn't ASSURED
 * @NF_CT_VPN_A_STATS_FAST_PACKET: likewise: fragment, options, TTL of 1, GSO,
 *	another device, bridged, traced
 * @NF_CT_VPN_A_STATS_FAST_MTU: likewise: larger than the route's MTU
 */
enum nf_ct_vpn_stats_attr {
	NF_CT_VPN_A_STATS_UNSPEC,
	NF_CT_VPN_A_STATS_PAD,
	NF_CT_VPN_A_STATS_ENTRIES,
	NF_CT_VPN_A_STATS_CLIENTS,
	NF_CT_VPN_A_STATS_SESSIONS,
	NF_CT_VPN_A_STATS_ATTACHED_OUT,
	NF_CT_VPN_A_STATS_ATTACHED_IN,
	NF_CT_VPN_A_STATS_FLOW_NEW,
	NF_CT_VPN_A_STATS_SPI_NEW,
	NF_CT_VPN_A_STATS_BOUND,
	NF_CT_VPN_A_STATS_UNDECIDED,
	NF_CT_VPN_A_STATS_COPIES,
	NF_CT_VPN_A_STATS_COPY_LIMIT,
	NF_CT_VPN_A_STATS_COPY_FAILED,
	NF_CT_VPN_A_STATS_LOCAL,
	NF_CT_VPN_A_STATS_STOCK,
	NF_CT_VPN_A_STATS_FOREIGN_ZONE,
	NF_CT_VPN_A_STATS_INVALID,
	NF_CT_VPN_A_STATS_TRUNCATED,
	NF_CT_VPN_A_STATS_BLOCKED,
	NF_CT_VPN_A_STATS_AMBIGUOUS,
	NF_CT_VPN_A_STATS_FULL,
	NF_CT_VPN_A_STATS_CLIENT_FULL,
	NF_CT_VPN_A_STATS_NO_ZONE,
	NF_CT_VPN_A_STATS_NO_MEMORY,
	NF_CT_VPN_A_STATS_SPI_RECYCLED,
	NF_CT_VPN_A_STATS_FORGOTTEN,
	NF_CT_VPN_A_STATS_EXPIRED,
	NF_CT_VPN_A_STATS_ICMP_RELATED,
	NF_CT_VPN_A_STATS_ICMP_DROPPED,
	NF_CT_VPN_A_STATS_COOKIE_NEW,
	NF_CT_VPN_A_STATS_COOKIE_RECYCLED,
	NF_CT_VPN_A_STATS_COOKIE_BUSY,
	NF_CT_VPN_A_STATS_COOKIE_UNKNOWN,
	NF_CT_VPN_A_STATS_ZERO_COOKIE,
	NF_CT_VPN_A_STATS_ISAKMP_INVALID,
	NF_CT_VPN_A_STATS_TICKETS,
	NF_CT_VPN_A_STATS_FLOATED,
	NF_CT_VPN_A_STATS_PORT_LOST,
	NF_CT_VPN_A_STATS_PPTP_CONNS,
	NF_CT_VPN_A_STATS_PPTP_CALLS,
	NF_CT_VPN_A_STATS_PPTP_CALL_NEW,
	NF_CT_VPN_A_STATS_PPTP_CALL_REFUSED,
	NF_CT_VPN_A_STATS_PPTP_TRANSLATED,
	NF_CT_VPN_A_STATS_PPTP_LOST,
	NF_CT_VPN_A_STATS_PPTP_NO_CALL,
	NF_CT_VPN_A_STATS_STOCK_UNTRACKED,
	NF_CT_VPN_A_STATS_STOCK_REMOTE_BEGAN,
	NF_CT_VPN_A_STATS_STOCK_GATEWAY,
	NF_CT_VPN_A_STATS_STOCK_NO_ROOM,
	NF_CT_VPN_A_STATS_STOCK_NO_FLOW,
	NF_CT_VPN_A_STATS_LOADED,
	NF_CT_VPN_A_STATS_DELETED,
	NF_CT_VPN_A_STATS_EVENTS_LOST,
	NF_CT_VPN_A_STATS_PPTP_EARLY,
	NF_CT_VPN_A_STATS_ISAKMP_PACED,
	NF_CT_VPN_A_STATS_TWINS,
	NF_CT_VPN_A_STATS_FAST,
	NF_CT_VPN_A_STATS_FAST_XFRM,
	NF_CT_VPN_A_STATS_FAST_ROUTE,
	NF_CT_VPN_A_STATS_FAST_STATE,
	NF_CT_VPN_A_STATS_FAST_PACKET,
	NF_CT_VPN_A_STATS_FAST_MTU,
	/* private: */
	__NF_CT_VPN_A_STATS_MAX,
};

#define NF_CT_VPN_A_STATS_MAX (__NF_CT_VPN_A_STATS_MAX - 1)

/**
 * enum nf_ct_vpn_isakmp_attr - one IKE exchange or SA, named by its cookies
 * @NF_CT_VPN_A_ISAKMP_UNSPEC: invalid
 * @NF_CT_VPN_A_ISAKMP_PAD: padding for 64-bit attributes
 * @NF_CT_VPN_A_ISAKMP_FAMILY: u8, AF_INET or AF_INET6
 * @NF_CT_VPN_A_ISAKMP_CLIENT: address; while undecided, of the client that it
 *	was brought to on trial
 * @NF_CT_VPN_A_ISAKMP_SERVER: address of the server
 * @NF_CT_VPN_A_ISAKMP_MASQ: address the server sees; absent until the
 *	first message has left
 * @NF_CT_VPN_A_ISAKMP_ZONE: u16, reply zone of the client, 0 for the gateway
 * @NF_CT_VPN_A_ISAKMP_INITIATOR: u64, initiator cookie (IKEv2: SPI), its first
 *	byte on the wire being the highest one
 * @NF_CT_VPN_A_ISAKMP_RESPONDER: u64, responder cookie, 0 until it is known
 * @NF_CT_VPN_A_ISAKMP_VERSION: u8, 1 for IKEv1, 2 for IKEv2
 * @NF_CT_VPN_A_ISAKMP_EXCHANGE: u8, exchange type of the last message
 * @NF_CT_VPN_A_ISAKMP_STATE: u8, &enum nf_ct_vpn_state
 * @NF_CT_VPN_A_ISAKMP_BEGUN_BY: u8, 1 if the server used it first
 * @NF_CT_VPN_A_ISAKMP_PACKETS: u64, messages seen
 * @NF_CT_VPN_A_ISAKMP_FIRST: u64, milliseconds since the first message (to the
 *	second)
 * @NF_CT_VPN_A_ISAKMP_LAST: u64, milliseconds since the last message
 */
enum nf_ct_vpn_isakmp_attr {
	NF_CT_VPN_A_ISAKMP_UNSPEC,
	NF_CT_VPN_A_ISAKMP_PAD,
	NF_CT_VPN_A_ISAKMP_FAMILY,
	NF_CT_VPN_A_ISAKMP_CLIENT,
	NF_CT_VPN_A_ISAKMP_SERVER,
	NF_CT_VPN_A_ISAKMP_MASQ,
	NF_CT_VPN_A_ISAKMP_ZONE,
	NF_CT_VPN_A_ISAKMP_INITIATOR,
	NF_CT_VPN_A_ISAKMP_RESPONDER,
	NF_CT_VPN_A_ISAKMP_VERSION,
	NF_CT_VPN_A_ISAKMP_EXCHANGE,
	NF_CT_VPN_A_ISAKMP_STATE,
	NF_CT_VPN_A_ISAKMP_BEGUN_BY,
	NF_CT_VPN_A_ISAKMP_PACKETS,
	NF_CT_VPN_A_ISAKMP_FIRST,
	NF_CT_VPN_A_ISAKMP_LAST,
	/* private: */
	__NF_CT_VPN_A_ISAKMP_MAX,
};

#define NF_CT_VPN_A_ISAKMP_MAX (__NF_CT_VPN_A_ISAKMP_MAX - 1)

/**
 * enum nf_ct_vpn_setting_attr - settings, named and limited as the sysctls
 *	net.netfilter.nf_conntrack_*
 * @NF_CT_VPN_A_SETTING_UNSPEC: invalid
 * @NF_CT_VPN_A_SETTING_VPN_ENABLE: u32, nf_conntrack_vpn_enable
 * @NF_CT_VPN_A_SETTING_VPN_ZONE_BASE: u32, nf_conntrack_vpn_zone_base
 * @NF_CT_VPN_A_SETTING_VPN_MAX: u32, nf_conntrack_vpn_max
 * @NF_CT_VPN_A_SETTING_VPN_MAX_PER_CLIENT: u32, nf_conntrack_vpn_max_per_client
 * @NF_CT_VPN_A_SETTING_ESP_TIMEOUT_UNREPLIED: u32,
 *	nf_conntrack_esp_timeout_unreplied
 * @NF_CT_VPN_A_SETTING_ESP_TIMEOUT: u32, nf_conntrack_esp_timeout
 * @NF_CT_VPN_A_SETTING_ESP_PARALLEL: u32, nf_conntrack_esp_parallel
 * @NF_CT_VPN_A_SETTING_ESP_GUESS: u32, nf_conntrack_esp_guess
 * @NF_CT_VPN_A_SETTING_ESP_INBOUND_FIRST: u32, nf_conntrack_esp_inbound_first
 * @NF_CT_VPN_A_SETTING_ISAKMP_TIMEOUT: u32, nf_conntrack_isakmp_timeout
 * @NF_CT_VPN_A_SETTING_ISAKMP_KEEP_PORT: u32, nf_conntrack_isakmp_keep_port
 * @NF_CT_VPN_A_SETTING_PPTP_EXT_TIMEOUT: u32, nf_conntrack_pptp_ext_timeout
 * @NF_CT_VPN_A_SETTING_VPN_FASTPATH: u32, nf_conntrack_vpn_fastpath
 */
enum nf_ct_vpn_setting_attr {
	NF_CT_VPN_A_SETTING_UNSPEC,
	NF_CT_VPN_A_SETTING_VPN_ENABLE,
	NF_CT_VPN_A_SETTING_VPN_ZONE_BASE,
	NF_CT_VPN_A_SETTING_VPN_MAX,
	NF_CT_VPN_A_SETTING_VPN_MAX_PER_CLIENT,
	NF_CT_VPN_A_SETTING_ESP_TIMEOUT_UNREPLIED,
	NF_CT_VPN_A_SETTING_ESP_TIMEOUT,
	NF_CT_VPN_A_SETTING_ESP_PARALLEL,
	NF_CT_VPN_A_SETTING_ESP_GUESS,
	NF_CT_VPN_A_SETTING_ESP_INBOUND_FIRST,
	NF_CT_VPN_A_SETTING_ISAKMP_TIMEOUT,
	NF_CT_VPN_A_SETTING_ISAKMP_KEEP_PORT,
	NF_CT_VPN_A_SETTING_PPTP_EXT_TIMEOUT,
	NF_CT_VPN_A_SETTING_VPN_FASTPATH,
	/* private: */
	__NF_CT_VPN_A_SETTING_MAX,
};

#define NF_CT_VPN_A_SETTING_MAX (__NF_CT_VPN_A_SETTING_MAX - 1)

/**
 * enum nf_ct_vpn_flush_attr - what NF_CT_VPN_CMD_FLUSH shall forget
 * @NF_CT_VPN_A_FLUSH_UNSPEC: invalid
 * @NF_CT_VPN_A_FLUSH_FAMILY: u8, AF_INET or AF_INET6; absent: both
 * @NF_CT_VPN_A_FLUSH_CLIENT: address; absent: of all clients
 * @NF_CT_VPN_A_FLUSH_SERVER: address; absent: of all servers
 * @NF_CT_VPN_A_FLUSH_KIND: u8, &enum nf_ct_vpn_kind; absent: everything
 * @NF_CT_VPN_A_FLUSH_COUNT: u32, in the answer: entries that were forgotten,
 *	those that went with their session not counted
 */
enum nf_ct_vpn_flush_attr {
	NF_CT_VPN_A_FLUSH_UNSPEC,
	NF_CT_VPN_A_FLUSH_FAMILY,
	NF_CT_VPN_A_FLUSH_CLIENT,
	NF_CT_VPN_A_FLUSH_SERVER,
	NF_CT_VPN_A_FLUSH_KIND,
	NF_CT_VPN_A_FLUSH_COUNT,
	/* private: */
	__NF_CT_VPN_A_FLUSH_MAX,
};

#define NF_CT_VPN_A_FLUSH_MAX (__NF_CT_VPN_A_FLUSH_MAX - 1)

/**
 * enum nf_ct_vpn_event_attr - an event and one entry that it is about
 * @NF_CT_VPN_A_EVENT_UNSPEC: invalid
 * @NF_CT_VPN_A_EVENT_EVENT: u8, &enum nf_ct_vpn_event_type
 * @NF_CT_VPN_A_EVENT_SESSION: nested NF_CT_VPN_A_SESSION_*
 * @NF_CT_VPN_A_EVENT_ESP: nested NF_CT_VPN_A_ESP_*
 * @NF_CT_VPN_A_EVENT_ISAKMP: nested NF_CT_VPN_A_ISAKMP_*
 * @NF_CT_VPN_A_EVENT_PPTP: nested NF_CT_VPN_A_PPTP_*
 * @NF_CT_VPN_A_EVENT_CLIENT: address of the client that is full; absent: the
 *	netns is
 * @NF_CT_VPN_A_EVENT_LIMIT: u32, &enum nf_ct_vpn_stats_attr: the counter of
 *	what was full
 *
 * The nested attributes are those of the dumps, without what only conntrack
 * could tell: states, timeouts, and what a session has.
 */
enum nf_ct_vpn_event_attr {
	NF_CT_VPN_A_EVENT_UNSPEC,
	NF_CT_VPN_A_EVENT_EVENT,
	NF_CT_VPN_A_EVENT_SESSION,
	NF_CT_VPN_A_EVENT_ESP,
	NF_CT_VPN_A_EVENT_ISAKMP,
	NF_CT_VPN_A_EVENT_PPTP,
	NF_CT_VPN_A_EVENT_CLIENT,
	NF_CT_VPN_A_EVENT_LIMIT,
	/* private: */
	__NF_CT_VPN_A_EVENT_MAX,
};

#define NF_CT_VPN_A_EVENT_MAX (__NF_CT_VPN_A_EVENT_MAX - 1)

#endif /* _UAPI_LINUX_NETFILTER_NF_CT_VPN_H */
