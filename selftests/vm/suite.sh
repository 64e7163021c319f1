#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# suite.sh KERNEL... [-- TEST...]: runs the tests that have to be run on each
# KERNEL (selftests/run -L; all that can be on debug), JOBS machines
# at a time, and the tests of userspace once. Says where the time went (times.sh);
# the last line adds the assertions up: "N passed, N failed".
#
# A busy host makes a machine lose time. So what failed is run once more on a
# machine of its own: if it passes there, that counts, and the failure is named
# as unsteady; more than two tests must not need that. What the kernel complains
# of, or keeps, is never forgiven. There it has modules of its own, too: what fails
# because of what tests before it have left in shared ones is named as unsteady as
# well, and fails again with these tests before it (selftests/run -k TEST...).
#
#   ALL		every test on every KERNEL
#   JOBS	machines at a time (default: number of processors)
#   BESIDE	tests side by side in one machine, of those that may (default: 3)
#   UNIT	the tests of userspace, too, though TESTs are named
#   RESULTS	keep results, logs and consoles in this directory
set -u

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

kernels=()
while [ $# -gt 0 ] && [ "$1" != -- ]; do
	kernels+=("$1")
	shift
done
[ $# = 0 ] || shift
[ ${#kernels[@]} -gt 0 ] || die "which kernels?"
results=${RESULTS:-$(mktemp -d)} || exit
mkdir -p "$results"

# took PART SECONDS: for times.sh
took() {
	echo "$1 $2" >> "$results/times"
}

# tests_of KERNEL CLOCK: of those that it has to run, or of $named
tests_of() {
	local which=-L

	[ -z "${ALL:-}" ] && ! from_source "$1" || which=-l
	KERNEL=$1 "$TOP/selftests/run" $which -c "$2" "${named[@]}"
}

# group KERNEL CLOCK: builds, and runs these tests on machines of their own
group() {
	local kernel=$1 clock=$2 name=$1 list start=$EPOCHSECONDS

	mapfile -t list < <(tests_of "$kernel" "$clock")
	[ ${#list[@]} -gt 0 ] || return
	say "kernel $kernel: building"
	if ! "$VM/build.sh" "$kernel" > /dev/null; then
		fail "$kernel" "builds"
		return
	fi
	took build $((EPOCHSECONDS - start))
	if [ "$clock" = instructions ]; then
		# there limits cost nothing, and a second is a few instructions
		export ICOUNT=1 SLOW=${SLOW:-4}
		beside=1
		name+=-icount
	fi
	tests "$kernel" "$name" "${list[@]}"
	say "kernel $kernel: done"
}

# tests KERNEL NAME TEST...
tests() {
	local dir=$results/$2 again=()

	rm -rf "$results/$2-again"
	machine "$@"
	mapfile -t again < <(worth_another_run "$dir/results.jsonl")
	[ ${#again[@]} -gt 0 ] || return
	say "kernel $1: once more: ${again[*]}"
	mv "$dir/results.jsonl" "$dir/first.jsonl"
	grep -vFf <(printf '"test": "%s"\n' "${again[@]}") \
		"$dir/first.jsonl" > "$dir/results.jsonl"
	beside=1 machine "$1" "$2-again" "${again[@]}"
}

# assertions of run, and of machine()
KERNEL_FAULT='"test": "vm"|"assertion": "(modules load|modules unload'
KERNEL_FAULT+='|unloaded modules leave nothing behind|taint flags unchanged'
KERNEL_FAULT+='|the kernel had nothing to complain about)"'

# worth_another_run FILE: tests that failed, if the kernel is blameless
worth_another_run() {
	local failures

	failures=$(grep -s '"result": "fail"' "$1")
	grep -qE "$KERNEL_FAULT" <<< "$failures" ||
		sed -n 's/.*"test": "\([^"]*\)".*/\1/p' <<< "$failures" | sort -u
}

# machine KERNEL NAME TEST...: one that dies, or whose kernel complains, is a
# failed assertion, too.
machine() {
	local kernel=$1 name=$2 dir=$results/$2 start=$EPOCHSECONDS status

	shift 2
	rm -rf "$dir"
	say "kernel $kernel: booting"
	"$VM/boot.sh" "$kernel" -t "$limit" -o "$dir" ${SLOW:+-e SLOW="$SLOW"} \
		-e RESULT=/result/results.jsonl -- selftests/run -j "$beside" "$@"
	status=$?
	took "machine:$name" $((EPOCHSECONDS - start))
	case $status in
	0) return ;;
	99) ;;
	*) ! grep -qs '"result": "fail"' "$dir/results.jsonl" || return ;;
	esac
	fail "$name" "the machine ran to its end, without complaints"
}

# fail WHERE ASSERTION
fail() {
	mkdir -p "$results/$1"
	echo "{\"kernel\": \"$1\", \"test\": \"vm\", \"assertion\": \"$2\"," \
		"\"result\": \"fail\"}" >> "$results/$1/results.jsonl"
}

# tests that need no kernel
userspace() {
	local dir=$results/userspace start=$EPOCHSECONDS

	grep -qs '^check:' "$TOP/userspace/Makefile" || return
	rm -rf "$dir"
	mkdir -p "$dir"
	say "testing"
	# shellcheck disable=SC2016
	"$VM/build.sh" tools > "$dir/build" &&
		in_chroot -w "$(cat "$dir/build"):/build" "$image/root" \
			bash -c 'make -s -C /build unit; unit=$?
				make -s -C /build/userspace check &&
					exit "$unit"' > "$dir/output" 2>&1
	tap_to_json $? < "$dir/output" > "$dir/results.jsonl"
	if grep -q '"result": "fail"' "$dir/results.jsonl"; then
		cat "$dir/output"
	fi
	took userspace $((EPOCHSECONDS - start))
}

# tap_to_json STATUS: results of a program that prints TAP, or only fails
tap_to_json() {
	awk -v status="$1" '
		function result(what, text) {
			gsub(/["\\]/, "", text)
			printf "{\"kernel\": \"\", \"test\": \"userspace\", "
			printf "\"assertion\": \"%s\", \"result\": \"%s\"}\n",
				text, what
			seen[what]++
		}
		/^ok /		{ sub(/^ok [0-9]* *(- )?/, ""); result("pass", $0) }
		/^not ok /	{ sub(/^not ok [0-9]* *(- )?/, ""); result("fail", $0) }
		END {
			if (status != 0 && !seen["fail"])
				result("fail", "make check")
			else if (status == 0 && !seen["pass"])
				result("pass", "make check")
		}'
}

count() {
	cat "$results"/*/results.jsonl 2>/dev/null | grep -c "\"result\": \"$1\""
}

# failures WORD FILE: names them, so that the last lines of a log say it all
failures() {
	sed -n "/\"result\": \"fail\"/s/^{\"kernel\": \"\(.*\)\", \"test\": \"\(.*\)\",\
 *\"assertion\": \"\(.*\)\", *\"result\".*/$1: \1 \2: \3/p" \
		"$results"/*/"$2" 2>/dev/null
}

# few_unsteady: fails if more tests than two needed a second run
few_unsteady() {
	local tests

	mapfile -t tests < <(failures '' first.jsonl |
		sed 's/^: [^ ]* \([^:]*\):.*/\1/' | sort -u)
	[ ${#tests[@]} -le 2 ] ||
		fail suite "at most two tests need a second run: ${tests[*]}"
}

# start NAME COMMAND...: in the background, as soon as fewer than $jobs run
start() {
	local name=$1

	shift
	while [ "$(jobs -pr | wc -l)" -ge "$jobs" ]; do
		wait -n
	done
	"$@" 2>&1 | sed -u "s/^/$name: /" &
}

named=("$@")
rm -f "$results/times"
began=$EPOCHSECONDS
image=$("$VM/image.sh") || exit
limit=${LIMIT:-3600}
[[ " ${kernels[*]} " != *' debug '* ]] || limit=${LIMIT:-10800}
# one after the other: these downloads are the slow part of a first run
for kernel in "${kernels[@]}"; do
	dir=$("$VM/kernel.sh" "$kernel") || exit
	say "kernel $kernel is $(cat "$dir/release" 2>/dev/null)"
done
took download "$((EPOCHSECONDS - began))"
jobs=${JOBS:-$(nproc)}
beside=${BESIDE:-3}
if [ ${#named[@]} = 0 ] || [ -n "${UNIT:-}" ]; then
	start userspace userspace
fi
for clock in time instructions; do
	for kernel in "${kernels[@]}"; do
		start "$kernel" group "$kernel" $clock
	done
done
wait

[ -n "${RESULTS:-}" ] || say "results, logs and consoles are in $results"
"$VM/times.sh" "$results" | tee "$results/times.txt"
few_unsteady
failures unsteady first.jsonl |
	grep -vFf <(failures '' results.jsonl | sed 's/^: //')
failures failed results.jsonl
failed=$(count fail)
echo "$(count pass) passed, $failed failed"
[ "$failed" = 0 ]
