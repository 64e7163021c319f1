/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Shared core of the VPN connection trackers.
 *
 * Vocabulary
 *	client	the host that began a flow; inside, for a masqueraded one
 *	remote	the host it talks to
 *	session	a pair of client and remote
 *	flow	the conntrack entry client -> remote of one session
 *	masq	the address the remote sees (the destination of the flow's reply
 *		tuple); the client's own where nothing is translated
 *	zone	conntrack zone of a client, valid for reply tuples only
 *
 * Lifetimes
 *	Clients, remotes, sessions and SPIs are found under RCU and freed after a
 *	grace period. They are linked and unlinked under &nf_vpn_net.lock only.
 *	An SPI holds its session, a session its client and its remote: whoever
 *	sees the first under RCU may follow the pointers. A session is unlinked
 *	after its SPIs, a remote with its last session, a client
 *	NF_VPN_ZONE_QUARANTINE after its last session.
 *	Conntrack alone decides how long a flow lives. A session keeps a
 *	reference on its flow to save a look-up per packet; one that conntrack
 *	has dropped is let go by the next packet or by the garbage collector, the
 *	last one by the RCU callback that frees the session.
 *	SPIs that netlink has made are not dropped with a flow: a session that
 *	holds some stays, in use or not.
 *
 * Locking
 *	&nf_vpn_net.lock (BH) is taken to learn or drop an identifier and for
 *	packets whose owner is undecided or whose flow is gone, never for one
 *	that finds its SPI and its flow. No
 *	conntrack entry is looked up or released under it: a destructor may take
 *	conntrack's own locks.
 *	&nf_vpn_ike.lock (BH) serializes the IKE messages of one session, and may
 *	be taken under the former.
 */
#ifndef _NF_CONNTRACK_VPN_H
#define _NF_CONNTRACK_VPN_H

#include <linux/atomic.h>
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/netfilter.h>
#include <linux/rhashtable.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/workqueue.h>
#include <linux/timekeeping.h>
#include <linux/xarray.h>
#include <net/netfilter/nf_conntrack.h>
#include <uapi/linux/netfilter/nf_ct_vpn.h>

#include "nf_conntrack_isakmp.h"
#include "nf_vpn_evidence.h"

/* An unused zone may hold packets that still sit in a user's NFQUEUE. */
#define NF_VPN_ZONE_QUARANTINE	(60 * HZ)
/* Inbound SPIs are recognised for this long after their flow idled out. */
#define NF_VPN_REMEMBER		(24 * 60 * 60 * HZ)
/*
 * Sessions whose flow was never confirmed: first packets that the ruleset
 * drops, from as many made-up addresses as somebody likes. The oldest yields.
 */
#define NF_VPN_EMBRYONIC	1024
/*
 * SPIs kept per session and direction, each charged to its client: a child SA for
 * each pair of networks or for each processor (RFC 9611), and twice as many while
 * they are rekeyed. nf_vpn_spi_recycle() says which one yields.
 */
#define NF_VPN_SESSION_SPIS	64
/*
 * Packets after which an inbound SPI is taken for one that is in use rather than
 * made up. Lost and repeated packets don't matter: it only says who yields.
 */
#define NF_VPN_SPI_PROVEN	8
/* Cookie pairs per session, and of these such as only the remote has used. */
#define NF_VPN_SESSION_COOKIES	16
#define NF_VPN_SESSION_UNPROVEN	4

/**
 * struct nf_vpn_host - address of a client or a remote host, a hash key
 * @addr: address, unused bytes zero
 * @l3num: AF_INET or AF_INET6
 */
struct nf_vpn_host {
	union nf_inet_addr addr;
	u32 l3num;
};

/**
 * struct nf_vpn_client - inside host (or address of the gateway) with sessions
 * @node: in &nf_vpn_net.clients
 * @host: its address
 * @entries: sessions, SPIs, PPTP connections and calls charged to it
 * @sessions: number of its sessions and PPTP connections
 * @zone: reply zone id, 0 for an address of the gateway and for a client that
 *	has used nothing but PPTP
 * @used: a flow was confirmed in the zone
 * @idle_since: jiffies when @sessions fell to 0
 * @idle: in &nf_vpn_net.idle_clients while @sessions is 0
 * @rcu: for freeing
 */
struct nf_vpn_client {
	struct rhash_head node;
	struct nf_vpn_host host;
	u32 entries;
	u32 sessions;
	u16 zone;
	bool used;
	unsigned long idle_since;
	union {
		struct list_head idle;
		struct rcu_head rcu;
	};
};

/**
 * struct nf_vpn_remote - host that sessions talk to
 * @node: in &nf_vpn_net.remotes
 * @host: its address
 * @nsessions: length of @sessions
 * @nundecided: length of @undecided
 * @nreserved: inbound SPIs bound to its sessions that were seen but once
 * @crowded: more SPIs that were seen but once, or are undecided, than sessions
 *	that wait for any: some are made up
 * @sessions: its sessions, newest first
 * @ikes: &struct nf_vpn_ike of those that have one, newest first
 * @pending: sessions that wait for an inbound SPI, longest waiting first
 * @undecided: inbound SPIs with several candidates, oldest first
 * @tokens: copies that may still be made in this jiffy window
 * @filled: jiffies when @tokens was last filled
 * @repaired: jiffies when a starved session's SPI was last looked for
 * @rtt: round trip, from IKE or from first answers
 * @paced: jiffies when the last message that opens a ticket went out, or will;
 *	see core/ike_pace.c
 * @paced_by: whose that was; compared, never followed
 * @rcu: for freeing
 *
 * All but @host is protected by &nf_vpn_net.lock.
 */
struct nf_vpn_remote {
	struct rhash_head node;
	struct nf_vpn_host host;
	u32 nsessions;
	u32 nundecided;
	u32 nreserved;
	bool crowded;
	struct hlist_head sessions;
	struct hlist_head ikes;
	struct list_head pending;
	struct list_head undecided;
	u32 tokens;
	unsigned long filled;
	unsigned long repaired;
	struct esp_rtt rtt;
	unsigned long paced;
	const struct nf_vpn_client *paced_by;
	struct rcu_head rcu;
};

/**
 * enum nf_vpn_flow_kind - flows that a session may have
 * @NF_VPN_FLOW_ESP: ESP
 * @NF_VPN_FLOW_IKE: UDP from port 500 to port 500
 */
enum nf_vpn_flow_kind {
	NF_VPN_FLOW_ESP,
	NF_VPN_FLOW_IKE,
};

