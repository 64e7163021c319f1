#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# booted.sh: boots systemd and shuts it down, in namespaces of its own and on a
# root in which nothing lasts, with the units that are enabled. Prints in which
# order vpnct and a network, both of which are stand-ins, were started and stopped.
# Needs root and a cgroup2 that nobody uses: it is for virtual machines.
set -u

dir=$(mktemp -d) || exit
trap 'umount -R "$dir" 2> /dev/null; rmdir "$dir"' EXIT
mount -t tmpfs tmpfs "$dir" && mkdir "$dir"/{upper,work,root} &&
	mount -t overlay overlay "$dir/root" -o \
	"lowerdir=/,upperdir=$dir/upper,workdir=$dir/work" || exit
root=$dir/root etc=$dir/root/etc/systemd/system

# unit NAME AFTER BEFORE: a service that is part of the boot, and takes notes
unit() {
	cat > "$etc/$1.service" <<-UNIT
		[Unit]
		DefaultDependencies=no
		After=local-fs.target $2
		Before=shutdown.target $3
		Conflicts=shutdown.target
		[Service]
		Type=oneshot
		RemainAfterExit=yes
		ExecStart=sh -c 'echo $1 >> /order'
		ExecStop=sh -c 'echo no $1 >> /order'
	UNIT
	ln -s "../$1.service" "$etc/multi-user.target.wants/$1.service"
}

has() {
	grep -qsx "$1" "$root/order"
}

# waits_for COMMAND...
waits_for() {
	local end=$((SECONDS + 120 * ${SLOW:-1}))

	until "$@"; do
		[ "$SECONDS" -lt "$end" ] || return
		sleep 0.5
	done
}

gone() {
	! kill -0 "$1" 2> /dev/null
}

mkdir -p "$etc/multi-user.target.wants"
# shellcheck disable=SC2016
printf '%s\n' '#!/bin/sh' 'echo "vpnct $*" >> /order' \
	'[ "$1" != save ] || touch "$2"' > "$root/usr/local/sbin/vpnct"
touch "$root/var/lib/vpnct.json"
# as an admin's script may be: after network-pre.target, before network.target
unit network network-pre.target network.target
unit up "vpnct-save.service network.service" ''
for name in getty.target systemd-udevd.service systemd-udev-trigger.service; do
	ln -sf /dev/null "$etc/$name"
done
ln -sf /usr/lib/systemd/system/multi-user.target "$etc/default.target"
unshare -p -f -m -u -i -n --root="$root" \
	env -u SYSTEMD_OFFLINE container=other \
	/usr/lib/systemd/systemd > "$dir/log" 2>&1 &
outer=$!
waits_for has up || tail -n 30 "$dir/log"
# systemd's signal for "power off"
kill -s RTMIN+4 "$(pgrep -P "$outer")"
waits_for gone "$outer" || kill -9 "$(pgrep -P "$outer")"
wait "$outer"
grep -vxE '(no )?up' "$root/order"
[ ! -e "$root/var/lib/vpnct.json" ] || echo saved
[ ! -e "$root/var/lib/vpnct.json.last" ] || echo kept
