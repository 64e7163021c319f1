#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# check-inside.sh KDIR CC: the part of check.sh that runs in the userland
# image. /project is the tree, /build its copy, /result and /mnt are parts of the
# source of kernel 6.12 and of the newest (linux-source.sh), /srv is what earlier
# checks found good.
set -u

kdir=$1 cc=$2
# nothing of an earlier build: what is up to date gives no warnings
rsync -a --delete --delete-excluded --exclude=/.git \
	--filter=':- .gitignore' /project/ /build/
cd /build || exit
# shellcheck source=../lib/tap.sh
. selftests/lib/tap.sh

# verdict TEXT OUTPUT: passes if a checker had nothing to say
verdict() {
	if [ -z "$2" ]; then
		ok "$1"
	else
		not_ok "$1"
		diag "$2"
	fi
}

# each TEXT COMMAND FILE...: a verdict on each file, by a function or program;
# as many at a time as there are processors. What had nothing to be said of it
# is not looked at again while neither it nor its checker changes.
each() {
	local text=$1 command=$2 file said

	shift 2
	said=$(mktemp -d)
	checker=$(checker "$command")
	export checker said command
	printf '%s\n' "$@" | xargs -P "$(nproc)" -I '{}' bash -c 'one "{}"'
	for file; do
		verdict "$text $file" "$(cat "$said/${file//\//,}" 2>&1)"
	done
	rm -r "$said"
}

# one FILE: what $command says of it, to a file in $said
one() {
	local out=$said/${1//\//,} known

	known=$({ echo "$checker" "$1"; cat "$1"; } | sha256sum)
	known=/srv/${known%% *}
	if [ -e "$known" ]; then
		touch "$known" "$out"
		return
	fi
	$command "$1" > "$out" 2>&1 && [ ! -s "$out" ] && touch "$known"
}

# checker COMMAND: changes when what COMMAND says of a file may; shellcheck reads
# the scripts that a script sources, too
checker() {
	{
		echo "$1 $USERSPACE_IGNORE"
		declare -f "${1%% *}" || "${1%% *}" --version
		cat /result/scripts/* .shellcheckrc
		grep -rlE --exclude-dir=.git '^# shellcheck shell=' . |
			sort | xargs cat
	} | sha256sum
}
export -f one

sources() {
	find . -name '*.[ch]' ! -name '*.mod.c' -printf '%P\n' | sort
}

scripts() {
	grep -rlE --exclude-dir=.git -m1 '^#!.*sh|^# shellcheck shell=' . |
	while read -r file; do
		head -n 3 "$file" | grep -qE '^#!/bin/(ba)?sh|shellcheck shell=' &&
			echo "${file#./}"
	done | sort
}

# Rules about things that only the kernel has, as ARRAY_SIZE() and fallthrough
USERSPACE_IGNORE=ARRAY_SIZE,CAMELCASE,CONST_STRUCT,EMBEDDED_FUNCTION_NAME
USERSPACE_IGNORE+=,MACRO_ARG_REUSE,MACRO_ARG_UNUSED,PREFER_FALLTHROUGH
USERSPACE_IGNORE+=,PREFER_DEFINED_ATTRIBUTE_MACRO,PREFER_KERNEL_TYPES
USERSPACE_IGNORE+=,AVOID_EXTERNS,LONG_LINE_STRING,SSCANF_TO_KSTRTO
USERSPACE_IGNORE+=,USLEEP_RANGE,VOLATILE

checkpatch() {
	local ignore=FILE_PATH_CHANGES,SPLIT_STRING

	case $1 in
	unit/* | userspace/* | selftests/*) ignore+=,$USERSPACE_IGNORE ;;
	# its business are kernel versions and other people's names
	compat/*) ignore+=,LINUX_VERSION_CODE ;;
	# macros that look like no other code, in the kernel as well
	include/trace/*) ignore+=,PARENTHESIS_ALIGNMENT,OPEN_ENDED_LINE ;;
	esac
	perl /result/scripts/checkpatch.pl --no-tree --strict --terse --show-types \
		--quiet --no-summary --ignore "$ignore" -f "$1"
}
export -f checkpatch
export USERSPACE_IGNORE

check_checkpatch() {
	local files

	mapfile -t files < <(sources)
	each "checkpatch --strict" checkpatch "${files[@]}"
}

check_kernel_doc() {
	local files

	mapfile -t files < <(sources)
	verdict "kernel-doc -Wall has nothing to say" "$(
		perl /result/scripts/kernel-doc -none -Wall "${files[@]}" 2>&1)"
}

check_sizes() {
	local files

	mapfile -t files < <(sources; find . -name '*.py' -printf '%P\n')
	verdict "files and functions are of a size to be read" "$(
		awk -f selftests/vm/sizes.awk "${files[@]}" 2>&1)"
}

# W=1 and sparse complain about the kernel's headers, too: only what is said
# about this tree counts
check_compiler() {
	local log

	log=$(make "-j$(nproc)" -C "$kdir" M=/build CC="$cc" W=1 C=2 \
		CHECK=sparse CF=-D__CHECK_ENDIAN__ modules 2>&1)
	verdict "modules build" "$([ -e nf_conntrack_vpn.ko ] || echo "$log")"
	verdict "no warnings with W=1 and sparse" \
		"$(grep -E '^(/build/|\./)?[^/ ]?[^ ]*[.][ch]:[0-9]+' <<< "$log" |
			grep -E 'warning|error' | grep -vE '^/usr/' | sort -u)"
}

# object files of the modules, which check_compiler() has built
check_floors() {
	verdict "modules use each other as selftests/vm/floors.txt allows" \
		"$(selftests/vm/floors.py selftests/vm/floors.txt . 2>&1)"
}

# what dkms does at a gateway whose modules or whose kernel is updated
check_dkms() {
	local dkms other release tree

	# as the Makefile: what "make kernelrelease" says isn't uname -r everywhere
	release=$(sed -n 's/^.define UTS_RELEASE "\(.*\)"/\1/p' \
		"$kdir/include/generated/utsrelease.h")
	# always the same: ccache knows objects by it
	tree=/build/dkms
	mkdir -p "$tree/state" "$tree/modules/$release"
	dkms="dkms --dkmstree $tree/state --sourcetree $tree/usr/src"
	dkms+=" --installtree $tree/modules"
	old_source "$tree/old"
	make_dkms "make dkms of an older source" "$tree/old" dkms
	make_dkms "make dkms" . dkms
	for other in 5.10.0-1-amd64 6.0.0-1-amd64 6.12-no-NAT; do
		verdict "dkms leaves kernel $other alone" "$(
			leaves_alone "$other")"
	done
	verdict "dkms and Kbuild ask for what compat/options says is needed" "$(
		diff <(needed) <(sed -n 's/^BUILD_EXCLUSIVE_CONFIG="\(.*\)"/\1/p' \
			dkms.conf | tr ' ' '\n'))"
	verdict "dkms installs every module" "$(
		diff <(our_modules) <(find "$tree/modules" -name '*.ko*' \
			-printf '%f\n' | sed 's/\.ko.*//' | sort))"
	verdict "dkms keeps nothing of the older source" "$(
		find "$tree/modules" -name '*.ko*' \
			-exec modinfo -F older '{}' + | sort -u
		find "$tree/usr/src" -name gone.c)"
	make_dkms "make dkms-remove" . dkms-remove
	verdict "dkms keeps nothing" "$(
		find "$tree"/{modules,state,usr/src} \
			-name 'nf-conntrack-vpn*' -o -name '*.ko*')"
	rm -rf "$tree"
}

needed() {
	awk -F '\t' '$2 == "build" { print "CONFIG_" $1 }' compat/options
}

# for a kernel that hasn't what is needed, by who knows nothing of our Makefile
check_lacks() {
	local option

	for option in $(needed); do
		like "$(make -C "$kdir" M=/build CC="$cc" "$option=" modules 2>&1)" \
			"This kernel has no $option, which" \
			"the build says that it needs $option"
	done
}

# leaves_alone RELEASE: dkms builds nothing for a kernel that is too old, or has
# no NAT if it is called so
leaves_alone() {
	local config=$tree/modules/$1/build/.config

	mkdir -p "${config%/*}"
	grep -v "CONFIG_NF_${1##*-no-}=" "$kdir/.config" > "$config"
	$dkms build -m nf-conntrack-vpn -v "$(sed -n \
		's/^PACKAGE_VERSION=//p' dkms.conf)" -k "$1" \
		--kernelsourcedir "${config%/*}" > "$tree/log" 2>&1
	[ $? = 77 ] || cat "$tree/log"
	rm -r "$tree/modules/$1"
}

our_modules() {
	sed -n 's/^obj-m += *\(.*\)\.o$/\1/p' Kbuild | sort
}

# old_source DIR: the same modules, with next to nothing in them
old_source() {
	local module

	mkdir -p "$1"/{compat,core,esp,include,isakmp,nat,netlink,pptp}
	touch "$1"/COPYING "$1"/core/gone.c
	cp Makefile dkms.conf "$1"
	grep '^obj-m' Kbuild > "$1/Kbuild"
	for module in $(our_modules); do
		{
			echo '#include <linux/module.h>'
			echo 'MODULE_LICENSE("GPL");'
			echo 'MODULE_INFO(older, "one is still the older");'
		} > "$1/$module.c"
	done
}

# make_dkms TEXT DIR TARGET
make_dkms() {
	local log

	log=$(make -s -C "$2" "$3" DKMS="$dkms" DESTDIR="$tree" DKMS_INSTALL=" \
		-k $release --kernelsourcedir $kdir --no-depmod" 2>&1) && log=''
	verdict "$1" "$log"
}

check_programs() {
	local dir log

	for dir in unit userspace selftests; do
		[ -f $dir/Makefile ] || continue
		log=$(CFLAGS='-O2 -Werror' make "-j$(nproc)" -C $dir 2>&1) && log=''
		verdict "$dir builds with -Werror" "$log"
	done
}

# OpenWrt and Alpine; the headers of libraries are those of glibc's world
check_musl() {
	local include=/usr/include log

	log=$(musl-gcc -std=gnu11 -D_GNU_SOURCE -DVERSION='""' -Iinclude/uapi \
		-idirafter $include -idirafter $include/x86_64-linux-gnu \
		-fsyntax-only userspace/*.c 2>&1) && log=''
	verdict "userspace compiles with musl" "$log"
}

# check_spec KERNEL SOURCE
check_spec() {
	local log out

	verdict "the netlink spec is what the schema of $1 describes" "$(
		userspace/tests/spec.py \
		"$2/Documentation/netlink/genetlink-legacy.yaml" \
		Documentation/netlink/specs/nf_ct_vpn.yaml 2>&1)"
	out=$(mktemp -d)
	log=$(selftests/vm/ynl-inside.sh /build "$2" "$out" 2>&1) && log=''
	verdict "ynl of $1 makes a C client of it, which compiles" "$log"
	rm -r "$out"
}

check_picture() {
	verdict "the picture of the architecture is that of its text" "$(
		Documentation/picture.py < Documentation/architecture.txt |
		diff - Documentation/architecture.svg)"
}

# Each command is run by selftests/documents.sh or a test, or says why not
check_documents() {
	local sample=/tmp/sample

	. selftests/lib/documents.sh
	verdict "tests run what the documents have one type" "$(
		not_followed selftests/*.sh selftests/tests/*/*.sh)"
	verdict "and each block that has a name" "$(
		not_run selftests/*.sh selftests/tests/*/*.sh)"
	verdict "rows of tables have 120 columns at most" "$(
		awk '/^\|/ && length > 120 { print FILENAME ":" FNR }' \
			README.md Documentation/*.md)"
	printf '# Use\n\n    true\n\ntext\n\n%s\n\n    false\n' \
		'<!-- not run: why -->' > "$sample"
	DOCUMENTS=("$sample")
	is "$(not_followed /dev/null)" \
		"$sample: nothing runs block 1 below \"Use\"" \
		"a block that none of them runs is found, unless it says why"
	printf '<!-- run: %s -->\n' one two two > "$sample"
	printf 'run_block %s %s\n' "$sample" two "$sample" three > /tmp/runs
	is "$(not_run /tmp/runs | sed 's/.* \(.*\): .*/\1/')" \
		"$(printf '%s\n' two one three)" \
		"so is a name that nothing runs, that is there twice or not at all"
}

check_scripts() {
	local files

	mapfile -t files < <(scripts)
	each shellcheck "shellcheck -f gcc" "${files[@]}"
}

check_licences() {
	verdict "every source names its licence" "$(
		{ sources; scripts; find . -name 'Kbuild' -o -name 'Makefile'; } |
		xargs grep -LE 'SPDX-License-Identifier: (GPL-2.0-only|\(\(GPL-2.0 WITH Linux-syscall-note\) OR BSD-3-Clause\))')"
}

check_licences
check_scripts
check_checkpatch
check_kernel_doc
check_sizes
[ ! -f Kbuild ] || check_compiler
[ ! -f Kbuild ] || check_floors
[ ! -f dkms.conf ] || check_dkms
check_lacks
check_programs
check_musl
check_spec 6.12 /result
check_spec newest /mnt
check_picture
check_documents
done_testing
