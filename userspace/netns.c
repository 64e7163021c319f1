// SPDX-License-Identifier: GPL-2.0-only
/*
 * netns - another network namespace than the one that vpnct was called in
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "netns.h"
#include "vpnct.h"

static const char *hint(int err)
{
	switch (err) {
	case ENOENT:
		return " ('ip netns' lists those that there are)";
	case EPERM:
		return " (needs CAP_SYS_ADMIN: try as root)";
	case EINVAL:
		return " (it is no network namespace)";
	}
	return "";
}

int netns_enter(const char *name)
{
	char *path = NULL;
	int fd, err = 0;

	if (strchr(name, '/') ? asprintf(&path, "%s", name) < 0 :
				asprintf(&path, NETNS_DIR "%s", name) < 0) {
		error("%s", strerror(ENOMEM));
		return EXIT_FAILED;
	}
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || setns(fd, CLONE_NEWNET))
		err = errno;
	if (fd >= 0)
		close(fd);
	if (err)
		error("network namespace %s: %s%s", path, strerror(err),
		      hint(err));
	free(path);
	return err ? EXIT_FAILED : 0;
}
