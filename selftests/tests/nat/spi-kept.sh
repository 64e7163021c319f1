#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# An SPI that is in use stays its host's: whatever somebody makes up in the
# server's name, whatever becomes of other hosts, and however many children it
# has. And it is counted. Without visible IKE.
#
#   10.1.0.1, .2, ... --- [c1] --- [gw] masquerade 200.200.200.200 --- 199.0.0.1 [srv]
#
# clock: instructions
# kernels: 6.12
# timeout: 600
set -u
# shellcheck source=selftests/lib/traffic.sh
. "$(dirname "$0")/../../lib/traffic.sh"

# play CASE: plays it in a network of its own
play() {
	howto_net 1
	masquerade
	many_hosts
	# nobody there knows ESP
	for name in c1 srv; do
		at "$name" nft -f - <<-'RULES'
			table ip quiet {
				chain out {
					type filter hook output priority 0;
					icmp type destination-unreachable drop;
				}
			}
		RULES
	done
	played=$(NS=$NS "$(dirname "$0")/../../tools/espplay.py" "$1")
	diag "$1: ${played//$'\n'/; }"
	net_down
}

# part NAME HOST: GOT/SENT
part() {
	field "$2" "$(grep "^$1 " <<< "$played")"
}

# all_of PART HOST...: have they got all that was sent?
all_of() {
	local host share

	for host in "${@:2}"; do
		share=$(part "$1" "$host")
		[ -n "$share" ] && [ "${share%/*}" = "${share#*/}" ] || return
	done
}

# most_of PART HOST PERCENT
most_of() {
	local share

	share=$(part "$1" "$2")
	[ -n "$share" ] &&
		[ "$((100 * ${share%/*}))" -ge "$(($3 * ${share#*/}))" ]
}

play counted
check "hosts that begin together lose nothing" all_of talk host1 host2
check "what each got is counted in its entry, before and after it was decided" \
	all_of entries host1 host2

play recycled
check "80 made-up SPIs of a server: who talks to it loses nothing" \
	all_of flood host1
check "an idle host's SPI that was in use still is" all_of polled host2
check "and it is answered" all_of talks host2

play pushed_out
check "undecided SPIs stay beside 70 made-up ones" \
	all_of flood host1 host2 host3
check "and afterwards" all_of after host1 host2 host3

play silent
check "a candidate falls silent: the others go on" \
	all_of silent host1 host2
check "and when it is gone" all_of gone host1 host2

play deleted
check "a candidate's entry is deleted: the others go on" \
	all_of deleted host1 host2
check "also afterwards" all_of after host1 host2
check "and it comes back" all_of after host3

play flushed
check "all entries are deleted: who sends again is answered" \
	all_of gap host1
is "$(field foreign "$(grep ^gap <<< "$played")")" 0 \
	"and gets nothing of those that don't"
check "these have their SPIs as soon as they send, too" \
	all_of back host1 host2 host3
check "an entry is deleted: the others go on" all_of gone host1 host2
is "$(field foreign "$(grep ^gone <<< "$played")")" 0 "with their own"
check "and its host has its SPI as soon as it sends" \
	all_of again host1 host2 host3

play late
check "a host whose answer is late is served when it asks again" \
	all_of after host1 host2 host3

play children
check "a host with 40 children beside another" all_of up host1
check "each goes on being served" all_of talk host1
is "$(field foreign "$(grep ^talk <<< "$played")")" 0 "no other host is"
check "also when the server speaks first" all_of polled host1

play unanswered
check "one of several children has no answers: it gets them" \
	all_of after host1
GUESS=1 play unanswered
check "also where nothing is copied" all_of after host1
done_testing