/**
 * struct nf_vpn_flow - what a session knows of one of its flows
 * @ct: confirmed entry, with a reference; NULL if not looked up yet. Only
 *	core/flow.c touches it.
 * @due: jiffies when the flow expires if nothing else comes; a flow that is
 *	gone before that was deleted
 * @masq: address the remote host sees
 * @seen: the flow was confirmed; @due is valid
 * @has_masq: @masq is valid
 *
 * All lockless.
 */
struct nf_vpn_flow {
	struct nf_conn *ct;
	unsigned long due;
	union nf_inet_addr masq;
	bool seen;
	bool has_masq;
};

/**
 * enum nf_vpn_session_flags - bits of &nf_vpn_session.flags
 * @NF_VPN_SESSION_LOCAL: the client is the gateway itself
 * @NF_VPN_SESSION_USED: a packet has been sent on to create a flow in its
 *	client's zone
 * @NF_VPN_SESSION_REPLIED: the remote host has been heard
 * @NF_VPN_SESSION_DEAD: unlinked, to be freed
 */
enum nf_vpn_session_flags {
	NF_VPN_SESSION_LOCAL,
	NF_VPN_SESSION_USED,
	NF_VPN_SESSION_REPLIED,
	NF_VPN_SESSION_DEAD,
};

/**
 * struct nf_vpn_ike - what is known of a session's IKE
 * @session: its session
 * @flow: its flow on port 500
 * @iif: interface that the client's message came in by which began @flow, 0 if
 *	not known, lockless
 * @lock: protects @tickets and what follows up to @rtt
 * @tickets: inbound SPIs that its messages let expect
 * @asked: requests of the remote host that the client hasn't answered
 * @request: message ID of the client's last request, @requested is valid
 * @requested: nf_vpn_now_us() when that went out; 0 if it has been answered
 * @rtt: milliseconds from request to response, 0 if not known
 * @child: seconds of the boot clock of the last child exchange, 0 if none
 * @visible: the client's child exchanges are seen: tickets tell all
 * @port_lost: a NAT rule doesn't leave it port 500, so it gets no zone
 * @udp_esp: the client puts ESP into UDP on port 500, so it gets none either
 * @other_port: @flow leaves from another port than 500
 * @kept_alive: jiffies when ESP last kept the flow alive, lockless
 * @keeps_alive: jiffies when it last kept the ESP flow alive, lockless
 * @by_remote: in &nf_vpn_remote.ikes
 * @cookies: &struct nf_vpn_cookie, newest first
 * @ncookies: length of @cookies
 * @nunproven: of these, those that the client hasn't used
 *
 * Made with a session's first IKE message, freed with the session.
 * &nf_vpn_net.lock protects what follows @keeps_alive.
 */
struct nf_vpn_ike {
	struct nf_vpn_session *session;
	struct nf_vpn_flow flow;
	int iif;
	spinlock_t lock;	/* tickets and timing of messages */
	struct isakmp_tickets tickets;
	u8 asked;
	u32 request;
	u32 requested;
	u32 rtt;
	u32 child;
	bool visible;
	bool port_lost;
	bool udp_esp;
	bool other_port;
	unsigned long kept_alive;
	unsigned long keeps_alive;
	struct hlist_node by_remote;
	struct list_head cookies;
	u8 ncookies;
	u8 nunproven;
};

/**
 * struct nf_vpn_ike_view - what there is to tell of a session's IKE
 * @idle: jiffies since its last message, if @cookies isn't 0
 * @cookies: cookie pairs known
 * @tickets: inbound SPIs that are expected
 * @natt: its ESP goes into UDP
 */
struct nf_vpn_ike_view {
	unsigned long idle;
	unsigned int cookies;
	unsigned int tickets;
	bool natt;
};

/**
 * struct nf_vpn_cookie - an IKE exchange or SA, as both cookies name it
 * @node: in &nf_vpn_net.cookies
 * @session: its session
 * @init: initiator cookie
 * @resp: responder cookie, 0 until the responder has answered
 * @by_session: in &nf_vpn_ike.cookies
 * @major: version of ISAKMP
 * @exchange: type of the last message
 * @by_remote: the remote host used it first
 * @proven: the client has used it
 * @claim: likewise, but the pair is another session's until the remote host
 *	answers this one; not @proven
 * @doubtful: the remote host used it first, the client has answered on trial,
 *	and the remote host hasn't gone on since
 * @tried: sessions that it was brought to before this one
 * @repeats: messages of the remote host since, while not @proven
 * @packets: messages seen
 * @first: seconds of the boot clock
 * @last: low half of jiffies at the last message
 * @last_out: likewise, of the client
 * @asked: likewise, at the first message of the remote host that can't be an
 *	answer to what the client said last; 0 if there was none
 * @request: message ID of the client's last request; at first none that exists
 * @answered: of its last one that was answered; at first the one before 0
 * @heard: of the remote host's request that made the entry
 * @id: in &nf_vpn_net.ids
 * @rcu: for freeing
 *
 * Found under RCU; &nf_vpn_net.lock protects all changes but those of
 * @exchange, @packets and what follows @first up to @answered, which are
 * lockless.
 */
struct nf_vpn_cookie {
	struct rhash_head node;
	struct nf_vpn_session *session;
	__be64 init;
	__be64 resp;
	struct list_head by_session;
	u8 major;
	u8 exchange;
	bool by_remote;
	bool proven;
	bool claim;
	bool doubtful;
	u8 tried;
	u8 repeats;
	u32 packets;
	u32 first;
	u32 last;
	u32 last_out;
	u32 asked;
	u32 request;
	u32 answered;
	u32 heard;
	u32 id;
	struct rcu_head rcu;
};

/**
 * struct nf_vpn_cookie_query - what nf_vpn_cookie_find() has found
 * @client: see there
 * @resp: see there
 * @exact: the pair; another client's only if @client has none
 * @waiting: the initiator's exchange without responder, of @client if given
 * @shared: any pair with that initiator, of @client if given
 * @rival: another client's exchange that waits for its responder
 * @claim: @client's claim on the pair; claims count as none of the others
 */
struct nf_vpn_cookie_query {
	const struct nf_vpn_host *client;
	__be64 resp;
	struct nf_vpn_cookie *exact;
	struct nf_vpn_cookie *waiting;
	struct nf_vpn_cookie *shared;
	struct nf_vpn_cookie *rival;
	struct nf_vpn_cookie *claim;
};

/**
 * enum nf_vpn_cookie_origin - how a cookie pair became known
 * @NF_VPN_COOKIE_BY_CLIENT: the client has used it
 * @NF_VPN_COOKIE_BY_REMOTE: only the remote host has
 * @NF_VPN_COOKIE_CLAIM: the client has, and it is another session's
 */
