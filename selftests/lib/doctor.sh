# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# vpnct doctor in the tests, on top of ike.sh: a fault is made, diagnosed and,
# where that is simple, mended.

# shellcheck source=selftests/lib/ike.sh
. "$(dirname "${BASH_SOURCE[0]}")/ike.sh"

# findings CHECK: "LEVEL [CLIENT] TEXT" of each, in the gateway
findings() {
	at gw vpnct doctor -j | jq -r --arg check "$1" '.[] |
		select(.check == $check) | [.level, .client, .text] |
		map(select(. != null)) | join(" ")'
}

# diagnosed CHECK REGEX TEXT: does one of them match?
diagnosed() {
	like "$(findings "$1")" "$2" "$3"
}

# healthy CHECK TEXT: was nothing found?
healthy() {
	like "$(findings "$1")" '^ok ' "$2"
}

# remedies CHECK REGEX TEXT: does the advice match?
remedies() {
	like "$(at gw vpnct doctor -j | jq -r --arg check "$1" \
		'.[] | select(.check == $check) | .remedy // ""')" "$2" "$3"
}

# diagnosis CHECK REGEX: for busywait
diagnosis() {
	grep -qE -- "$2" <<< "$(findings "$1")"
}

# talk K: client 1 sends ESP to 199.0.0.K, which answers: three entries that don't
# make room for others
talk() {
	local server=199.0.0.$1

	ipn srv addr replace "$server/24" dev eth0
	esp_send c1 "$server" "0x100$1" 1
	at srv espgen send --src "$server" --dst 200.200.200.200 \
		--spi "0x200$1"
}
