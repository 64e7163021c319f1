#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# initrd.sh KERNEL-DIR: makes the initial ramdisk of a kernel (from kernel.sh)
# once and prints its name.
set -u

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

NEEDED='virtio_pci virtio_blk loop squashfs overlay 9p 9pnet_virtio'

make_initrd() {
	# shellcheck disable=SC2016
	in_chroot -b "$VM:/project" -w "$kernel:/build" "$image/root" bash -ec '
		release=$(cat /build/release)
		mkdir -p /tmp/root/{bin,proc,sys,dev,m} /tmp/mod/lib
		ln -s /build/modules /tmp/mod/lib/modules
		cp /bin/busybox /tmp/root/bin/
		for applet in sh cat mount mkdir insmod switch_root; do
			ln -s busybox /tmp/root/bin/$applet
		done
		cp /project/initramfs-init /tmp/root/init
		chmod 755 /tmp/root/init
		n=100
		for m in '"$NEEDED"'; do
			modprobe -d /tmp/mod -S "$release" --show-depends "$m"
		done | awk "\$1 == \"insmod\" && !seen[\$2]++ { print \$2 }" |
		while read -r ko; do
			to=/tmp/root/m/$((n++))-$(basename "${ko%.[xz]*}" .ko).ko
			case $ko in
			*.xz) xz -dc "$ko" > "$to" ;;
			*.zst) zstd -qdc "$ko" > "$to" ;;
			*) cp "$ko" "$to" ;;
			esac
		done
		cd /tmp/root
		find . | cpio -o -H newc --quiet | gzip > /build/initrd.tmp
	' >&2 && mv "$kernel/initrd.tmp" "$initrd"
}

kernel=$1
image=$("$VM/image.sh") || exit
initrd=$kernel/initrd-$(key "$0" "$VM/initramfs-init")
if [ ! -e "$initrd" ]; then
	lock "$kernel.lock"
	# another clone, which has another one, may be about to boot it
	find "$kernel" -name 'initrd-*' -mtime +0 -delete
	make_initrd || die "cannot make the initial ramdisk of $kernel"
	unlock
fi
echo "$initrd"
