#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# needs.sh: installs what the scripts here need of a Debian system, if run by
# root, else says what is missing. Compilers and checkers are in the image.
set -u

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

# command:package
NEEDS=(qemu-system-x86_64:qemu-system-x86 mmdebstrap:mmdebstrap
	flock:util-linux)
[ "$EUID" = 0 ] || NEEDS+=(newuidmap:uidmap)

missing=()
for need in "${NEEDS[@]}"; do
	command -v "${need%:*}" > /dev/null || missing+=("${need#*:}")
done
[ -e /usr/share/keyrings/debian-archive-keyring.gpg ] ||
	missing+=(debian-archive-keyring)
[ ${#missing[@]} -gt 0 ] || exit 0

install=(apt-get install -y --no-install-recommends "${missing[@]}")
[ "$EUID" = 0 ] || die "please run as root: apt-get update && ${install[*]}"
say "installing ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
if ! { apt-get -qq update && "${install[@]}" -qq; } >&2; then
	die "could not install ${missing[*]}"
fi
