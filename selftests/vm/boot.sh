#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# boot.sh [OPTION...] KERNEL [OPTION...] -- COMMAND...
# Boots KERNEL (6.1, 6.12, newest, debug; see kernel.sh) in an emulated
# machine without network, and runs COMMAND there in /project, a copy of this tree
# with everything built. Its output comes to stdout, its exit status is ours; 99 if
# the guest died, ran out of time, or its kernel complained.
#
#   -m MIB	memory (2048)
#   -c CPUS	processors (2)
#   -t SECONDS	limit (600)
#   -e VAR=VAL	sets a variable for COMMAND
#   -o DIR	leaves output, dmesg, console and what COMMAND put into
#		/result in DIR
#   -i		no COMMAND: a shell on the console
#   -g		a gateway that has never seen the modules (gateway.sh), with
#		compilers; /project is for /root/clone, where it was built
#
# ICOUNT=1: one processor, on which an instruction takes a nanosecond; on the debug
# kernel an eighth of that (slow_clock/).
# PROFILE=1: what COMMAND asks for is traced, see executed.sh.
set -u

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

usage() {
	sed -n '4,/^set/s/^# \{0,1\}//p' "$0" >&2
	exit 2
}

parse() {
	local opt OPTIND=1

	while getopts m:c:t:e:o:ig opt; do
		case $opt in
		m) memory=$OPTARG ;;
		c) cpus=$OPTARG ;;
		t) limit=$OPTARG ;;
		e) env+=("$OPTARG") ;;
		o) keep=$OPTARG ;;
		i) interactive=1 ;;
		g) gateway=1 ;;
		*) usage ;;
		esac
	done
	parsed=$((OPTIND - 1))
}

# a copy that later builds don't touch
take_project() {
	local out

	if [ -n "$gateway" ]; then
		mkdir "$run/project"
		take_clone || die "the clone of a gateway doesn't build"
		return
	fi
	out=$("$VM/build.sh" "$series") || exit
	lock "$out.lock"
	cp -a --reflink=auto "$out" "$run/project" || exit
	unlock
}

# what a gateway's admin has cloned to /root/clone, and has built there with the
# gateway's compiler: in an emulated machine that would take half an hour
take_clone() {
	in_chroot -b "$TOP:/project" -w "$run/project:/build" "$image/root" \
		rsync -a --exclude=/.git --filter=':- .gitignore' \
		/project/ /build/ || return
	in_chroot -w "$run/project:/root/clone" "$userland/root" \
		make -s "-j$(nproc)" -C /root/clone modules userspace \
		KDIR="/usr/src/linux-headers-$(cat "$kernel/release")" >&2
}

# clients of the netlink family by the kernel's ynl, for the test that is about
# them: no other test is worth the download
take_ynl() {
	local kernel source

	[[ " $* " == *" netlink-ynl "* ]] || return 0
	for kernel in 6.12 newest; do
		source=$("$VM/linux-source.sh" "$kernel") || return
		mkdir "$run/ynl-$kernel"
		in_chroot -b "$TOP:/project" -b "$source:/mnt" \
			-w "$run/ynl-$kernel:/build" "$image/root" bash \
			/project/selftests/vm/ynl-inside.sh /project /mnt \
			/build >&2 || return
		mv "$run/ynl-$kernel/ynl" "$run/project/selftests/ynl-$kernel"
	done
}

