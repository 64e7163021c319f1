#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# timeout: 900
#
# ESP through a queue to user space, as an IDS has it: packets leave the stack
# while their flow is unconfirmed and come back later, copies included.
#
#   c1 10.0.0.2 ---+
#   c2 10.0.0.3 ---+--- [gw] masquerade 200.200.200.200 --- 199.0.0.1 [srv]
#   c3 10.0.0.4 ---+     queue
# kernels: all
set -u
# shellcheck source=selftests/lib/traffic.sh
. "$(dirname "$0")/../../lib/traffic.sh"

# queue HOOK PRIORITY: all ESP of that hook goes to user space
queue() {
	at gw nft -f - <<-RULES
		table inet userspace {
			chain q {
				type filter hook $1 priority $2
				meta l4proto esp queue num 7
			}
		}
	RULES
	rm -f "$TMP/ready"
	bg at gw nfqueue 7 "$TMP/ready" > "$TMP/queued"
	queue_pid=$!
	busywait 5 test -e "$TMP/ready"
}

queue_end() {
	end "$queue_pid"
	at gw nft delete table inet userspace
}

# through TEXT: three hosts start at once
through() {
	local k

	at gw conntrack -F > /dev/null 2>&1
	for k in 1 2 3; do
		tunnel "$k"
	done
	is "$(pings_all 5 0.2 192.168.99.1 c1 c2 c3)" "5 5 5" \
		"$1: three hosts that start at once all work"
	is "$(ct_esp | grep -c 'zone-reply=')" 3 "$1: three entries"
	queue_end
	cmp_ok "$(cat "$TMP/queued")" -ge 30 "$1: the packets came that way"
	net_down
}

# SPIs as of hosts that have just started, again and again
net() {
	howto_net 3
	masquerade
}

# The namespace goes with packets in a queue nobody reads
unread() {
	net
	at gw nft -f - <<-RULES
		table inet userspace {
			chain q {
				type filter hook forward priority 0
				meta l4proto esp queue num 7
			}
		}
	RULES
	bg at gw nfqueue 7 "$TMP/ready2"
	queue_pid=$!
	busywait 5 test -e "$TMP/ready2"
	kill -STOP "$queue_pid"
	new_out 1 0x71000001 1 --count 5
	new_out 2 0x71000002 1 --count 5
	at gw conntrack -F > /dev/null 2>&1
	kill -CONT "$queue_pid"
	end "$queue_pid"
	tunnel 1
	tunnel 2
	at gw nft delete table inet userspace
	is "$(pings_all 3 0.2 192.168.99.1 c1 c2)" "3 3" \
		"a flush while packets are queued: both hosts work after that"
}

modprobe -a nfnetlink_queue nft_queue 2>/dev/null
net
queue forward filter
through "forward"
net
queue prerouting mangle
through "prerouting"
net
queue postrouting mangle
through "postrouting"
unread
done_testing