enum nf_vpn_cookie_origin {
	NF_VPN_COOKIE_BY_CLIENT,
	NF_VPN_COOKIE_BY_REMOTE,
	NF_VPN_COOKIE_CLAIM,
};

/**
 * struct nf_vpn_watch - when a session sends, while an SPI may be its own
 * @sent: its outbound packets
 * @refs: reasons to watch: it waits for an SPI, it is a candidate of some
 * @rcu: for freeing
 *
 * @sent is lockless, &nf_vpn_net.lock protects @refs.
 */
struct nf_vpn_watch {
	struct esp_times sent;
	u32 refs;
	struct rcu_head rcu;
};

/**
 * struct nf_vpn_session - a client and a remote host
 * @node: in &nf_vpn_net.sessions
 * @client: never NULL
 * @remote: never NULL
 * @flags: &enum nf_vpn_session_flags, atomic bit operations
 * @esp: its ESP flow
 * @ike: its IKE, NULL if none was seen; read it with nf_vpn_session_ike()
 * @last_out: jiffies of the last packet to the remote host
 * @last_in: jiffies of the last packet delivered from it
 * @created: seconds of the boot clock
 * @by_remote: in &nf_vpn_remote.sessions
 * @pending: in &nf_vpn_remote.pending while it waits for an inbound SPI
 * @pending_since: jiffies when the newest unpaired outbound SPI appeared
 * @spi_out: outbound SPI that was used last
 * @mixed: low half of jiffies when it last went back to an outbound SPI that it
 *	had used before another one, as a client with several children does
 * @lost: low half of jiffies when an inbound SPI of its own last had to yield
 * @unpaired: outbound SPIs that no inbound SPI has been bound for
 * @ahead: inbound SPIs bound to it that no outbound one is there for
 * @reserved: inbound SPIs bound to it that were seen but once so far
 * @nspis: number of SPIs by &enum nf_ct_vpn_dir
 * @held: of these, those that &nf_vpn_spi.hold keeps
 * @watch: NULL while no SPI may be its own; &nf_vpn_net.lock protects it,
 *	found under RCU
 * @order: scratch while candidates are compared
 * @pending_old: the unpaired SPI was in use before we saw it (RFC 4303
 *	section 3.3.3: a new one starts at 1)
 * @spis: its SPIs
 * @lru: in &nf_vpn_net.embryonic when new, in &nf_vpn_net.remembered once its
 *	flow has idled out
 * @embryonic: @lru is in the former
 * @id: in &nf_vpn_net.ids
 * @rcu: for freeing
 */
struct nf_vpn_session {
	struct rhash_head node;
	struct nf_vpn_client *client;
	struct nf_vpn_remote *remote;
	unsigned long flags;
	struct nf_vpn_flow esp;
	struct nf_vpn_ike *ike;
	unsigned long last_out;
	unsigned long last_in;
	u32 created;
	struct hlist_node by_remote;
	struct list_head pending;
	struct nf_vpn_watch __rcu *watch;
	u32 pending_since;
	__be32 spi_out;
	u32 mixed;
	u32 lost;
	u8 unpaired;
	u8 ahead;
	u8 nspis[2];
	u8 held;
	u8 reserved;
	u8 order;
	bool pending_old;
	bool embryonic;
	u32 id;
	struct hlist_head spis;
	union {
		struct list_head lru;
		struct rcu_head rcu;
	};
};

/**
 * enum nf_vpn_hold - what keeps an SPI that no flow keeps
 * @NF_VPN_HOLD_NONE: nothing
 * @NF_VPN_HOLD_IDLE: it was preloaded, and goes once it has been idle for
 *	nf_conntrack_esp_timeout
 * @NF_VPN_HOLD_PIN: it stays until it is deleted
 */
enum nf_vpn_hold {
	NF_VPN_HOLD_NONE,
	NF_VPN_HOLD_IDLE,
	NF_VPN_HOLD_PIN,
};

/**
 * struct nf_vpn_asked - packets of an outbound SPI that may be unanswered
 * @since: low half of jiffies at the first of them
 * @n: how many, no more than %ESP_STARVED_PACKETS
 *
 * Lockless: a lost count delays the look for answers by a packet.
 */
struct nf_vpn_asked {
	u32 since;
	u8 n;
};

/**
 * struct nf_vpn_spi - one ESP SPI in one direction
 * @node: in &nf_vpn_net.spis
 * @quoted: in &nf_vpn_net.quoted
 * @session: owner; NULL for an inbound SPI that is undecided, which is a part
 *	of a &struct nf_vpn_undecided then
 * @gw: inbound: destination address on the wire
 * @asked: outbound: what has been sent since answers were last looked for
 * @spi: on the wire
 * @dir: &enum nf_ct_vpn_dir
 * @conf: &enum nf_ct_vpn_conf
 * @paired: outbound: an inbound SPI has been bound since; inbound: seen more
 *	than once, so not just somebody's made-up number
 * @hold: &enum nf_vpn_hold
 * @old: inbound: in use before we saw it (RFC 4303 section 3.3.3)
 * @dead: unlinked, to be freed
 * @repairs: how often its owner was doubted
 * @packets: seen
 * @bytes: seen, from the IP header on
 * @first: seconds of the boot clock of the first packet
 * @last: low half of jiffies at the last packet
 * @seq: highest sequence number seen
 * @id: in &nf_vpn_net.ids
 * @by_session: in &nf_vpn_session.spis
 * @rcu: for freeing
 */
struct nf_vpn_spi {
	struct rhash_head node;
	struct rhash_head quoted;
	struct nf_vpn_session *session;
	union {
		union nf_inet_addr gw;
		struct nf_vpn_asked asked;
	};
	__be32 spi;
	u8 dir;
	u8 conf;
	u8 paired;
	u8 hold:2;
	u8 old:1;
	u8 dead:1;
	u8 repairs:2;
	atomic64_t packets;
	atomic64_t bytes;
	u32 first;
	u32 last;
	u32 seq;
	u32 id;
	union {
		struct hlist_node by_session;
		struct rcu_head rcu;
	};
};

/* Most sessions that an undecided SPI is copied to. */
#define NF_VPN_CANDIDATES	32
/* Undecided SPIs per remote host and per netns; one that may be made up yields. */
#define NF_VPN_UNDECIDED_REMOTE	64
#define NF_VPN_UNDECIDED	1024

