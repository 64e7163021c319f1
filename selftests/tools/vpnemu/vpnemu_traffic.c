// SPDX-License-Identifier: GPL-2.0-only
/*
 * What hosts and servers have to say to each other, once their tunnel is up.
 * The host begins; the server's part starts with its first packet.
 */
#include <stdlib.h>
#include <string.h>

#include "vpnemu.h"

#define RR_MEAN		SEC
#define IDLE_MEAN	(20 * SEC)
#define POLLED_PERIOD	(3 * SEC)
#define VOICE_PERIOD	(20 * MS)
#define BULK_WINDOW	12
#define BULK_MEAN	(SEC / 80)
#define BULK_RTO	(300 * MS)
#define BULK_RTO_MAX	(8 * SEC)
#define ACK_DELAY	(40 * MS)	/* of every other packet */

const char *const traffic_names[] = {
	"rr", "bulk", "voice", "oneway", "idle", "pulse", "polled",
};

static enum traffic traffic_kind(const char *name)
{
	unsigned int i;

	for (i = 0; i < TRAFFIC_KINDS; i++)
		if (!strcmp(traffic_names[i], name))
			return i;
	die("--mix: \"%s\" is not known", name);
}

/* "rr=8,voice=3": the shares of kinds; returns their sum */
static unsigned int traffic_shares(const char *mix, unsigned int *shares)
{
	char *text = strdup(mix), *word, *number, *save;
	unsigned int sum = 0;

	if (!text)
		die("no memory");
	for (word = strtok_r(text, ",", &save); word;
	     word = strtok_r(NULL, ",", &save)) {
		number = strchr(word, '=');
		if (number)
			*number++ = '\0';
		shares[traffic_kind(word)] = number ? atoi(number) : 1;
		sum += number ? atoi(number) : 1;
	}
	free(text);
	if (!sum)
		die("--mix: no traffic");
	return sum;
}

/* deals kinds of traffic out to hosts, which one gets which by chance */
void traffic_deal(struct emu *e)
{
	unsigned int shares[TRAFFIC_KINDS] = {}, sum, dealt = 0, kind, i, j;
	enum traffic tmp;

	sum = traffic_shares(e->set.mix, shares);
	for (i = 0, kind = 0; i < e->n_hosts; i++) {
		while (dealt >= shares[kind] * e->n_hosts / sum &&
		       kind < TRAFFIC_KINDS - 1) {
			kind++;
			dealt = 0;
		}
		e->hosts[i].traffic = kind;
		dealt++;
	}
	for (i = e->n_hosts; i-- > 1; ) {
		j = random32(e) % (i + 1);
		tmp = e->hosts[i].traffic;
		e->hosts[i].traffic = e->hosts[j].traffic;
		e->hosts[j].traffic = tmp;
	}
}

static bool traffic_is_quiet(const struct emu *e, const struct host *h)
{
	return e->stopping || h->silent || h->lead->asleep;
}

static int64_t rr_pause(struct emu *e, const struct host *h)
{
	if (h->traffic == TRAFFIC_PULSE)
		return random_between(e, RR_MEAN * 9 / 10, RR_MEAN * 11 / 10);
	return random_exp(e, h->traffic == TRAFFIC_IDLE ? IDLE_MEAN : RR_MEAN);
}

static void rr_request(struct emu *e, struct host *h, long arg)
{
	if (e->stopping || h->silent)
		return;
	if (!h->lead->asleep)
		esp_host_send(e, h, PAYLOAD_REQUEST);
	after(e, rr_pause(e, h), rr_request, h, arg);
}

static void voice_host(struct emu *e, struct host *h, long arg)
{
	if (!traffic_is_quiet(e, h))
		esp_host_send(e, h, PAYLOAD_DATA);
	if (!e->stopping && !h->silent)
		after(e, VOICE_PERIOD, voice_host, h, arg);
}

/* voice of the server, and one-way streams */
static void stream_server(struct emu *e, struct host *h, long arg)
{
	if (!traffic_is_quiet(e, h))
		esp_server_send(e, h, PAYLOAD_DATA);
	if (!e->stopping)
		after(e, h->period, stream_server, h, arg);
}

