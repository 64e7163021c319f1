# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# A private apt: looks into several Debian releases without touching the
# sources of the machine, takes the mirrors from them, and downloads packages
# that are never installed. Sourced after lib.sh.

APT=$CACHE/apt
KEYRING=/usr/share/keyrings/debian-archive-keyring.gpg

# mirror PATTERN: the first mirror of the machine's own sources that carries a
# release whose name matches PATTERN
mirror() {
	# shellcheck disable=SC2016
	apt-get indextargets --format \
		'$(CREATED_BY) $(COMPONENT) $(ORIGIN) $(RELEASE) $(REPO_URI)' |
	awk -v pattern="^($1)\$" '
		$1 == "Packages" && $2 == "main" && NF == 5 &&
		$3 == "Debian" && $4 ~ pattern { print $5; exit }'
}

apt_sources() {
	local main security suite
	local deb="deb [signed-by=$KEYRING]"

	main=$(mirror '(bookworm|trixie|stable|oldstable)')
	security=$(mirror '(bookworm|trixie|stable|oldstable)-security')
	[ -n "$main" ] || die "no Debian mirror in the sources of apt" \
		"(has apt-get update been run?)"
	for suite in trixie trixie-backports bookworm; do
		echo "$deb $main $suite main"
	done
	for suite in trixie-security bookworm-security; do
		[ -z "$security" ] || echo "$deb $security $suite main"
	done
}

# How the machine reaches its mirrors (proxies and the like); mmdebstrap and
# chroots don't look at the host's apt.conf.
apt_transport() {
	apt-config dump --format '%F "%v";%n' Acquire |
	grep -E '^Acquire::(http|https|Check-|Retries|Force|Queue)[^ ]* "[^"]+";'
}

# debian_root TMP SUITE POCKETS PACKAGES [ARGUMENT...]: SUITE and its POCKETS (a
# regular expression) with PACKAGES (separated by commas) in TMP/root; ARGUMENTs
# are mmdebstrap's
debian_root() {
	local tmp=$1 suite=$2 pockets=$3 packages=$4 mode=root

	shift 4
	[ "$EUID" = 0 ] || mode=unshare
	apt_transport > "$tmp/apt.conf"
	grep -E " $suite(-($pockets))? " "$APT/sources.list" > "$tmp/sources"
	mmdebstrap --mode=$mode --variant=minbase --format=tar --quiet \
		--aptopt="$tmp/apt.conf" --aptopt='Acquire::Languages "none"' \
		--include="$packages" "$@" \
		"$suite" "$tmp/root.tar" "$tmp/sources" >&2 || return
	mkdir "$tmp/root"
	as_root tar -xf "$tmp/root.tar" -C "$tmp/root" --numeric-owner \
		--exclude='./dev/*' || return
	rm "$tmp/root.tar"
}

apt_conf() {
	cat <<-CONF
	#clear APT::Update::Pre-Invoke;
	#clear APT::Update::Post-Invoke;
	#clear APT::Update::Post-Invoke-Success;
	#clear Acquire::IndexTargets::deb::DEP-11;
	APT::Architecture "amd64";
	APT::Architectures { "amd64"; };
	APT::Sandbox::User "";
	Acquire::Languages "none";
	Dir::State "$APT/state";
	Dir::State::status "/dev/null";
	Dir::Cache "$APT/cache";
	Dir::Etc::sourcelist "$APT/sources.list";
	Dir::Cache::pkgcache "pkgcache.bin";
	Dir::Cache::srcpkgcache "srcpkgcache.bin";
	Dir::Etc::sourceparts "$APT/none";
	Dir::Etc::preferences "$APT/none/preferences";
	Dir::Etc::preferencesparts "$APT/none";
	CONF
}

# Looks for newer packages at most once a day, and does without a network
# once everything is in the cache.
apt_setup() {
	[ "$(dpkg --print-architecture)" = amd64 ] ||
		die "kernels and images are those of amd64"
	mkdir -p "$APT"/{cache/archives/partial,state/lists/partial,none}
	lock "$APT/lock"
	if [ -z "$(find "$APT/updated" -mtime -1 2>/dev/null)" ]; then
		apt_sources > "$APT/sources.list.new" || exit
		mv "$APT/sources.list.new" "$APT/sources.list"
		apt_conf > "$APT/apt.conf"
		say "updating the package lists (private, in $APT)"
		if apt-get -c "$APT/apt.conf" -qq update >&2; then
			touch "$APT/updated"
		elif [ ! -e "$APT/updated" ]; then
			die "apt-get update failed"
		fi
	fi
	unlock
}

apt_cache() {
	apt-cache -c "$APT/apt.conf" "$@"
}

# newest PACKAGE SERIES: its newest version that is SERIES or SERIES.anything
newest() {
	apt_cache madison "$1" | awk -F' *[|] *' '{ print $2 }' |
	grep -E "^${2//./\\.}([.-]|\$)" | sort -uV | tail -n 1
}

# size_of PACKAGE[=VERSION]...: "N packages, M MB"
size_of() {
	apt-get -c "$APT/apt.conf" -qq --print-uris download "$@" |
	awk '{ sum += $3 } END { printf "%d packages, %.0f MB\n", NR, sum / 1e6 }'
}

# fetch DIR PACKAGE[=VERSION]...: downloads and unpacks packages below DIR
fetch() {
	local dir=$1 debs deb

	shift
	debs=$(mktemp -d "$CACHE/debs.XXXXXX") || exit
	say "downloading $(size_of "$@")"
	(cd "$debs" && apt-get -c "$APT/apt.conf" -qq download "$@" >&2) &&
		for deb in "$debs"/*.deb; do
			dpkg-deb -x "$deb" "$dir" || exit
		done
	set -- $?
	rm -rf "$debs"
	return "$1"
}