/**
 * struct nf_vpn_undecided - inbound SPI that several sessions may own
 * @spi: entry in &nf_vpn_net.spis, &nf_vpn_spi.session is NULL
 * @remote: sender
 * @by_remote: in &nf_vpn_remote.undecided
 * @by_net: in &nf_vpn_net.undecided
 * @first: jiffies of the first packet
 * @arrived: nf_vpn_now_us() of the last packet
 * @expecting: the candidates were waiting for a new SPI
 * @stock: or else stock conntrack's receiver owns it; alone if @n is 0
 * @fresh: bit i: candidate i had just begun to wait
 * @claimed: bit i: somebody has said by netlink that it is candidate i's
 * @gone: jiffies when a candidate's session or its flow went away
 * @trials: packets that were judged
 * @over: packets beyond the rate budget
 * @n: number of candidates
 * @hits: those that spoke for a candidate
 * @cand: candidates, longest waiting first
 *
 * All but @spi and @remote is protected by &nf_vpn_net.lock. That a candidate's
 * session or its flow goes away is no evidence for the others: it may come back.
 */
struct nf_vpn_undecided {
	struct nf_vpn_spi spi;
	struct nf_vpn_remote *remote;
	struct list_head by_remote;
	struct list_head by_net;
	unsigned long first;
	u32 arrived;
	bool expecting;
	bool stock;
	u32 fresh;
	u32 claimed;
	unsigned long gone;
	u8 trials;
	u8 over;
	u8 n;
	u8 hits[NF_VPN_CANDIDATES];
	struct nf_vpn_session *cand[NF_VPN_CANDIDATES];
};

/**
 * struct nf_vpn_settings - sysctls of a netns; times in seconds
 */
struct nf_vpn_settings {
	int enable;
	int zone_base;
	int max;
	int max_per_client;
	int esp_timeout_unreplied;
	int esp_timeout;
	int esp_parallel;
	int esp_guess;
	int esp_inbound_first;
	int isakmp_timeout;
	int isakmp_keep_port;
	int pptp_ext_timeout;
};

/**
 * struct nf_vpn_calls - PPTP calls of a netns, see nf_vpn_call.h
 * @table: &struct nf_vpn_call_node by addresses and Call-ID
 * @pairs: &struct nf_vpn_call_pair by addresses
 * @conns: &struct nf_vpn_conn by addresses and ports
 * @nconns: control connections
 * @ncalls: calls, closed ones included
 */
struct nf_vpn_calls {
	struct rhashtable table;
	struct rhashtable pairs;
	struct rhashtable conns;
	u32 nconns;
	u32 ncalls;
};

/**
 * struct nf_vpn_pace - IKE messages that are held, see core/ike_pace.c
 * @queue: &struct isakmp_held, first due first
 * @n: length of @queue
 * @released: the one that goes on just now; compared, never followed, lockless
 * @work: runs while there are any
 *
 * &nf_vpn_net.lock protects @queue and @n.
 */
struct nf_vpn_pace {
	struct list_head queue;
	u32 n;
	const struct sk_buff *released;
	struct delayed_work work;
};

/* Counters are indexed by the netlink attribute that reports them. */
struct nf_vpn_stats {
	unsigned long count[NF_CT_VPN_A_STATS_MAX + 1];
};

#define NF_VPN_KINDS	(NF_CT_VPN_KIND_PPTP + 1)
/* Their counters follow one another. */
#define NF_VPN_LIMITS	(NF_CT_VPN_A_STATS_NO_MEMORY - NF_CT_VPN_A_STATS_FULL + 1)

/**
 * struct nf_vpn_net - state of one netns
 * @net: the netns
 * @set: sysctls, read with READ_ONCE()
 * @stats: counters
 * @lock: see the head of this file
 * @clients: &struct nf_vpn_client by address
 * @remotes: &struct nf_vpn_remote by address
 * @sessions: &struct nf_vpn_session by both addresses
 * @spis: &struct nf_vpn_spi by the addresses and the SPI of its packets as
 *	they arrive at the gateway
 * @quoted: the same by remote address, SPI and direction, for ICMP errors
 * @cookies: &struct nf_vpn_cookie by initiator cookie
 * @zones: &struct nf_vpn_client by zone id; also tells that a zone is ours
 * @zone_next: where the search for a free zone goes on
 * @entries: sessions and SPIs, bounded by nf_conntrack_vpn_max
 * @nsessions: sessions
 * @nclients: clients with a zone
 * @idle_clients: clients without sessions, in quarantine, oldest first
 * @embryonic: sessions that had no flow when last looked at, oldest first
 * @nembryonic: length of @embryonic
 * @remembered: sessions whose flow idled out, least recently idled first
 * @undecided: undecided SPIs of all remote hosts, oldest first
 * @nundecided: length of @undecided
 * @pace: IKE messages that are held
 * @calls: PPTP
 * @ids: entries by number and &enum nf_ct_vpn_kind, for dumps
 * @full_told: jiffies of the last event that something was full, by reason
 * @dead: the netns is going; helpers may still be called, and learn nothing
 * @gc: runs while there is anything to expire
 * @sysctl: registered table
 */
struct nf_vpn_net {
	struct net *net;
	struct nf_vpn_settings set;
	struct nf_vpn_stats __percpu *stats;
	spinlock_t lock;	/* what may be linked where */
	struct rhashtable clients;
	struct rhashtable remotes;
	struct rhashtable sessions;
	struct rhashtable spis;
	struct rhashtable quoted;
	struct rhashtable cookies;
	struct xarray zones;
	u32 zone_next;
	u32 entries;
	u32 nsessions;
	u32 nclients;
	struct list_head idle_clients;
	struct list_head embryonic;
	u32 nembryonic;
	struct list_head remembered;
	struct list_head undecided;
	u32 nundecided;
	struct nf_vpn_pace pace;
	struct nf_vpn_calls calls;
	struct xarray ids[NF_VPN_KINDS];
	unsigned long full_told[NF_VPN_LIMITS];
	bool dead;
	struct delayed_work gc;
	struct ctl_table_header *sysctl;
};

/**
 * struct nf_vpn_pkt - what the trackers need of a packet
 * @src: source address
 * @dst: destination address
 * @spi: SPI on the wire
 * @seq: sequence number, host byte order
 */
struct nf_vpn_pkt {
	struct nf_vpn_host src;
	struct nf_vpn_host dst;
	__be32 spi;
	u32 seq;
};

/**
 * struct nf_vpn_icmp - an ICMP error and what it quotes
 * @inner: addresses of the quoted packet
 * @inner_proto: its protocol
 * @inner_thoff: offset of its transport header, which may be cut off
 * @thoff: offset of the ICMP header
 */
struct nf_vpn_icmp {
	struct nf_vpn_pkt inner;
	u8 inner_proto;
	int inner_thoff;
	unsigned int thoff;
};

