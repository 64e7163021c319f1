# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# The documents' commands, run as their reader would: documents.awk takes them
# from there. Sourced after lib.sh by what runs them, and by make check, which
# wants each block to be followed by something, or a reason in the document why
# not.

DOCUMENTS=(README.md Documentation/HOWTO.md contrib/README userspace/vpnct.8)
TREE=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# "at NAME": where they are typed
TYPED=()
# what goes on until somebody presses ^C
ENDLESS='^vpnct .*monitor'

# commands DOCUMENT: see documents.awk
commands() {
	(cd "$TREE" && awk -f selftests/lib/documents.awk "$1")
}

# follow DOCUMENT "HEADING" [N]: types what block N below HEADING has, or what
# all have, in the folder of the document; each command is an assertion
follow() {
	local heading number reason command followed=''

	while IFS=$'\t' read -r heading number reason command; do
		[ "$heading $reason" = "$2 -" ] || continue
		[ "${3:-$number}" = "$number" ] || continue
		followed=1
		follow_command "$1" "$command"
	done < <(commands "$1")
	[ -n "$followed" ] || not_ok "$1 has commands below $2 ${3:-}"
}

# follow_command DOCUMENT COMMAND
follow_command() {
	local start=$EPOCHSECONDS limit=(timeout $((600 * ${SLOW:-1}))) out status

	[[ ! $2 =~ $ENDLESS ]] || limit=(timeout -s INT 3)
	out=$(cd "$TREE/$(dirname "$1")" && "${TYPED[@]}" "${limit[@]}" \
		bash -o pipefail -c "$2" < /dev/null 2>&1)
	status=$?
	if [ "$status" = 124 ] && [[ $2 =~ $ENDLESS ]]; then
		status=0
	fi
	check "$1: $2" [ "$status" = 0 ] || diag "$(tail -n 30 <<< "$out")"
	diag "took $((EPOCHSECONDS - start)) s"
}

# named NAME DOCUMENT [name|kind]: the text of a block, or what is after its ```
named() {
	awk -v "${3:-name}=$1" -f "$TREE/selftests/lib/documents.awk" \
		"$TREE/$2"
}

# run_block DOCUMENT NAME: gives a block to nft or to a shell, whichever it
# says it is for; an assertion
run_block() {
	local interpreter=(bash -e) out

	[ "$(named "$2" "$1" kind)" != nft ] || interpreter=(nft -f -)
	out=$(named "$2" "$1" | "${TYPED[@]}" "${interpreter[@]}" 2>&1)
	check "$1: $2" [ $? = 0 ] || diag "$out"
}

# not_run FILE...: named blocks that no "run_block" in FILEs runs, names that two
# blocks have, and what FILEs would run that isn't there
not_run() {
	local document names runs

	names=$(cd "$TREE" && for document in "${DOCUMENTS[@]}"; do
		sed -n "s,^<!-- run: \([^ ]*\) -->$,$document \1,p" "$document"
	done | sort)
	runs=$(sed -n 's/^[[:space:]]*run_block \([^ ]* [^ ]*\)$/\1/p' "$@" |
		sort -u)
	uniq -d <<< "$names" | sed 's/$/: two blocks have this name/'
	comm -23 <(sort -u <<< "$names") <(echo "$runs") |
		sed 's/$/: nothing runs this block/'
	comm -13 <(sort -u <<< "$names") <(echo "$runs") |
		sed 's/$/: there is no such block to run/'
}

# not_followed FILE...: blocks that no "follow" in FILEs runs, and what they
# would run that isn't there
not_followed() {
	local document

	for document in "${DOCUMENTS[@]}"; do
		commands "$document" | sed "s,^,$document\t,"
	done | awk -F '\t' -v files="$*" '
		$4 == "-" { wanted[$1 FS $2] = wanted[$1 FS $2] " " $3 }
		END {
			n = split(files, file, " ")
			for (i = 1; i <= n; i++)
				while ((getline line < file[i]) > 0)
					follows(file[i], line)
			for (key in wanted) {
				split(key, part, FS)
				m = split(wanted[key], number, " ")
				for (i = 1; i <= m; i++)
					missing(part[1], part[2], number[i])
			}
		}
		function follows(name, line, part, key, number)
		{
			if (line !~ /^[ \t]*follow [^ ]+ ".*"( [0-9]+)?$/)
				return
			split(line, part, "\"")
			key = part[1]
			sub(/^[ \t]*follow /, "", key)
			sub(/ $/, "", key)
			key = key FS part[2]
			number = part[3] + 0
			if (!(key in wanted) || number &&
			    index(wanted[key] " ", " " number " ") == 0)
				print name ": nothing to follow: " line
			followed[key FS number] = 1
		}
		function missing(document, heading, number)
		{
			if ((document FS heading FS 0) in followed ||
			    (document FS heading FS number) in followed)
				return
			followed[document FS heading FS number] = 1
			print document ": nothing runs block " number \
				" below \"" heading "\""
		}'
}
