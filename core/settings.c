// SPDX-License-Identifier: GPL-2.0-only
/* Settings: net.netfilter.nf_conntrack_*, one set per netns. */
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/sysctl.h>
#include <linux/user_namespace.h>
#include <net/netfilter/nf_conntrack_zones.h>

#include "compat.h"
#include "core/fast.h"
#include "core/flow.h"
#include "core/gc.h"
#include "core/net.h"
#include "core/settings.h"
#include "core/tracker.h"

/* Conntrack handles lifetimes, in jiffies, as signed 32-bit differences. */
static int nf_vpn_timeout_max = INT_MAX / HZ;
static int nf_vpn_zone_max = U16_MAX;
static int nf_vpn_two = 2;

static const struct nf_vpn_settings nf_vpn_defaults = {
	.enable			= 1,
	.zone_base		= 32768,
	.max			= 65536,
	.max_per_client		= 1024,
	.esp_timeout_unreplied	= 120,
	.esp_timeout		= 1800,
	.esp_parallel		= 1,
	.esp_guess		= 2,
	.esp_inbound_first	= 0,
	.isakmp_timeout		= 1800,
	.isakmp_keep_port	= 1,
	.pptp_ext_timeout	= 18000,
	.fastpath		= 0,
};

static DEFINE_MUTEX(nf_vpn_enable_mutex);

/*
 * nf_conntrack_vpn_enable has been set to 0. Nobody would find the replies to
 * flows in our zones any more, so these flows are deleted, and their hosts
 * start over with stock conntrack.
 */
static void nf_vpn_switched_off(struct nf_vpn_net *vn)
{
	/* Wait for packets that saw it enabled and may be creating flows. */
	synchronize_net();
	nf_vpn_flow_kill_zones(vn->net, 0);
	nf_vpn_flush(vn);
	nf_vpn_trackers_flush(vn);
}

static int nf_vpn_proc_enable(NF_VPN_CTL_TABLE *table, int write, void *buffer,
			      size_t *lenp, loff_t *ppos)
{
	struct nf_vpn_net *vn = container_of((int *)table->data,
					     struct nf_vpn_net, set.enable);
	int was, err;

	/* It can't be enabled again before all is deleted. */
	mutex_lock(&nf_vpn_enable_mutex);
	was = READ_ONCE(vn->set.enable);
	err = proc_dointvec_minmax(table, write, buffer, lenp, ppos);
	if (!err && write && was && !READ_ONCE(vn->set.enable))
		nf_vpn_switched_off(vn);
	mutex_unlock(&nf_vpn_enable_mutex);
	return err;
}

static int nf_vpn_proc_fastpath(NF_VPN_CTL_TABLE *table, int write,
				void *buffer, size_t *lenp, loff_t *ppos)
{
	struct nf_vpn_net *vn = container_of((int *)table->data,
					     struct nf_vpn_net, set.fastpath);
	int err = proc_dointvec_minmax(table, write, buffer, lenp, ppos);

	if (!err && write)
		nf_vpn_fast_switched(vn);
	return err;
}

/* A sysctl, at the index of its netlink attribute. */
#define NF_VPN_INT(_name, _attr, _field, _min, _max)			\
[NF_CT_VPN_A_SETTING_##_attr - 1] = {					\
	.procname	= "nf_conntrack_" _name,			\
	.data		= (void *)offsetof(struct nf_vpn_settings, _field), \
	.maxlen		= sizeof(int),					\
	.mode		= 0644,						\
	.proc_handler	= proc_dointvec_minmax,				\
	.extra1		= (_min),					\
	.extra2		= (_max),					\
}

/*
 * .data is an offset in &struct nf_vpn_settings until it is copied for a netns.
 */
static const struct ctl_table nf_vpn_sysctls[] = {
	NF_VPN_INT("vpn_enable", VPN_ENABLE, enable,
		   SYSCTL_ZERO, SYSCTL_ONE),
	NF_VPN_INT("vpn_zone_base", VPN_ZONE_BASE, zone_base,
		   SYSCTL_ONE, &nf_vpn_zone_max),
	NF_VPN_INT("vpn_max", VPN_MAX, max,
		   SYSCTL_ZERO, SYSCTL_INT_MAX),
	NF_VPN_INT("vpn_max_per_client", VPN_MAX_PER_CLIENT, max_per_client,
		   SYSCTL_ZERO, SYSCTL_INT_MAX),
	NF_VPN_INT("esp_timeout_unreplied", ESP_TIMEOUT_UNREPLIED,
		   esp_timeout_unreplied, SYSCTL_ONE, &nf_vpn_timeout_max),
	NF_VPN_INT("esp_timeout", ESP_TIMEOUT, esp_timeout,
		   SYSCTL_ONE, &nf_vpn_timeout_max),
	NF_VPN_INT("esp_parallel", ESP_PARALLEL, esp_parallel,
		   SYSCTL_ZERO, SYSCTL_ONE),
	NF_VPN_INT("esp_guess", ESP_GUESS, esp_guess,
		   SYSCTL_ZERO, &nf_vpn_two),
	NF_VPN_INT("esp_inbound_first", ESP_INBOUND_FIRST, esp_inbound_first,
		   SYSCTL_ZERO, SYSCTL_ONE),
	NF_VPN_INT("isakmp_timeout", ISAKMP_TIMEOUT, isakmp_timeout,
		   SYSCTL_ONE, &nf_vpn_timeout_max),
	NF_VPN_INT("isakmp_keep_port", ISAKMP_KEEP_PORT, isakmp_keep_port,
		   SYSCTL_ZERO, &nf_vpn_two),
	NF_VPN_INT("pptp_ext_timeout", PPTP_EXT_TIMEOUT, pptp_ext_timeout,
		   SYSCTL_ONE, &nf_vpn_timeout_max),
	NF_VPN_INT("vpn_fastpath", VPN_FASTPATH, fastpath,
		   SYSCTL_ZERO, SYSCTL_ONE),
};