struct nf_conntrack_helper;

/**
 * struct nf_vpn_tracker - what a protocol module registers
 * @protonum: IP protocol number
 * @packet: a packet before conntrack sees it. The skb has no conntrack entry,
 *	at most a template of zone 0; later fragments never come here. @thoff is the
 *	offset of the protocol's header and lies within the packet. Returns a
 *	verdict.
 * @error: an ICMP error that quotes a packet of the protocol, its checksum not
 *	tested. Returns a verdict.
 * @flush: forget all that was learnt; may sleep. Not called under RCU.
 * @label: the helper that its flows carry; NULL if it makes none in zones
 */
struct nf_vpn_tracker {
	u8 protonum;
	unsigned int (*packet)(struct nf_vpn_net *vn, struct sk_buff *skb,
			       unsigned int thoff,
			       const struct nf_hook_state *state);
	unsigned int (*error)(struct nf_vpn_net *vn, struct sk_buff *skb,
			      struct nf_vpn_icmp *icmp,
			      const struct nf_hook_state *state);
	void (*flush)(struct nf_vpn_net *vn);
	struct nf_conntrack_helper *(*label)(u32 l3num);
};

struct nf_vpn_net *nf_vpn_pernet(const struct net *net);

/* core/main.c */
int nf_vpn_tracker_register(const struct nf_vpn_tracker *t);
void nf_vpn_tracker_unregister(const struct nf_vpn_tracker *t);
bool nf_vpn_is_our_hook(nf_hookfn *hook);
void nf_vpn_pkt_addrs(struct nf_vpn_pkt *pkt, const struct sk_buff *skb,
		      unsigned int nhoff, u8 l3num);
bool nf_vpn_conntrack_follows(const struct nf_hook_state *state);
const struct nf_hook_entries *
nf_vpn_hook_entries(const struct nf_hook_state *state);
bool nf_vpn_is_local(const struct nf_vpn_host *host, const struct sk_buff *skb,
		     const struct nf_hook_state *state);

struct nf_conntrack_helper *nf_vpn_tracker_label(u8 protonum, u32 l3num);
unsigned int nf_vpn_tracker_error(struct nf_vpn_net *vn, struct sk_buff *skb,
				  struct nf_vpn_icmp *icmp,
				  const struct nf_hook_state *state);

/* core/client.c */
int nf_vpn_clients_init(struct nf_vpn_net *vn);
void nf_vpn_clients_exit(struct nf_vpn_net *vn);
struct nf_vpn_client *nf_vpn_client_get(struct nf_vpn_net *vn,
					const struct nf_vpn_host *host,
					bool local);
struct nf_vpn_client *nf_vpn_client_hold(struct nf_vpn_net *vn,
					 const struct nf_vpn_host *host);
void nf_vpn_client_put(struct nf_vpn_net *vn, struct nf_vpn_client *client);
void nf_vpn_client_gc(struct nf_vpn_net *vn, bool all);
int nf_vpn_charge(struct nf_vpn_net *vn, struct nf_vpn_client *client);
void nf_vpn_uncharge(struct nf_vpn_net *vn, struct nf_vpn_client *client);

/* core/session.c */
int nf_vpn_sessions_init(struct nf_vpn_net *vn);
void nf_vpn_sessions_exit(struct nf_vpn_net *vn);
struct nf_vpn_session *nf_vpn_session_find(struct nf_vpn_net *vn,
					   const struct nf_vpn_host *client,
					   const struct nf_vpn_host *remote);
struct nf_vpn_session *nf_vpn_session_get(struct nf_vpn_net *vn,
					  const struct nf_vpn_host *client,
					  const struct nf_vpn_host *remote,
					  bool local);
struct nf_vpn_remote *nf_vpn_remote_find(struct nf_vpn_net *vn,
					 const struct nf_vpn_host *host);
bool nf_vpn_remote_knows(struct nf_vpn_net *vn, const struct nf_vpn_pkt *pkt);
void nf_vpn_session_forget(struct nf_vpn_net *vn, struct nf_vpn_session *s);
void nf_vpn_session_free(struct nf_vpn_net *vn, struct nf_vpn_session *s);
void nf_vpn_session_end_esp(struct nf_vpn_net *vn, struct nf_vpn_session *s);
void nf_vpn_session_wake(struct nf_vpn_net *vn, struct nf_vpn_session *s);
void nf_vpn_session_doze(struct nf_vpn_net *vn, struct nf_vpn_session *s);
void nf_vpn_session_remember(struct nf_vpn_net *vn, struct nf_vpn_session *s);
bool nf_vpn_session_make_room(struct nf_vpn_net *vn,
			      const struct nf_vpn_client *client);
void nf_vpn_session_paired(struct nf_vpn_session *s);
void nf_vpn_session_parted(struct nf_vpn_session *s, u8 dir);
bool nf_vpn_session_asks(struct nf_vpn_session *s, struct nf_vpn_spi *spi);
void nf_vpn_session_unpair(struct nf_vpn_net *vn, struct nf_vpn_session *s,
			   bool partner);
void nf_vpn_session_expect(struct nf_vpn_net *vn, struct nf_vpn_session *s);
void nf_vpn_session_settle(struct nf_vpn_session *s);
void nf_vpn_session_release(struct nf_vpn_session *s);

/* core/spi.c */
int nf_vpn_spis_init(struct nf_vpn_net *vn);
void nf_vpn_spis_exit(struct nf_vpn_net *vn);
struct nf_vpn_spi *nf_vpn_spi_find(struct nf_vpn_net *vn,
				   const struct nf_vpn_pkt *pkt);
struct nf_vpn_spi *nf_vpn_spi_find_out(struct nf_vpn_net *vn,
				       const struct nf_vpn_pkt *pkt);
struct nf_vpn_spi *nf_vpn_spi_find_in(struct nf_vpn_net *vn,
				      const struct nf_vpn_pkt *pkt);
struct nf_vpn_spi *nf_vpn_spi_find_in_any(struct nf_vpn_net *vn,
					  const struct nf_vpn_pkt *pkt);
struct nf_vpn_spi *nf_vpn_spi_find_wire(struct nf_vpn_net *vn,
					const struct nf_vpn_pkt *pkt);
struct nf_vpn_spi *nf_vpn_spi_add_out(struct nf_vpn_net *vn,
				      struct nf_vpn_session *s,
				      const struct nf_vpn_pkt *pkt);
struct nf_vpn_spi *nf_vpn_spi_bind(struct nf_vpn_net *vn,
				   struct nf_vpn_session *s,
				   const struct nf_vpn_pkt *pkt,
				   enum nf_ct_vpn_conf conf);
