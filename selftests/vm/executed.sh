#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# executed.sh RUN PID: serves a guest of boot.sh, until process PID ends, that
# wants to know each instruction which it executes for a while: it writes a name
# and an address to /result/profile, which RUN has as result/, and goes on with
# what it does until that file is gone. The addresses of the instructions are in
# result/NAME.executed then, as QEMU logs them, and the one that was given is
# among them some times.
set -u

BYTES=$((8 << 20))	# of log, which takes 75 bytes for an instruction
TIMES=6
run=$1 pid=$2 request=$1/result/profile

cat "$run/monitor.out" > /dev/null &
trap 'kill $!' EXIT
exec 7<> "$run/monitor.in"

# One instruction is a block of its own, and each is logged. The switch has
# another name since QEMU 8.1; a monitor goes on after what it doesn't know.
trace_on() {
	printf '%s\n' "logfile $1" "singlestep on" "one-insn-per-tb on" \
		"log exec,nochain" >&7
}

trace_off() {
	printf '%s\n' "log none" "singlestep off" "one-insn-per-tb off" >&7
}

size() {
	stat -c %s "$1" 2> /dev/null || echo 0
}

running() {
	kill -0 "$pid" 2> /dev/null
}

# log_once FILE
log_once() {
	rm -f "$1"
	sleep 1		# it has begun by then
	trace_on "$1"
	while running && [ "$(size "$1")" -lt "$BYTES" ]; do
		sleep 0.1
	done
	trace_off
}

while running; do
	sleep 0.2
	{ read -r name address < "$request"; } 2> /dev/null || continue
	log=$run/result/$name.executed
	until log_once "$log" && [ "$(grep -c "/$address/" "$log")" -ge $TIMES ]; do
		running || break
	done
	rm -f "$request"
done
