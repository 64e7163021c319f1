# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# TAP for tests in bash: one numbered line per assertion, a plan at the end.
# A test that ends without done_testing has no plan and so has failed.
#
#   ok TEXT			passed
#   not_ok TEXT			failed
#   check TEXT COMMAND...	passes if COMMAND succeeds
#   is GOT WANTED TEXT		passes if both are the same string
#   isnt GOT UNWANTED TEXT
#   like GOT REGEX TEXT		passes if GOT matches the extended REGEX
#   unlike GOT REGEX TEXT
#   cmp_ok GOT OP WANTED TEXT	OP of [[ ]] for integers, as -le
#   skip TEXT WHY		counted neither as passed nor as failed
#   diag TEXT			a comment
#   bail TEXT			gives up: nothing more can be tested
#   done_testing		prints the plan, is true if all passed
#   busywait SECONDS COMMAND...	waits until COMMAND succeeds
#
# All assertions return 0 if they passed, so `is ... || diag ...` works.

tap_run=0
tap_failed=0

ok() {
	tap_run=$((tap_run + 1))
	echo "ok $tap_run - $*"
}

not_ok() {
	tap_run=$((tap_run + 1))
	tap_failed=$((tap_failed + 1))
	echo "not ok $tap_run - $*"
	return 1
}

skip() {
	tap_run=$((tap_run + 1))
	echo "ok $tap_run - $1 # SKIP ${2:-}"
}

diag() {
	local line

	while IFS= read -r line; do
		echo "# $line"
	done <<< "$*"
}

bail() {
	echo "Bail out! $*"
	exit 1
}

check() {
	local text=$1

	shift
	if "$@"; then
		ok "$text"
	else
		not_ok "$text"
		diag "false: $*"
		return 1
	fi
}

# tap_compare TRUE TEXT GOT WHAT WANTED
tap_compare() {
	if [ "$1" = 0 ]; then
		ok "$2"
		return
	fi
	not_ok "$2"
	diag "     got: $3"
	diag "$(printf '%8s: %s' "$4" "$5")"
	return 1
}

is() {
	[ "$1" = "$2" ]
	tap_compare $? "$3" "$1" wanted "$2"
}

isnt() {
	[ "$1" != "$2" ]
	tap_compare $? "$3" "$1" unwanted "$2"
}

like() {
	grep -qE -- "$2" <<< "$1"
	tap_compare $? "$3" "$1" like "$2"
}

unlike() {
	! grep -qE -- "$2" <<< "$1"
	tap_compare $? "$3" "$1" unlike "$2"
}

cmp_ok() {
	test "$1" "$2" "$3"
	tap_compare $? "$4" "$1" "$2" "$3"
}

done_testing() {
	echo "1..$tap_run"
	[ "$tap_failed" = 0 ]
}

# busywait SECONDS COMMAND...: polls ten times a second. SLOW (a factor, set
# by the harness for emulated debug kernels) stretches the limit.
busywait() {
	local end=$((${EPOCHREALTIME/./} + $1 * ${SLOW:-1} * 1000000))

	shift
	until "$@"; do
		[ "${EPOCHREALTIME/./}" -lt "$end" ] || return 1
		sleep 0.1
	done
}