/* Limited by the window: stalls until acknowledged, or times out. */
static void bulk_server(struct emu *e, struct host *h, long arg)
{
	int64_t now = now_ns(), pause = 20 * MS;

	if (e->stopping)
		return;
	if (h->outstanding < BULK_WINDOW) {
		h->outstanding++;
		h->rto = BULK_RTO;
		esp_server_send(e, h, PAYLOAD_DATA);
		pause = random_exp(e, BULK_MEAN);
	} else if (now - h->acked > h->rto) {
		h->outstanding = BULK_WINDOW - 1;
		h->rto = h->rto * 2 > BULK_RTO_MAX ? BULK_RTO_MAX : h->rto * 2;
		h->acked = now;
		esp_server_send(e, h, PAYLOAD_DATA);
	}
	after(e, pause, bulk_server, h, arg);
}

static void bulk_ack(struct emu *e, struct host *h, long arg)
{
	(void)arg;
	esp_host_send(e, h, PAYLOAD_ACK);
}

/* arg: packets received by the time it was put off */
static void bulk_delayed_ack(struct emu *e, struct host *h, long arg)
{
	if (h->received == arg)
		bulk_ack(e, h, 0);
}

/* A host that falls silent has asked something before. */
void traffic_start_host(struct emu *e, struct host *h)
{
	if (h->silent) {
		esp_host_send(e, h, PAYLOAD_REQUEST);
		return;
	}
	switch (h->traffic) {
	case TRAFFIC_RR:
	case TRAFFIC_IDLE:
	case TRAFFIC_PULSE:
		after(e, random_between(e, 0, 200 * MS), rr_request, h, 0);
		break;
	case TRAFFIC_VOICE:
		after(e, random_between(e, 0, 50 * MS), voice_host, h, 0);
		break;
	default:
		esp_host_send(e, h, PAYLOAD_REQUEST);
	}
}

/* at the first packet of a host */
static void traffic_start_server(struct emu *e, struct host *h)
{
	switch (h->traffic) {
	case TRAFFIC_VOICE:
		h->period = VOICE_PERIOD;
		after(e, random_between(e, 0, VOICE_PERIOD), stream_server, h,
		      0);
		break;
	case TRAFFIC_ONEWAY:
		h->period = random_between(e, 30 * MS, 70 * MS);
		after(e, random_between(e, 0, h->period), stream_server, h, 0);
		break;
	case TRAFFIC_POLLED:
		h->period = random_between(e, POLLED_PERIOD * 9 / 10,
					   POLLED_PERIOD * 11 / 10);
		after(e, random_between(e, 0, h->period), stream_server, h, 0);
		break;
	case TRAFFIC_BULK:
		h->acked = now_ns();
		bulk_server(e, h, 0);
		break;
	default:
		break;
	}
}

static bool traffic_is_asked(const struct host *h)
{
	return h->traffic == TRAFFIC_RR || h->traffic == TRAFFIC_IDLE ||
	       h->traffic == TRAFFIC_PULSE;
}

void traffic_server_got(struct emu *e, struct host *h, enum payload kind)
{
	if (!h->heard) {
		h->heard = true;
		traffic_start_server(e, h);
	}
	if (kind == PAYLOAD_ACK) {
		h->outstanding -= h->outstanding > 1 ? 2 : h->outstanding;
		h->acked = now_ns();
	} else if (kind == PAYLOAD_REQUEST && traffic_is_asked(h)) {
		esp_server_send(e, h, PAYLOAD_DATA);
	}
}

void traffic_host_got(struct emu *e, struct host *h, enum payload kind)
{
	if (h->traffic == TRAFFIC_POLLED)
		esp_host_send(e, h, PAYLOAD_ACK);
	if (h->traffic != TRAFFIC_BULK || kind != PAYLOAD_DATA)
		return;
	if (++h->received % 2 == 0)
		after(e, random_between(e, MS / 3, 2 * MS), bulk_ack, h, 0);
	else
		after(e, ACK_DELAY, bulk_delayed_ack, h, h->received);
}
