// SPDX-License-Identifier: GPL-2.0-only
/*
 * Labels: conntrack helpers that show in conntrack -L what a flow is, keep it
 * out of flowtables, and are called before it is confirmed.
 */
#include <net/netfilter/nf_conntrack_helper.h>

#include "compat.h"
#include "core/label.h"

/* A helper must have one, though none of ours expects anything. */
static const struct nf_conntrack_expect_policy nf_vpn_expect_policy = {
	.max_expected	= 1,
	.name		= "vpn",
};

/**
 * nf_vpn_label_register - let conntrack know a helper
 * @label: static; nf_vpn_label_of() has what flows carry
 * @info: what it is called, and what it calls
 * @l3num: AF_INET or AF_INET6
 *
 * Return: 0, or an error if another module has the name or the port.
 */
int nf_vpn_label_register(struct nf_vpn_label *label,
			  const struct nf_vpn_label_info *info, u16 l3num)
{
	int err;

	nf_ct_helper_init(&label->helper, l3num, info->protonum, info->name,
			  &nf_vpn_expect_policy, 0, info->help, NULL, info->me);
	nf_vpn_helper_port(&label->helper, info->port);
	err = nf_conntrack_helper_register(&label->helper, &label->registered);
	if (err)
		label->registered = NULL;
	return err;
}
EXPORT_SYMBOL_GPL(nf_vpn_label_register);

/**
 * nf_vpn_label_unregister - take a helper from conntrack and all its flows
 * @label: label; does nothing if it isn't registered
 */
void nf_vpn_label_unregister(struct nf_vpn_label *label)
{
	if (label->registered)
		nf_conntrack_helper_unregister(label->registered);
	label->registered = NULL;
}
EXPORT_SYMBOL_GPL(nf_vpn_label_unregister);

/**
 * nf_vpn_labels_register - the same for IPv4 and IPv6
 * @labels: static
 * @info: what it is called, and what it calls
 *
 * Return: as nf_vpn_label_register()
 */
int nf_vpn_labels_register(struct nf_vpn_label labels[2],
			   const struct nf_vpn_label_info *info)
{
	int err;

	err = nf_vpn_label_register(&labels[0], info, AF_INET);
	if (err)
		return err;
	err = nf_vpn_label_register(&labels[1], info, AF_INET6);
	if (err)
		nf_vpn_label_unregister(&labels[0]);
	return err;
}
EXPORT_SYMBOL_GPL(nf_vpn_labels_register);

/**
 * nf_vpn_labels_unregister - undo nf_vpn_labels_register()
 * @labels: labels
 */
void nf_vpn_labels_unregister(struct nf_vpn_label labels[2])
{
	nf_vpn_label_unregister(&labels[1]);
	nf_vpn_label_unregister(&labels[0]);
}
EXPORT_SYMBOL_GPL(nf_vpn_labels_unregister);