/*
 * Does the setting limit memory, which is the host's rather than a container's?
 */
static bool nf_vpn_sysctl_is_quota(const struct ctl_table *t)
{
	return t->data == (void *)offsetof(struct nf_vpn_settings, max) ||
	       t->data == (void *)offsetof(struct nf_vpn_settings,
					   max_per_client);
}

/* Is the setting read-only, since the netns belongs to a container's root? */
static bool nf_vpn_sysctl_is_fixed(const struct nf_vpn_net *vn,
				   const struct ctl_table *t)
{
	return vn->net->user_ns != &init_user_ns && nf_vpn_sysctl_is_quota(t);
}

static int *nf_vpn_setting(struct nf_vpn_net *vn, const struct ctl_table *t)
{
	return (void *)&vn->set + (unsigned long)t->data;
}

/**
 * nf_vpn_setting_get - read a setting
 * @vn: netns
 * @attr: &enum nf_ct_vpn_setting_attr
 *
 * Return: its value
 */
u32 nf_vpn_setting_get(struct nf_vpn_net *vn, int attr)
{
	return READ_ONCE(*nf_vpn_setting(vn, &nf_vpn_sysctls[attr - 1]));
}

/**
 * nf_vpn_setting_check - check whether a setting may be set to a value
 * @vn: netns
 * @attr: &enum nf_ct_vpn_setting_attr
 * @value: value
 *
 * Return: 0, -ERANGE, or -EPERM if the setting is not for this netns to change.
 */
int nf_vpn_setting_check(const struct nf_vpn_net *vn, int attr, u32 value)
{
	const struct ctl_table *t = &nf_vpn_sysctls[attr - 1];
	const int *min = t->extra1, *max = t->extra2;

	if (nf_vpn_sysctl_is_fixed(vn, t))
		return -EPERM;
	return value > INT_MAX || (int)value < *min || (int)value > *max ?
	       -ERANGE : 0;
}

/**
 * nf_vpn_setting_set - change a setting
 * @vn: netns
 * @attr: &enum nf_ct_vpn_setting_attr
 * @value: value that nf_vpn_setting_check() has accepted
 *
 * May sleep.
 */
void nf_vpn_setting_set(struct nf_vpn_net *vn, int attr, u32 value)
{
	int was;

	BUILD_BUG_ON(ARRAY_SIZE(nf_vpn_sysctls) != NF_CT_VPN_A_SETTING_MAX);
	if (attr != NF_CT_VPN_A_SETTING_VPN_ENABLE) {
		WRITE_ONCE(*nf_vpn_setting(vn, &nf_vpn_sysctls[attr - 1]),
			   value);
		if (attr == NF_CT_VPN_A_SETTING_VPN_FASTPATH)
			nf_vpn_fast_switched(vn);
		return;
	}
	mutex_lock(&nf_vpn_enable_mutex);
	was = vn->set.enable;
	WRITE_ONCE(vn->set.enable, value);
	if (was && !value)
		nf_vpn_switched_off(vn);
	mutex_unlock(&nf_vpn_enable_mutex);
}

/**
 * nf_vpn_sysctl_init - set the defaults and register the table of a netns
 * @vn: netns
 *
 * Return: 0 or -ENOMEM.
 */
int nf_vpn_sysctl_init(struct nf_vpn_net *vn)
{
	size_t n = ARRAY_SIZE(nf_vpn_sysctls), i;
	struct ctl_table *table;

	vn->set = nf_vpn_defaults;
	/* One zeroed entry more: older kernels look for the end. */
	table = kcalloc(n + 1, sizeof(*table), GFP_KERNEL);
	if (!table)
		return -ENOMEM;
	for (i = 0; i < n; i++) {
		table[i] = nf_vpn_sysctls[i];
		if (nf_vpn_sysctl_is_fixed(vn, &table[i]))
			table[i].mode = 0444;
		table[i].data = nf_vpn_setting(vn, &nf_vpn_sysctls[i]);
		if (table[i].data == &vn->set.enable)
			table[i].proc_handler = nf_vpn_proc_enable;
		else if (table[i].data == &vn->set.fastpath)
			table[i].proc_handler = nf_vpn_proc_fastpath;
	}
	vn->sysctl = register_net_sysctl_sz(vn->net, "net/netfilter",
					    table, n);
	if (vn->sysctl)
		return 0;
	kfree(table);
	return -ENOMEM;
}

void nf_vpn_sysctl_exit(struct nf_vpn_net *vn)
{
	const struct ctl_table *table = vn->sysctl->ctl_table_arg;

	unregister_net_sysctl_table(vn->sysctl);
	kfree(table);
	WRITE_ONCE(vn->set.fastpath, 0);
	nf_vpn_fast_switched(vn);
}
