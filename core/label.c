// SPDX-License-Identifier: GPL-2.0-only
/*
 * Labels: conntrack helpers that flows of ours carry. "conntrack -L" shows a
 * label as helper=, flowtables leave a flow with a helper alone, and conntrack
 * calls the helper before a flow is confirmed and for each later packet.
 */
#include <net/netfilter/nf_conntrack_helper.h>

#include "compat.h"
#include "core/label.h"

/* A helper must have a policy, though none of ours makes expectations. */
static const struct nf_conntrack_expect_policy nf_vpn_expect_policy = {
	.max_expected	= 1,
	.name		= "vpn",
};

/**
 * nf_vpn_label_register - register a label with conntrack
 * @label: static; &nf_vpn_label.registered is what flows carry
 * @info: its name and function
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
 * nf_vpn_label_unregister - take a label from conntrack and from all flows
 * @label: label, which need not be registered
 */
void nf_vpn_label_unregister(struct nf_vpn_label *label)
{
	if (label->registered)
		nf_conntrack_helper_unregister(label->registered);
	label->registered = NULL;
}
EXPORT_SYMBOL_GPL(nf_vpn_label_unregister);

/**
 * nf_vpn_labels_register - register a label for IPv4 and one for IPv6
 * @labels: static
 * @info: their name and function
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
