#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# release-image.sh: builds once what a release is made and checked in, and prints
# its directory, which holds root/: tools of packagers and compilers for other
# machines (release-packages). Tests don't need it, and don't wait for it.
set -u

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=apt.sh
. "$VM/apt.sh"

packages() {
	sed -e 's/#.*//' -e '/^ *$/d' "$VM/release-packages"
}

# shellcheck disable=SC2016
build_release_image() {
	debian_root "$1" trixie security "$(packages | paste -sd,)" \
		--aptopt='APT::Install-Recommends "false"' \
		--dpkgopt=force-unsafe-io \
		--customize-hook='mkdir "$1/project" "$1/build" "$1/result"'
}

"$VM/needs.sh" || exit
apt_setup
image=$CACHE/release-$(key "$(packages)" "$(declare -f build_release_image debian_root)")
if [ ! -d "$image" ]; then
	say "building what releases are made in (Debian trixie, five minutes)"
	build_once "$image" build_release_image
fi
expire release- "$image"
echo "$image"
