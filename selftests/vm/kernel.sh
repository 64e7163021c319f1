#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# kernel.sh SERIES|newest|debug: fetches the newest Debian kernel of SERIES
# (6.1, 6.12, ...), or of all that there are (from trixie-backports), once and
# prints its directory. A series that Debian no longer has is replaced by the
# newest.
#
#   vmlinuz, modules.sqfs  to boot (modules.sqfs: content of /lib/modules)
#   src/                   to build modules: /usr/src of the image
#   release, kdir, cc      uname -r, headers inside the image, compiler
set -u

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=apt.sh
. "$VM/apt.sh"

META=linux-image-amd64

# What no test loads
OMIT=(drivers/net/{arcnet,can,dsa,ethernet,fddi,hamradio,ieee802154,phy,usb}
	drivers/net/{wireless,wwan} sound virt)
KEEP_DRIVERS='net|virtio|block|char|tty'

# The packages of a kernel are told by the dependencies of the meta packages
# on other linux-* packages; each series splits them differently.
depends() {
	apt_cache show --no-all-versions "$1" | sed -n 's/^Depends: //p' |
	tr ',' '\n' | sed -E 's/[|].*//; s/^ *//; s/ *\(= ([^)]*)\)/=\1/; s/[ (].*//' |
	grep -E '^linux-(image|headers|kbuild|base|binary|modules)-[^ ]*[0-9]'
}

closure() {
	local seen=' ' queue=("$@") p

	while [ ${#queue[@]} -gt 0 ]; do
		p=${queue[0]}
		queue=("${queue[@]:1}")
		[[ $seen == *" $p "* ]] && continue
		seen+="$p "
		mapfile -t -O ${#queue[@]} queue < <(depends "$p")
	done
	echo "$seen"
}

# unpacked packages ($1) to the layout above ($2)
arrange() {
	local deb=$1 dir=$2 release sub

	[ -e "$deb/lib/modules" ] || ln -s usr/lib "$deb/lib"
	release=$(ls "$deb/lib/modules") || return
	echo "$release" > "$dir/release"
	mv "$deb/lib/modules" "$dir/modules" &&
	mv "$deb/usr/src" "$dir/src" || return
	for sub in vmlinuz config; do
		mv "$deb/boot/$sub-$release" "$dir/$sub" 2>/dev/null ||
		mv "$dir/modules/$release/$sub" "$dir/$sub" || return
	done

	# the headers refer to ../../lib/linux-kbuild-*: move that to /usr/src
	rm -f "$dir"/src/linux-kbuild-*
	mv "$deb"/usr/lib/linux-kbuild-* "$dir/src/" || return
	for sub in "$dir"/src/linux-headers-*/{scripts,tools}; do
		[ -L "$sub" ] || continue
		ln -sfn "$(readlink "$sub" | sed 's,^../../lib/,../,')" "$sub"
	done
	echo "/usr/src/linux-headers-$release" > "$dir/kdir"
	sed -n 's/^CONFIG_GCC_VERSION=\(..\)....$/gcc-\1/p' "$dir/config" \
		> "$dir/cc"
}

prune_modules() {
	local dir=$1

	find "$dir/drivers" -mindepth 1 -maxdepth 1 -regextype egrep \
		! -regex ".*/($KEEP_DRIVERS)" -exec rm -r {} +
	rm -rf "${OMIT[@]/#/$dir/}"
}

build_kernel() {
	local tmp=$1 series=$2 version=$3 packages

	packages=$(closure "$META=$version" "linux-headers-amd64=$version")
	say "downloading kernel $series: $version"
	# shellcheck disable=SC2086
	fetch "$tmp/deb" $packages && arrange "$tmp/deb" "$tmp" || return
	rm -rf "$tmp/deb"
	prune_modules "$tmp/modules/$(cat "$tmp/release")/kernel"
	pack_modules "$image" "$tmp"
}

if from_source "$1"; then
	exec "$VM/source-kernel.sh" "$1"
fi
image=$("$VM/image.sh") || exit
apt_setup
series=$1
[ "$series" != newest ] || series='[0-9]+'
version=$(newest $META "$series")
if [ -z "$version" ]; then
	version=$(newest $META '[0-9]+')
	say "Debian has no kernel $1 any more: taking $version instead"
fi
[ -n "$version" ] || die "no $META in the archive"
key=$version-$(key "$(declare -f arrange prune_modules)" "${OMIT[*]}" \
	"$KEEP_DRIVERS")
dir=$CACHE/kernel-$1-$key
# one version may be the newest of a series and of all
for other in "$CACHE"/kernel-*-"$key"; do
	[ -d "$dir" ] || [ ! -d "$other" ] || dir=$other
done
build_once "$dir" build_kernel "$1" "$version"
expire "kernel-$1-" "$dir"
echo "$dir"
