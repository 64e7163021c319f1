// SPDX-License-Identifier: GPL-2.0-only
/*
 * doctor_modules - are the modules there, now and after the next boot?
 */
#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "doctor.h"

/* Appended by scripts/sign-file; a compressed module shows none of it. */
#define SIGNATURE "~Module signature appended~\n"

bool has_module(const char *name)
{
	char path[128];

	snprintf(path, sizeof(path), "/sys/module/%s", name);
	return !access(path, F_OK);
}

/*
 * The file of module @name for kernel @release, in @path. Returns 1, 0 if there is
 * known to be none, -1 if that can't be told.
 */
static int find_module(const char *release, const char *name, char *path,
		       size_t size)
{
	char dep[256], line[4096], file[64];
	int there = 0;
	FILE *f;

	snprintf(dep, sizeof(dep), "/lib/modules/%s/modules.dep", release);
	f = fopen(dep, "re");
	if (!f)
		return -1;
	snprintf(file, sizeof(file), "/%s.ko", name);
	while (!there && fgets(line, sizeof(line), f)) {
		line[strcspn(line, ":")] = '\0';
		there = !!strstr(line, file);
	}
	fclose(f);
	if (there)
		snprintf(path, size, "/lib/modules/%s/%s", release, line);
	return there;
}

/* Does the first line of @path contain @text? */
static bool says(const char *path, const char *text)
{
	FILE *f = fopen(path, "re");
	char line[128] = "";
	bool found;

	if (!f)
		return false;
	found = fgets(line, sizeof(line), f) && strstr(line, text);
	fclose(f);
	return found;
}

/* As with Secure Boot, which brings lockdown. */
static bool wants_signatures(void)
{
	return says("/sys/module/module/parameters/sig_enforce", "Y") ||
	       says("/sys/kernel/security/lockdown", "[integrity]") ||
	       says("/sys/kernel/security/lockdown", "[confidentiality]");
}

static bool ends_with(const char *text, const char *end)
{
	size_t n = strlen(text), len = strlen(end);

	return n >= len && !strcmp(text + n - len, end);
}

static bool is_unsigned(const char *path)
{
	const size_t len = strlen(SIGNATURE);
	char end[sizeof(SIGNATURE)];
	bool has_one;
	FILE *f;

	if (!ends_with(path, ".ko"))
		return false;
	f = fopen(path, "re");
	if (!f)
		return false;
	has_one = !fseek(f, -(long)len, SEEK_END) &&
		  fread(end, 1, len, f) == len && !memcmp(end, SIGNATURE, len);
	fclose(f);
	return !has_one;
}

static void advise_loading(struct doctor *d)
{
	static const char load[] = "modprobe -a nf_nat_esp nf_conntrack_isakmp";
	struct utsname un;
	char path[4352];
	int there;

	there = uname(&un) ? -1 : find_module(un.release, "nf_nat_esp", path,
					      sizeof(path));
	if (!there)
		remedy(d,
		       "%s, after make install or make dkms: they aren't built for kernel %s",
		       load, un.release);
	else if (there > 0 && wants_signatures() && is_unsigned(path))
		remedy(d,
		       "this kernel loads signed modules only (Secure Boot), and %s isn't: make dkms signs it, mokutil --import /var/lib/dkms/mok.pub makes the key known; then %s",
		       path, load);
	else
		remedy(d, "%s", load);
}

static void check_ipsec_modules(struct doctor *d)
{
	if (!has_module("nf_nat_esp")) {
		found(d, LEVEL_PROBLEM,
		      "nf_nat_esp is not loaded: only one client can reach each server");
		advise_loading(d);
	} else if (!has_module("nf_conntrack_isakmp")) {
		found(d, LEVEL_WARNING,
		      "nf_conntrack_isakmp is not loaded: IKE loses its port 500, and owners of SPIs are found without its help");
		remedy(d, "modprobe nf_conntrack_isakmp");
	}
}

void check_modules(struct doctor *d)
{
	if (uses_ipsec(d))
		check_ipsec_modules(d);
	if (uses_pptp(d) && !has_module("nf_conntrack_pptp_ext"))
		found(d, LEVEL_NOTE,
		      "nf_conntrack_pptp_ext is not loaded, but PPTP is used: it has the kernel's own helper, or none");
	if (has_module("nf_conntrack_vpn") &&
	    !read_number("/proc/sys/net/netfilter/nf_conntrack_vpn_enable",
			 1)) {
		found(d, LEVEL_PROBLEM,
		      "tracking is switched off in this network namespace");
		remedy(d, "sysctl -w net.netfilter.nf_conntrack_vpn_enable=1");
	}
}

/* Is @name a line of the file? "-" is what some write in modules' names. */
static bool lists_module(const char *path, const char *name)
{
	FILE *f = fopen(path, "re");
	char line[256], *word, *c;
	bool there = false;

	while (f && !there && fgets(line, sizeof(line), f)) {
		word = line + strspn(line, " \t");
		word[strcspn(word, " \t\n")] = '\0';
		for (c = word; *c; c++)
			if (*c == '-')
				*c = '_';
		there = !strcmp(word, name);
	}
	if (f)
		fclose(f);
	return there;
}

/* The same for all files of modules-load.d(5) in a directory. */
static bool dir_lists_module(const char *path, const char *name)
{
	DIR *dir = opendir(path);
	const struct dirent *e;
	bool there = false;
	char file[512];

	while (dir && !there && (e = readdir(dir))) {
		if (!ends_with(e->d_name, ".conf"))
			continue;
		snprintf(file, sizeof(file), "%s/%s", path, e->d_name);
		there = lists_module(file, name);
	}
	if (dir)
		closedir(dir);
	return there;
}

static bool loads_at_boot(const char *name)
{
	static const char *const dirs[] = {
		"/etc/modules-load.d",
		"/run/modules-load.d",
		"/usr/local/lib/modules-load.d",
		"/usr/lib/modules-load.d",
		"/lib/modules-load.d",
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(dirs); i++)
		if (dir_lists_module(dirs[i], name))
			return true;
	return lists_module("/etc/modules", name);
}

/* A script of the firewall's may load them, too: no more than a note. */
void check_boot(struct doctor *d)
{
	static const char file[] = "/etc/modules-load.d/nf_conntrack_vpn.conf";

	if (has_module("nf_nat_esp") && !loads_at_boot("nf_nat_esp")) {
		found(d, LEVEL_NOTE,
		      "no file of modules-load.d says that nf_nat_esp is to be loaded at boot");
		remedy(d, "printf '%%s\\n' nf_nat_esp nf_conntrack_isakmp >> %s",
		       file);
	}
	if (has_module("nf_conntrack_pptp_ext") &&
	    !loads_at_boot("nf_conntrack_pptp_ext")) {
		found(d, LEVEL_NOTE,
		      "no file of modules-load.d says that nf_conntrack_pptp_ext is to be loaded at boot");
		remedy(d, "echo nf_conntrack_pptp_ext >> %s", file);
	}
}