write_command() {
	{
		# shellcheck disable=SC2016
		echo 'export PATH=/project/userspace:/project/selftests:$PATH'
		[ ${#env[@]} = 0 ] || printf 'export %q\n' "${env[@]}"
		printf '%q ' exec "$@"
		echo
	} > "$run/result/command"
}

start_qemu() {
	# One host thread for all vCPUs: with one each, TCG was seen to run an
	# int3 that the kernel had already patched away. The kernels that are
	# built from source have no jump labels to patch; their CPUs run at the
	# same time.
	local threads=single cpu=max,la57=off icount=() monitor=()
	local serial=(-serial "file:$run/result/console")
	# no_timer_check: on a busy host it finds that the timer doesn't work.
	# norandmaps: what TCG has translated is found again by its virtual
	# address; a program that is mapped elsewhere is translated anew, which
	# takes five times as long as to start it. init_on_alloc=0: a tenth of
	# what starting a program takes is to clear its pages once more
	local append="console=ttyS0 loglevel=5 panic=-1 oops=panic \
		panic_on_warn=1 no_timer_check mitigations=off log_buf_len=4M \
		net.ifnames=0 norandmaps init_on_alloc=0"

	if [ -n "${ICOUNT:-}" ]; then
		cpus=1 icount=(-icount "shift=0,sleep=off")
		# A kernel that checks itself needs eight times as many
		# instructions: its seconds have eight times as many in them
		! from_source "$series" || append+=" slow_clock=8"
		# Time goes on to the next timer at once where nothing runs: it
		# must not be seconds because the host takes a moment
		if [ -z "${PROFILE:-}" ]; then
			append+=" in_ram=1"
			serial+=(-serial "file:$run/result/output")
		fi
	elif from_source "$series"; then
		threads=multi
	else
		# Guards that take a fifth of the time, and that the kernels
		# from source keep: SMAP has TCG hold translations of addresses
		# twice, security modules and the accounting of memory are asked
		# for each program, file and page
		cpu+=,smap=off,smep=off
		append+=" lsm= cgroup_disable=memory hardened_usercopy=off"
	fi
	[ -z "${PROFILE:-}" ] ||
		monitor=(-chardev "pipe,id=m,path=$run/monitor" -mon m)
	[ -z "$interactive" ] || serial=(-serial mon:stdio)
	# q35: its interrupt routing is a table; that of pc is ACPI bytecode,
	# with which a debug kernel runs into the interpreter's time limit
	timeout --foreground -k 5 "$limit" qemu-system-x86_64 -M q35 \
		-accel "tcg,thread=$threads" -cpu "$cpu" \
		-smp "$cpus" -m "$memory" \
		-nodefaults -display none -no-reboot -nic none \
		"${icount[@]}" "${monitor[@]}" "${serial[@]}" \
		-kernel "$kernel/vmlinuz" -initrd "$initrd" \
		-append "${append//$'\t'/}" \
		-drive "file=$userland/root.sqfs,if=virtio,format=raw,readonly=on" \
		-drive "file=$kernel/modules.sqfs,if=virtio,format=raw,readonly=on" \
		-virtfs "local,path=$run/project,mount_tag=project,security_model=none,readonly=on" \
		-virtfs "local,path=$run/result,mount_tag=result,security_model=none"
}

# runs the guest and shows its output as it comes
follow() {
	local qemu

	: > "$run/result/output"
	if [ -n "${PROFILE:-}" ]; then
		mkfifo "$run/monitor.in" "$run/monitor.out" || exit
		"$VM/executed.sh" "$run" $$ &
	fi
	start_qemu < /dev/null 2> "$run/result/qemu" &
	qemu=$!
	# shellcheck disable=SC2064
	trap "kill $qemu 2>/dev/null; rm -rf '$run'" EXIT
	tail -n +1 -s 0.2 --pid=$qemu -f "$run/result/output"
	wait $qemu
}

splats() {
	cat "$run/result/dmesg" "$run/result/console" 2>/dev/null |
	grep -Ef <(grep -v '^#' "$TOP/selftests/splat.patterns") | head -n 20
}

# judge STATUS-OF-QEMU: our exit status
judge() {
	local status=99 said

	cat "$run/result/qemu" >&2
	said=$(splats)
	if [ -e "$run/result/verdict" ]; then
		status=$(cat "$run/result/verdict")
	elif [ "$1" = 124 ]; then
		say "kernel $series: out of time after $limit s; its console:"
		tail -n 20 "$run/result/console" >&2
	else
		say "kernel $series: the guest died; its console:"
		tail -n 60 "$run/result/console" >&2
	fi
	if [ -n "$said" ]; then
		say "kernel $series complained:"
		echo "$said" >&2
		status=99
	fi
	if [ -s "$run/result/kmemleak" ]; then
		say "kernel $series leaked memory:"
		head -n 60 "$run/result/kmemleak" >&2
		status=99
	fi
	return "$status"
}

env=() memory='' cpus=2 limit='' keep='' interactive='' gateway='' parsed=0
parse "$@"
shift $parsed
[ $# -gt 0 ] || usage
series=$1
shift
parse "$@"
shift $parsed
[ -n "$interactive" ] || [ $# -gt 0 ] || usage
if [ "$series" = debug ]; then
	env+=(SLOW="${SLOW:-4}")
	: "${memory:=3072}" "${limit:=2400}"
fi
: "${memory:=2048}" "${limit:=600}"

image=$("$VM/image.sh") && kernel=$("$VM/kernel.sh" "$series") &&
	initrd=$("$VM/initrd.sh" "$kernel") || exit
userland=$image
[ -z "$gateway" ] || userland=$("$VM/gateway.sh" "$series") || exit
run=$(mktemp -d "$CACHE/run.XXXXXX") || exit
trap 'rm -rf "$run"' EXIT
take_project
take_ynl "$@" || die "no ynl"
mkdir "$run/result"
if [ -n "$interactive" ]; then
	touch "$run/result/interactive"
	start_qemu
else
	write_command "$@"
	follow
fi
judge $?
status=$?
if [ -n "$keep" ]; then
	mkdir -p "$keep"
	cp -a "$run/result/." "$keep/"
fi
exit $status