void nf_vpn_spi_prove(struct nf_vpn_net *vn, struct nf_vpn_spi *spi);
void nf_vpn_spi_pair(struct nf_vpn_spi *spi);
void nf_vpn_spi_hold(struct nf_vpn_spi *spi, enum nf_vpn_hold hold);
void nf_vpn_spi_init_in(struct nf_vpn_spi *spi, const struct nf_vpn_pkt *pkt);
int nf_vpn_spi_link(struct nf_vpn_net *vn, struct nf_vpn_spi *spi);
void nf_vpn_spi_unlink(struct nf_vpn_net *vn, struct nf_vpn_spi *spi);
void nf_vpn_spi_free(struct nf_vpn_net *vn, struct nf_vpn_spi *spi);

/* core/id.c */
void nf_vpn_ids_init(struct nf_vpn_net *vn);
void nf_vpn_ids_exit(struct nf_vpn_net *vn);
int nf_vpn_id_get(struct nf_vpn_net *vn, enum nf_ct_vpn_kind kind, u32 *id,
		  void *entry);
void nf_vpn_id_put(struct nf_vpn_net *vn, enum nf_ct_vpn_kind kind, u32 id);
bool nf_vpn_id_is(struct nf_vpn_net *vn, enum nf_ct_vpn_kind kind, u32 id,
		  const void *entry);
void *nf_vpn_id_next(struct nf_vpn_net *vn, enum nf_ct_vpn_kind kind,
		     unsigned long *id);

/*
 * Messages of different clients by which a remote host may use a new SPI go out
 * so far from each other, where packets aren't copied: milliseconds.
 */
#define NF_VPN_PACE_MS		250U

/* core/ike_pace.c */
void nf_isakmp_pace_init(struct nf_vpn_net *vn);
void nf_isakmp_pace_exit(struct nf_vpn_net *vn);

/* core/ike.c */
int nf_vpn_cookies_init(struct nf_vpn_net *vn);
void nf_vpn_cookies_exit(struct nf_vpn_net *vn);
unsigned int nf_vpn_cookie_find(struct nf_vpn_net *vn,
				const struct nf_vpn_host *remote, __be64 init,
				__be64 resp, const struct nf_vpn_host *client,
				struct nf_vpn_cookie_query *q);
struct nf_vpn_cookie *nf_vpn_cookie_find_pair(struct nf_vpn_net *vn,
					      const struct nf_vpn_pkt *pkt,
					      __be64 init, __be64 resp);
struct nf_vpn_cookie *nf_vpn_cookie_find_claim(struct nf_vpn_net *vn,
					       const struct nf_vpn_host *remote,
					       const struct isakmp_message *m);
struct nf_vpn_cookie *nf_vpn_cookie_add(struct nf_vpn_net *vn,
					struct nf_vpn_session *s,
					const struct isakmp_message *m,
					enum nf_vpn_cookie_origin origin);
void nf_vpn_cookie_prove(struct nf_vpn_cookie *c);
void nf_vpn_cookie_free(struct nf_vpn_net *vn, struct nf_vpn_cookie *c);
struct nf_vpn_ike *nf_vpn_ike_get(struct nf_vpn_net *vn,
				  struct nf_vpn_session *s);
void nf_vpn_ike_idle(struct nf_vpn_net *vn, struct nf_vpn_session *s);
void nf_vpn_ike_forget(struct nf_vpn_net *vn, struct nf_vpn_session *s);
void nf_vpn_ike_expire(struct nf_vpn_net *vn, struct nf_vpn_session *s,
		       u32 idle, bool live);
int nf_vpn_ike_need(const struct nf_vpn_session *s);
void nf_vpn_ike_spend(struct nf_vpn_session *s);
void nf_vpn_ike_reopen(struct nf_vpn_session *s);
u32 nf_vpn_ike_newest(const struct nf_vpn_session *s);
void nf_vpn_ike_raw_esp(struct nf_vpn_session *s);
void nf_vpn_ike_look(struct nf_vpn_net *vn, const struct nf_vpn_session *s,
		     struct nf_vpn_ike_view *view);

static inline struct nf_vpn_ike *
nf_vpn_session_ike(const struct nf_vpn_session *s)
{
	/* Pairs with nf_vpn_ike_get(). */
	return smp_load_acquire(&s->ike);
}

/* Has a flow of the session ever been confirmed? */
static inline bool nf_vpn_session_seen(const struct nf_vpn_session *s)
{
	const struct nf_vpn_ike *ike = nf_vpn_session_ike(s);

	return READ_ONCE(s->esp.seen) || (ike && READ_ONCE(ike->flow.seen));
}

/* The clock of tickets: milliseconds, wraps. */
static inline u32 nf_vpn_now_ms(void)
{
	if (!(MSEC_PER_SEC % HZ))
		return (u32)jiffies * (u32)(MSEC_PER_SEC / HZ);
	return (u32)div_u64(ktime_get_coarse_ns(), NSEC_PER_MSEC);
}

/* The clock of evidence: microseconds, wraps. */
static inline u32 nf_vpn_now_us(void)
{
	return (u32)div_u64(ktime_get_mono_fast_ns(), NSEC_PER_USEC);
}

/* core/watch.c */
void nf_vpn_watch_get(struct nf_vpn_session *s);
void nf_vpn_watch_put(struct nf_vpn_session *s);
void nf_vpn_watch_free(struct nf_vpn_session *s);

/* core/undecided.c */
struct nf_vpn_undecided *nf_vpn_undecided_add(struct nf_vpn_net *vn,
					      struct nf_vpn_remote *remote,
					      const struct nf_vpn_pkt *pkt);
void nf_vpn_undecided_free(struct nf_vpn_net *vn, struct nf_vpn_undecided *u);
void nf_vpn_undecided_admit(struct nf_vpn_net *vn, struct nf_vpn_undecided *u,
			    struct nf_vpn_session *s, bool fresh);
void nf_vpn_undecided_drop(struct nf_vpn_undecided *u, unsigned int i);
int nf_vpn_undecided_index(const struct nf_vpn_undecided *u,
			   const struct nf_vpn_session *s);
bool nf_vpn_spi_refused(struct nf_vpn_net *vn, const struct nf_vpn_pkt *pkt);
void nf_vpn_undecided_purge(struct nf_vpn_net *vn, struct nf_vpn_session *s);
void nf_vpn_undecided_gc(struct nf_vpn_net *vn, u32 idle);

