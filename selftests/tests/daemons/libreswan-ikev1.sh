#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Three libreswan hosts that initiate with IKEv1 at the same moment; topology
# and assertions are those of libreswan-ikev2.sh.
#
# beside: others
set -u
IKE=ikev1 exec bash "$(dirname "$0")/libreswan-ikev2.sh"
