/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * nl - requests to the generic netlink family of the tracker
 */
#ifndef VPNCT_NL_H
#define VPNCT_NL_H

#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <stdint.h>

struct nl;

/* Called for each answer; a negative errno ends the request with it. */
typedef int (*nl_cb_t)(const struct nlmsghdr *nlh, void *data);

/* Opens a socket and looks the family up; says what is wrong and returns NULL. */
struct nl *nl_open(void);
void nl_close(struct nl *nl);

/*
 * A request is made by nl_request(), gets its attributes from the caller
 * (nl_put*) and goes out with nl_talk(), which returns 0, a negative
 * errno of the kernel or of @cb, or one of
 *   -EINTR	the table changed during the dump; all of it was received
 *   -ENOBUFS	answers were lost
 * after both of which the same request may be made again.
 */
struct nlmsghdr *nl_request(struct nl *nl, uint8_t cmd, uint16_t flags);
int nl_talk(struct nl *nl, struct nlmsghdr *nlh, nl_cb_t cb, void *data);

/*
 * An attribute for a request of nl_request(). One that has no room any more
 * ends the program: what comes twice is refused before, so that there is room
 * for all that a request may have.
 */
void nl_put(struct nlmsghdr *nlh, uint16_t attr, const void *data, size_t len);

static inline void nl_put_u8(struct nlmsghdr *nlh, uint16_t attr, uint8_t value)
{
	nl_put(nlh, attr, &value, sizeof(value));
}

static inline void nl_put_u32(struct nlmsghdr *nlh, uint16_t attr,
			      uint32_t value)
{
	nl_put(nlh, attr, &value, sizeof(value));
}

/* From now on events are kept for nl_listen(). */
int nl_subscribe(struct nl *nl);

/*
 * Hands events to @cb until it fails. Always returns a negative errno; after
 *   -ENOBUFS	events were lost
 *   -ENODEV	the modules were unloaded
 * it may be called again when nl_wait() has returned 0.
 */
int nl_listen(struct nl *nl, nl_cb_t cb, void *data);

/* Returns 0 as soon as the modules are loaded, or a negative errno. */
int nl_wait(struct nl *nl);

/* What to do about an errno, in parentheses, or "". */
const char *nl_hint(int err);

/* Prints "vpnct: @what: ..." for an error of nl_talk(), with the kernel's text. */
void nl_error(const struct nl *nl, const char *what, int err);

/* That text, or "". */
const char *nl_reason(const struct nl *nl);

#endif