static inline struct nf_vpn_undecided *
nf_vpn_spi_undecided(const struct nf_vpn_spi *spi)
{
	return container_of(spi, struct nf_vpn_undecided, spi);
}

static inline struct nf_vpn_remote *
nf_vpn_spi_remote(const struct nf_vpn_spi *spi)
{
	return likely(spi->session) ? spi->session->remote :
				      nf_vpn_spi_undecided(spi)->remote;
}

/* core/flow.c */

/**
 * enum nf_vpn_flow_state - what became of a session's flow
 * @NF_VPN_FLOW_LIVE: conntrack has it
 * @NF_VPN_FLOW_NEW: not confirmed yet
 * @NF_VPN_FLOW_DELETED: gone before its time: conntrack -D, early drop,
 *	address loss
 * @NF_VPN_FLOW_IDLE: expired
 */
enum nf_vpn_flow_state {
	NF_VPN_FLOW_LIVE,
	NF_VPN_FLOW_NEW,
	NF_VPN_FLOW_DELETED,
	NF_VPN_FLOW_IDLE,
};

/* The address that the remote host sees, NULL if that isn't known yet. */
static inline const union nf_inet_addr *
nf_vpn_flow_masq(const struct nf_vpn_flow *f)
{
	/* Pairs with nf_vpn_flow_set_masq(). */
	return smp_load_acquire(&f->has_masq) ? &f->masq : NULL;
}

static inline bool nf_vpn_flow_has_masq(const struct nf_vpn_flow *f,
					const union nf_inet_addr *addr)
{
	const union nf_inet_addr *masq = nf_vpn_flow_masq(f);

	return masq && nf_inet_addr_cmp(masq, addr);
}

struct nf_conn *nf_vpn_flow_get(struct net *net,
				const struct nf_vpn_host *client,
				const struct nf_vpn_host *remote,
				enum nf_vpn_flow_kind kind, bool *reply);
struct nf_conn *nf_vpn_flow_get_cached(struct nf_vpn_net *vn,
				       struct nf_vpn_session *s,
				       enum nf_vpn_flow_kind kind, bool *reply);
struct nf_conn *nf_vpn_flow_get_in(struct nf_vpn_net *vn,
				   struct nf_vpn_session *s,
				   enum nf_vpn_flow_kind kind,
				   const struct nf_vpn_pkt *pkt);
void nf_vpn_flow_uncache(struct nf_vpn_flow *f);
void nf_vpn_flow_tuple(struct nf_conntrack_tuple *tuple,
		       const struct nf_vpn_host *client,
		       const struct nf_vpn_host *remote,
		       enum nf_vpn_flow_kind kind);
void nf_vpn_flow_hosts(const struct nf_conn *ct, struct nf_vpn_host *client,
		       struct nf_vpn_host *remote);
bool nf_vpn_flow_is_stock(struct net *net, const struct nf_vpn_pkt *pkt,
			  enum nf_vpn_flow_kind kind);
bool nf_vpn_flow_answers(struct net *net, const struct nf_vpn_pkt *pkt,
			 enum nf_vpn_flow_kind kind, struct nf_vpn_host *client);
enum nf_vpn_flow_state nf_vpn_flow_state(struct nf_vpn_net *vn,
					 struct nf_vpn_session *s,
					 enum nf_vpn_flow_kind kind);
u32 nf_vpn_flow_lifetime(const struct nf_vpn_net *vn, const struct nf_conn *ct,
			 enum nf_vpn_flow_kind kind, bool replied);
void nf_vpn_flow_keep_alive(struct nf_vpn_net *vn, struct nf_vpn_session *s,
			    enum nf_vpn_flow_kind kind);
void nf_vpn_flow_seen(struct nf_vpn_flow *f, const struct nf_conn *ct,
		      u32 timeout);
void nf_vpn_flow_attach(struct sk_buff *skb, struct nf_conn *ct,
			enum ip_conntrack_dir dir, u32 timeout);
void nf_vpn_flow_attach_copy(struct sk_buff *skb, struct nf_conn *ct);
void nf_vpn_flow_answered(struct nf_conn *ct);
int nf_vpn_flow_template(struct sk_buff *skb, struct net *net, u16 zone,
			 struct nf_conntrack_helper *label);
void nf_vpn_flow_attach_related(struct sk_buff *skb, struct nf_conn *ct,
				u32 timeout);
bool nf_vpn_flow_is_late(const struct nf_vpn_net *vn, const struct nf_conn *ct);
void nf_vpn_flow_kill_zones(struct net *net, u8 protonum);
int nf_vpn_flow_kill_zone(struct nf_conn *ct, void *protonum);

/* core/flow_load.c */
struct nf_conn *nf_vpn_flow_load(struct nf_vpn_net *vn,
				 struct nf_vpn_session *s,
				 enum nf_vpn_flow_kind kind,
				 const union nf_inet_addr *masq, u32 timeout);

/* core/flow_create.c */
bool nf_vpn_flow_is_unjudged(const struct nf_conn *ct);
void nf_vpn_flow_judged(struct nf_conn *ct, const struct sk_buff *skb);

/* Was it made for what the other side may send first, and has nobody replied? */
static inline bool nf_vpn_flow_is_young(const struct nf_conn *ct)
{
	unsigned long status = READ_ONCE(ct->status);

	return unlikely(status & IPS_EXPECTED && !(status & IPS_SEEN_REPLY));
}

/**
 * nf_vpn_flow_is_related - shall the ruleset see replies as RELATED?
 * @ct: flow
 *
 * True for one of nf_vpn_flow_create() until a packet of its opener has been
 * let through.
 */
static inline bool nf_vpn_flow_is_related(const struct nf_conn *ct)
{
	return nf_vpn_flow_is_young(ct) && nf_vpn_flow_is_unjudged(ct);
}

/**
 * nf_vpn_flow_let_through - the ruleset has let a packet through
 * @ct: flow
 * @skb: what its label is called for
 */
static inline void nf_vpn_flow_let_through(struct nf_conn *ct,
					   const struct sk_buff *skb)
{
	if (nf_vpn_flow_is_young(ct))
		nf_vpn_flow_judged(ct, skb);
}

struct nf_conn *nf_vpn_flow_create(struct net *net, struct nf_conn *master,
				   u16 zone,
				   const struct nf_conntrack_tuple *orig,
				   const struct nf_conntrack_tuple *reply,
				   struct nf_conntrack_helper *helper,
				   u32 timeout);

/* core/copy.c */
bool nf_vpn_may_copy(const struct sk_buff *skb,
		     const struct nf_hook_state *state);
void nf_vpn_again(struct sk_buff *skb, const struct nf_hook_state *state);
int nf_vpn_copy(const struct sk_buff *skb, struct nf_conn *ct,
		const struct nf_hook_state *state);
