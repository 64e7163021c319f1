#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# debug-build.sh CC: compiles /usr/src/linux inside the userland image. Leaves
# in /build: vmlinuz, modules/, modules.sqfs; in the source tree only what
# external modules need.
set -eu

export CC=$1 HOSTCC=$1 KBUILD_BUILD_HOST=vm KBUILD_BUILD_USER=root
fragment=/project/debug.config
cd /usr/src/linux

kmake() {
	make -s CC="$CC" HOSTCC="$HOSTCC" "$@"
}

# Options that Kconfig didn't take: a renamed option must not silently turn a
# checker off.
check_config() {
	grep -E '^(CONFIG|# CONFIG)_' "$fragment" | grep -vxFf .config |
	sed 's/^/not in this kernel: /'
}

kmake tinyconfig
scripts/kconfig/merge_config.sh -m .config "$fragment" > /dev/null
./scripts/config --set-str LOCALVERSION -debug
kmake olddefconfig
check_config > /build/config-missing || true
cat /build/config-missing
if grep -E 'KASAN|PROVE|KMEMLEAK|DEBUG_OBJECTS' /build/config-missing; then
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
