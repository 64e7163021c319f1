#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The policies of the netlink family, as the kernel tells them, against its
# spec: attributes of each request, their types, ranges and lengths.
# kernels: all
# beside: others
set -u

cd "$(dirname "$0")/../../.." || exit
exec selftests/tools/genl/genl_policy.py Documentation/netlink/specs/nf_ct_vpn.yaml
