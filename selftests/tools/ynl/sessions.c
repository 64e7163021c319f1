// SPDX-License-Identifier: GPL-2.0-only
/*
 * sessions - dump sessions by the client that ynl has made of the netlink spec
 *
 * Prints client and server of each.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <ynl.h>

#include "nf_ct_vpn-user.h"

/* What ynl of Linux 6.12 calls them; the newest names commands alone. */
#ifdef NAMES_OF_MODES
#define nf_ct_vpn_session_get_req nf_ct_vpn_session_get_req_dump
#define nf_ct_vpn_session_get_req_alloc nf_ct_vpn_session_get_req_dump_alloc
#define nf_ct_vpn_session_get_req_free nf_ct_vpn_session_get_req_dump_free
#define nf_ct_vpn_session_get_rsp nf_ct_vpn_session_get_rsp_dump
#define nf_ct_vpn_session_get_list nf_ct_vpn_session_get_rsp_list
#define nf_ct_vpn_session_get_list_free nf_ct_vpn_session_get_rsp_list_free
#endif

static void print_session(const struct nf_ct_vpn_session_get_rsp *s)
{
	char client[INET6_ADDRSTRLEN], server[INET6_ADDRSTRLEN];

	if (s->client && s->server &&
	    inet_ntop(s->family, s->client, client, sizeof(client)) &&
	    inet_ntop(s->family, s->server, server, sizeof(server)))
		printf("%s %s\n", client, server);
}

static int dump(struct ynl_sock *ys)
{
	struct nf_ct_vpn_session_get_req *req;
	struct nf_ct_vpn_session_get_list *list;

	req = nf_ct_vpn_session_get_req_alloc();
	list = req ? nf_ct_vpn_session_get_dump(ys, req) : NULL;
	nf_ct_vpn_session_get_req_free(req);
	if (!list) {
		fprintf(stderr, "sessions: %s\n", ys->err.msg);
		return 1;
	}
	ynl_dump_foreach(list, session)
		print_session(session);
	nf_ct_vpn_session_get_list_free(list);
	return 0;
}

int main(void)
{
	struct ynl_error err;
	struct ynl_sock *ys = ynl_sock_create(&ynl_nf_ct_vpn_family, &err);
	int ret;

	if (!ys) {
		fprintf(stderr, "sessions: %s\n", err.msg);
		return 1;
	}
	ret = dump(ys);
	ynl_sock_destroy(ys);
	return ret;
}
