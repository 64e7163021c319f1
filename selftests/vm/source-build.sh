#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# source-build.sh NAME CC: compiles /usr/src/linux inside the userland image with
# source.config and NAME.config. Leaves in /build: vmlinuz, modules/, modules.sqfs;
# in the source tree only what external modules need.
set -eu

name=$1
export CC=$2 HOSTCC=$2 KBUILD_BUILD_HOST=vm KBUILD_BUILD_USER=root
fragments=(/project/source.config "/project/$name.config")
cd /usr/src/linux

kmake() {
	make -s CC="$CC" HOSTCC="$HOSTCC" "$@"
}

# Options that Kconfig didn't take: a renamed option must not silently turn a
# checker off.
check_config() {
	grep -hE '^(CONFIG|# CONFIG)_' "${fragments[@]}" | grep -vxFf .config |
	sed 's/^/not in this kernel: /'
}

kmake tinyconfig
scripts/kconfig/merge_config.sh -m .config "${fragments[@]}" > /dev/null
./scripts/config --set-str LOCALVERSION "-$name"
kmake olddefconfig
check_config > /build/config-missing || true
cat /build/config-missing
if grep -E 'KASAN|PROVE|KMEMLEAK|DEBUG_OBJECTS|GCOV' /build/config-missing; then
	exit 1
fi

kmake -j"$(nproc)" bzImage modules
cp arch/x86/boot/bzImage /build/vmlinuz
cp .config /build/config
kmake modules_install INSTALL_MOD_PATH=/build/mod DEPMOD=true
mv /build/mod/lib/modules/* /build/modules/
rmdir -p /build/mod/lib/modules --ignore-fail-on-non-empty
ls /build/modules > /build/release

# two gigabytes less
find . -name '*.o' ! -path './scripts/*' ! -path './tools/*' -delete
rm -rf vmlinux.a Documentation drivers sound
