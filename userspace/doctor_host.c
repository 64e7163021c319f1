// SPDX-License-Identifier: GPL-2.0-only
/*
 * doctor_host - kernel, sysctls and addresses
 */
#include <arpa/inet.h>
#include <dirent.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>

#include "doctor.h"

long read_number(const char *path, long otherwise)
{
	FILE *f = fopen(path, "re");
	long number;

	if (!f)
		return otherwise;
	if (fscanf(f, "%ld", &number) != 1)
		number = otherwise;
	fclose(f);
	return number;
}

/* Rules that give the kernel's own helper load it. */
bool uses_pptp(const struct doctor *d)
{
	size_t i;

	if (has_module("nf_conntrack_pptp_ext") ||
	    has_module("nf_conntrack_pptp"))
		return true;
	for (i = 0; i < d->flows.n; i++)
		if (d->flows.flow[i].orig.dport == 1723)
			return true;
	return false;
}

/* Not who speaks IKE: with NAT-T he has no use for the modules. */
bool uses_ipsec(const struct doctor *d)
{
	size_t i;

	if (has_module("nf_conntrack_esp") ||
	    has_module("nf_conntrack_isakmp") ||
	    !has_module("nf_conntrack_pptp_ext"))
		return true;
	for (i = 0; i < d->flows.n; i++)
		if (d->flows.flow[i].proto == IPPROTO_ESP)
			return true;
	return false;
}

/* Where distributions put the configuration of a kernel. */
static FILE *open_config(void)
{
	struct utsname un;
	char path[256];
	FILE *f;

	if (uname(&un))
		return NULL;
	snprintf(path, sizeof(path), "/boot/config-%s", un.release);
	f = fopen(path, "re");
	if (f)
		return f;
	snprintf(path, sizeof(path), "/lib/modules/%s/config", un.release);
	return fopen(path, "re");
}

void check_zones(struct doctor *d)
{
	FILE *f = open_config();
	bool zones = false;
	char line[256];

	if (!f)
		return;
	while (!zones && fgets(line, sizeof(line), f))
		zones = !strcmp(line, "CONFIG_NF_CONNTRACK_ZONES=y\n");
	fclose(f);
	if (zones)
		return;
	found(d, LEVEL_PROBLEM,
	      "the kernel is built without CONFIG_NF_CONNTRACK_ZONES: clients of one server can't be told apart");
	remedy(d, "use a kernel with it, as those of distributions are");
}

static void check_interfaces(struct doctor *d)
{
	DIR *dir = opendir("/proc/sys/net/ipv4/conf");
	const struct dirent *e;
	char path[512];

	if (!dir)
		return;
	while ((e = readdir(dir))) {
		if (*e->d_name == '.' || !strcmp(e->d_name, "all") ||
		    !strcmp(e->d_name, "default") || !strcmp(e->d_name, "lo"))
			continue;
		snprintf(path, sizeof(path),
			 "/proc/sys/net/ipv4/conf/%s/forwarding", e->d_name);
		if (read_number(path, 1))
			continue;
		found(d, LEVEL_WARNING,
		      "IPv4 from interface %s is not forwarded", e->d_name);
		remedy(d, "sysctl -w net.ipv4.conf.%s.forwarding=1",
		       e->d_name);
	}
	closedir(dir);
}

static bool uses_family(const struct doctor *d, uint8_t len)
{
	const struct session *s;

	for (s = list_next(&d->snap.sessions, NULL); s;
	     s = list_next(&d->snap.sessions, s))
		if (s->client.len == len)
			return true;
	return false;
}

void check_forwarding(struct doctor *d)
{
	if (!read_number("/proc/sys/net/ipv4/ip_forward", 1)) {
		found(d, LEVEL_PROBLEM, "IPv4 is not forwarded");
		remedy(d, "sysctl -w net.ipv4.ip_forward=1");
	} else {
		check_interfaces(d);
	}
	if (!uses_family(d, 16) ||
	    read_number("/proc/sys/net/ipv6/conf/all/forwarding", 1))
		return;
	found(d, LEVEL_PROBLEM,
	      "IPv6 is not forwarded, but clients use it");
	remedy(d, "sysctl -w net.ipv6.conf.all.forwarding=1");
}

/* Word @n of a line, or NULL; spoils the line. */
static const char *nth_word(char *line, int n)
{
	char *save, *word = strtok_r(line, "\n ", &save);

	while (word && n--)
		word = strtok_r(NULL, "\n ", &save);
	return word;
}

static int find_word(char *line, const char *wanted)
{
	char *save, *word = strtok_r(line, "\n ", &save);
	int n;

	for (n = 0; word; n++, word = strtok_r(NULL, "\n ", &save))
		if (!strcmp(word, wanted))
			return n;
	return -1;
}

/* netstat has pairs of lines, names and values. */
static unsigned long read_netstat(const char *name)
{
	FILE *f = fopen("/proc/net/netstat", "re");
	char names[8192], values[8192];
	unsigned long value = 0;
	const char *word;
	int n;

	if (!f)
		return 0;
	while (fgets(names, sizeof(names), f) &&
	       fgets(values, sizeof(values), f)) {
		n = find_word(names, name);
		word = n > 0 ? nth_word(values, n) : NULL;
		if (word)
			sscanf(word, "%lu", &value);
	}
	fclose(f);
	return value;
}

unsigned long rp_filter_dropped(void)
{
	return read_netstat("IPReversePathFilter");
}

/* What was dropped before doctor looked may have been mended since. */
void check_rp_filter(struct doctor *d)
{
	const struct timespec moment = { .tv_sec = 1 };
	unsigned long dropped;

	if (!d->rp_dropped)
		return;
	nanosleep(&moment, NULL);
	dropped = rp_filter_dropped();
	if (dropped == d->rp_dropped) {
		found(d, LEVEL_NOTE,
		      "reverse path filtering has dropped %lu packets some time ago",
		      dropped);
		return;
	}
	found(d, LEVEL_WARNING,
	      "reverse path filtering drops packets, %lu so far: answers that come in by another interface than the route to their sender are lost",
	      dropped);
	remedy(d,
	       "if these are answers of VPN servers: sysctl -w net.ipv4.conf.all.rp_filter=2");
}

/* RFC 1918 and 6598: nobody outside answers these. */
static bool is_private(in_addr_t addr)
{
	uint32_t a = ntohl(addr);

	return a >> 24 == 10 || a >> 20 == 0xac1 || a >> 16 == 0xc0a8 ||
	       a >> 22 == 0x191;
}

bool has_private_network(void)
{
	struct ifaddrs *all, *i;
	const struct sockaddr_in *sin;
	bool has = false;

	if (getifaddrs(&all))
		return true;
	for (i = all; i && !has; i = i->ifa_next) {
		sin = (const struct sockaddr_in *)i->ifa_addr;
		has = sin && sin->sin_family == AF_INET &&
		      !(i->ifa_flags & IFF_LOOPBACK) &&
		      is_private(sin->sin_addr.s_addr);
	}
	freeifaddrs(all);
	return has;
}