unsigned int nf_vpn_segment(struct sk_buff *skb,
			    const struct nf_hook_state *state);

/* core/icmp.c */
unsigned int nf_vpn_icmp_packet(struct nf_vpn_net *vn, struct sk_buff *skb,
				unsigned int thoff, u8 protonum,
				const struct nf_hook_state *state);
unsigned int nf_vpn_icmp_attach(struct nf_vpn_net *vn, struct sk_buff *skb,
				const struct nf_vpn_icmp *icmp,
				struct nf_conn *ct, enum ip_conntrack_dir dir,
				const struct nf_hook_state *state);
unsigned int nf_vpn_icmp_relate(struct nf_vpn_net *vn, struct sk_buff *skb,
				const struct nf_vpn_icmp *icmp,
				struct nf_vpn_session *s,
				enum nf_vpn_flow_kind kind,
				const struct nf_hook_state *state);

/* core/gc.c */
void nf_vpn_gc_kick(struct nf_vpn_net *vn);
void nf_vpn_gc_work(struct work_struct *work);
void nf_vpn_flush_esp(struct nf_vpn_net *vn);
void nf_vpn_flush_ike(struct nf_vpn_net *vn);
void nf_vpn_flush(struct nf_vpn_net *vn);

/* core/sysctl.c */
int nf_vpn_sysctl_init(struct nf_vpn_net *vn);
void nf_vpn_sysctl_exit(struct nf_vpn_net *vn);
u32 nf_vpn_setting_get(struct nf_vpn_net *vn, int attr);
int nf_vpn_setting_check(const struct nf_vpn_net *vn, int attr, u32 value);
void nf_vpn_setting_set(struct nf_vpn_net *vn, int attr, u32 value);

/* core/event.c */
struct nf_vpn_call;

void nf_vpn_event_session(struct nf_vpn_net *vn, enum nf_ct_vpn_event event,
			  struct nf_vpn_session *s);
void nf_vpn_event_spi(struct nf_vpn_net *vn, enum nf_ct_vpn_event event,
		      struct nf_vpn_spi *spi);
void nf_vpn_event_cookie(struct nf_vpn_net *vn, enum nf_ct_vpn_event event,
			 struct nf_vpn_cookie *c);
void nf_vpn_event_call(struct nf_vpn_net *vn, enum nf_ct_vpn_event event,
		       struct nf_vpn_call *call);
void nf_vpn_event_full(struct nf_vpn_net *vn, const struct nf_vpn_client *client,
		       enum nf_ct_vpn_stats_attr limit);

unsigned int nf_vpn_drop(struct nf_vpn_net *vn, const struct nf_vpn_pkt *pkt,
			 enum nf_ct_vpn_stats_attr reason);

/* core/netlink.c */
int nf_vpn_netlink_init(void);
void nf_vpn_netlink_exit(void);

static inline void nf_vpn_stat_add(struct nf_vpn_net *vn,
				   enum nf_ct_vpn_stats_attr stat,
				   unsigned long n)
{
	this_cpu_add(vn->stats->count[stat], n);
}

#define nf_vpn_stat_inc(vn, name) \
	nf_vpn_stat_add(vn, NF_CT_VPN_A_STATS_##name, 1)

/* A packet is left to stock conntrack, for one of the reasons STOCK_*. */
static inline unsigned int nf_vpn_stock(struct nf_vpn_net *vn,
					enum nf_ct_vpn_stats_attr reason)
{
	nf_vpn_stat_inc(vn, STOCK);
	nf_vpn_stat_add(vn, reason, 1);
	return NF_ACCEPT;
}

static inline bool nf_vpn_host_equal(const struct nf_vpn_host *a,
				     const struct nf_vpn_host *b)
{
	return a->l3num == b->l3num && nf_inet_addr_cmp(&a->addr, &b->addr);
}

/* Lockless: only the newest value matters, and most packets write none. */
static inline void nf_vpn_stamp(unsigned long *stamp, unsigned long now)
{
	if (READ_ONCE(*stamp) != now)
		WRITE_ONCE(*stamp, now);
}

static inline void nf_vpn_spi_seen(struct nf_vpn_spi *spi,
				   const struct nf_vpn_pkt *pkt,
				   unsigned int len)
{
	u32 now = (u32)jiffies;

	atomic64_inc(&spi->packets);
	atomic64_add(len, &spi->bytes);
	if (READ_ONCE(spi->last) != now)
		WRITE_ONCE(spi->last, now);
	if ((s32)(pkt->seq - READ_ONCE(spi->seq)) > 0)
		WRITE_ONCE(spi->seq, pkt->seq);
}

/* Has so much been received on it that it isn't somebody's made-up number? */
static inline bool nf_vpn_spi_is_proven(const struct nf_vpn_spi *spi)
{
	return atomic64_read(&spi->packets) >= NF_VPN_SPI_PROVEN;
}

/* Has its flow idled out? Lock of its netns held. */
static inline bool nf_vpn_session_is_remembered(const struct nf_vpn_session *s)
{
	return !s->embryonic && !list_empty(&s->lru);
}

/**
 * nf_vpn_since - jiffies since a stamp that others may renew meanwhile
 * @then: the stamp, read before: as an argument it is
 *
 * Were the clock read first, a packet and a tick between the two would make
 * what is in use look idle for ever. So would a CPU that reads them in another
 * order: what is of the future is of now.
 */
static inline unsigned long nf_vpn_since(unsigned long then)
{
	unsigned long now = jiffies;

	return time_after(then, now) ? 0 : now - then;
}

/**
 * nf_vpn_since_low - nf_vpn_since() for a stamp that is the low half of jiffies
 * @then: the stamp
 *
 * Only the last second counts as the future: pinned SPIs may well be idle for
 * half of the range, 25 days and more.
 */
static inline u32 nf_vpn_since_low(u32 then)
{
	u32 idle = (u32)jiffies - then;

	return idle > U32_MAX - HZ ? 0 : idle;
}

/* Does its client use several outbound SPIs by turns? */
static inline bool nf_vpn_session_is_mixed(const struct nf_vpn_session *s)
{
	return nf_vpn_since_low(READ_ONCE(s->mixed)) <
	       msecs_to_jiffies(ESP_MIXED_MS);
}

/* Jiffies since the last packet of @spi. */
static inline u32 nf_vpn_spi_idle(const struct nf_vpn_spi *spi)
{
	return nf_vpn_since_low(READ_ONCE(spi->last));
}

#endif /* _NF_CONNTRACK_VPN_H */
