#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The parser of PPTP control streams, built in userspace.
#
# modules: none
exec pptp_unit
