// SPDX-License-Identifier: GPL-2.0-only
/*
 * Captures as inputs of fuzz_isakmp.c, where libFuzzer isn't at hand
 *
 *   fuzz_replay -o DIR FILE...	writes each as a seed
 *   fuzz_replay -n COUNT FILE... runs each, and COUNT mutations of it
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "capture.h"

#define SEED_MAX	(1024 * 1024)

int fuzz_one_input(const uint8_t *data, size_t size);

struct seed {
	size_t len;
	uint8_t data[SEED_MAX];
};

/* See fuzz_isakmp.c; the pause is rounded up to what can be said. */
static void add_packet(struct seed *seed, const struct packet *p,
		       uint32_t pause)
{
	uint8_t *step = seed->data + seed->len;

	if (SEED_MAX - seed->len < 6 + p->len)
		return;
	memset(step, 0, 6);
	step[0] = p->out << 2 | 1 << 4;
	if (p->type == PACKET_ESP)
		step[0] |= p->out ? 3 : 1;
	else if (p->type == PACKET_NATT_IKE)
		step[0] |= 8;
	while (step[1] < 255 && step[1] * step[1] * 16u < pause)
		step[1]++;
	step[4] = p->len;
	step[5] = p->len >> 8;
	memcpy(step + 6, p->data ? p->data : step, p->len);
	seed->len += 6 + p->len;
}

static void make_seed(struct seed *seed, const struct capture *c)
{
	uint32_t ms = 0;
	size_t i;

	seed->len = 0;
	for (i = 0; i < c->n; i++) {
		add_packet(seed, &c->packet[i], c->packet[i].ms - ms);
		ms = c->packet[i].ms;
	}
}

static bool write_seed(const struct seed *seed, const char *dir,
		       const char *file)
{
	const char *slash = strrchr(file, '/');
	char name[4096];
	bool good;
	FILE *f;

	snprintf(name, sizeof(name), "%s/%s", dir, slash ? slash + 1 : file);
	f = fopen(name, "w");
	if (!f)
		return false;
	good = fwrite(seed->data, seed->len, 1, f) == 1;
	return !fclose(f) && good;
}

/* The same numbers on every machine. */
static uint32_t next_random(void)
{
	static uint32_t state = 1;

	state ^= state << 13;
	state ^= state >> 17;
	state ^= state << 5;
	return state;
}

/* Mostly where headers are: at the beginning of a step, 28 bytes and more. */
static void mutate(struct seed *copy, const struct seed *seed)
{
	static const uint8_t boundary[] = { 0, 1, 3, 4, 5, 46, 53, 132, 255 };
	unsigned int n = 1 + next_random() % 8;

	copy->len = seed->len;
	memcpy(copy->data, seed->data, seed->len);
	while (n--)
		copy->data[next_random() % copy->len] =
			n & 1 ? boundary[next_random() % sizeof(boundary)] :
				next_random();
	if (next_random() % 4 == 0)
		copy->len = next_random() % copy->len;
}

static void run(const struct seed *seed, struct seed *copy, unsigned long n)
{
	fuzz_one_input(seed->data, seed->len);
	while (n--) {
		mutate(copy, seed);
		fuzz_one_input(copy->data, copy->len);
	}
}

static struct seed seed, copy;

int main(int argc, char **argv)
{
	const char *dir = NULL;
	unsigned long n = 0;
	struct capture c;
	int opt, i;

	while ((opt = getopt(argc, argv, "o:n:")) != -1) {
		if (opt == 'o')
			dir = optarg;
		else if (opt == 'n')
			n = strtoul(optarg, NULL, 10);
		else
			return 2;
	}
	for (i = optind; i < argc; i++) {
		if (!capture_read(&c, argv[i]))
			return 1;
		make_seed(&seed, &c);
		capture_free(&c);
		if (dir && !write_seed(&seed, dir, argv[i]))
			return 1;
		if (!dir && seed.len)
			run(&seed, &copy, n);
	}
	printf("ok 1 - %d captures and %lu mutations of each\n",
	       argc - optind, n);
	return 0;
}
