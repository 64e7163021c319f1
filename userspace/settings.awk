# SPDX-License-Identifier: GPL-2.0-only
#
# settings.awk -v VERSION=... nf_conntrack_vpn-sysctl.rst: its man page

# markup, which may go on in the next line, and what groff would take for a
# command
function text(s)
{
	gsub(/-/, "\\-", s)
	while (sub(/``/, bold ? "\\fR" : "\\fB", s))
		bold = !bold
	print (s ~ /^[.']/ ? "\\&" : "") s
}

# not before the first text of a setting
function between(macro)
{
	if (begun)
		print macro
}

BEGIN {
	begun = 1
	print ".TH NF_CONNTRACK_VPN 7 \"\" \"nf\\-conntrack\\-vpn " VERSION "\""
	print ".SH NAME"
	print "nf_conntrack_vpn \\- settings of VPN connection tracking"
	print ".SH DESCRIPTION"
	print "Sysctls under"
	print ".IR net.netfilter ."
}

/^\.\. / || /^=+$/ || /ariables/ { next }

/^nf_conntrack_[a-z_]* - / {
	if (!settings++)
		print ".SH SETTINGS"
	type = $0
	sub(/^[^ ]* - /, "", type)
	print ".TP\n.BR " $1 " \" \\- " type "\""
	begun = 0
	next
}

/^[ \t]*$/ { blank = 1; next }

{
	sub(/^\t/, "")
	if (sub(/^- /, ""))
		between(".br")
	else if (blank)
		between(settings ? ".sp" : ".PP")
	sub(/^[ \t]+/, "")
	text($0)
	begun = 1
	blank = 0
}

END {
	print ".SH SEE ALSO"
	print ".BR vpnct (8),"
	print ".BR sysctl (8),"
	print ".BR sysctl.d (5)"
}
