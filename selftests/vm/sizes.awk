# SPDX-License-Identifier: GPL-2.0-only
#
# awk -f sizes.awk FILE...: says which sources have more than 500 lines, which
# headers more than 250, and which functions in C more than 60, from their name
# to the closing brace. The header of the ABI is one because it is installed as
# one.

function end_file() {
	limit = file ~ /\.h$/ ? 250 : 500
	if (lines > limit && file !~ /include\/uapi\//)
		print file ": " lines " lines, at most " limit
}

FNR == 1 {
	if (file)
		end_file()
	file = FILENAME
	inside = 0
}

{
	lines = FNR
}

# in kernel style only a function's name and its braces are in the first column
/^[a-z].*\(/ {
	name = $0
	begun = FNR
}

/^{$/ {
	inside = 1
}

/^}/ {
	if (inside && FNR - begun + 1 > 60)
		print file ":" begun ": " FNR - begun + 1 " lines, at most 60: " name
	inside = 0
}

END {
	end_file()
}
