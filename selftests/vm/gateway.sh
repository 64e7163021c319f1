#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# gateway.sh KERNEL: builds the userland of a gateway on which somebody who has
# read the documents installs the modules, once, and prints its directory, which
# holds root/ (to compile in) and root.sqfs (to boot from): Debian 12 for 6.1, else
# Debian 13. In it are a few things that gateways have, and nothing else but what
# README.md has one install with apt, and the kernel's headers. /repository is a
# source for apt, as guests have no network: the headers of another kernel.
set -u

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=apt.sh
. "$VM/apt.sh"

HAS=(adduser fping iproute2 iptables iputils-ping kmod openssh-client procps sudo
	systemd)

# what the README's apt commands install, without the headers: these are of
# the kernel that runs
readme_wants() {
	awk -F '\t' -f "$TOP/selftests/lib/documents.awk" "$TOP/README.md" |
	cut -f 4 | sed -n 's/^apt install \([^#]*\).*/\1/p' |
	sed 's/linux-headers-[$](uname -r)//' | tr -s ' ' '\n' | sort -u
}

# known PACKAGE: a package without content. Headers may want that of their kernel,
# which is there, but from kernel.sh.
known() {
	local version

	version=$(apt_cache show --no-all-versions "$1" 2>/dev/null |
		sed -n 's/^Version: //p')
	mkdir -p "$tmp/deb/DEBIAN"
	cat > "$tmp/deb/DEBIAN/control" <<-CONTROL
		Package: $1
		Version: ${version:-0}
		Architecture: amd64
		Maintainer: nobody <nobody@localhost>
		Description: stands for the kernel that is there
	CONTROL
	dpkg-deb -b "$tmp/deb" "$tmp/repository/$1.deb" > /dev/null
}

# the headers of $release installed, those of $other ready to be
headers_hook() {
	cat <<-HOOK
		set -e
		export DEBIAN_FRONTEND=noninteractive
		dpkg -i /repository/*.deb
		rm /repository/*.deb
		apt-get install -qq -y linux-headers-$release
		apt-get install -qq -y --download-only \
			-o Dir::Cache::archives=/repository linux-headers-$other
		rm -rf /repository/lock /repository/partial
		cd /repository
		dpkg-scanpackages -m . > Packages
		rm /headers.sh
	HOOK
}

# arrange ROOT: what mmdebstrap would still have needed
arrange() {
	as_root rm -rf "$1"/etc/apt/{sources.list.d,apt.conf.d/99mmdebstrap}
	echo 'deb [trusted=yes] file:/repository ./' |
		as_root tee "$1/etc/apt/sources.list" > /dev/null
	as_root mkdir "$1/project" "$1/result" "$1/root/clone"
}

# shellcheck disable=SC2016
build_gateway() {
	local tmp=$1

	mkdir "$tmp/repository"
	known "linux-image-$release"
	known "linux-image-$other"
	headers_hook > "$tmp/headers.sh"
	chmod -R go+rX "$tmp"
	debian_root "$tmp" "$suite" 'security|backports' \
		"$({ printf '%s\n' "${HAS[@]}"; readme_wants; } |
			sort -u | paste -sd,)" \
		--aptopt='APT::Install-Recommends "false"' \
		--dpkgopt=force-unsafe-io \
		--customize-hook="copy-in $tmp/repository $tmp/headers.sh /" \
		--customize-hook='chroot "$1" sh /headers.sh' || return
	arrange "$tmp/root"
	in_chroot -b "$tmp/root:/mnt" -w "$tmp:/build" "$image/root" \
		mksquashfs /mnt /build/root.sqfs -comp zstd \
		-Xcompression-level 6 -noappend -quiet -no-progress >&2 ||
		return
	as_root rm -rf "$tmp/repository" "$tmp/deb"
}

image=$("$VM/image.sh") && kernel=$("$VM/kernel.sh" "$1") || exit
apt_setup
release=$(cat "$kernel/release")
# of the same version, and with the same common part
other=${release%-amd64}-cloud-amd64
suite=trixie
[ "${release#6.1.}" = "$release" ] || suite=bookworm
dir=$CACHE/gateway-$1-$(key "$release" "$suite" "${HAS[*]}" "$(readme_wants)" \
	"$(declare -f arrange build_gateway debian_root headers_hook known)")
if [ ! -d "$dir" ]; then
	say "building the userland of a gateway (Debian $suite)"
	build_once "$dir" build_gateway
fi
expire "gateway-$1-" "$dir"
echo "$dir"
