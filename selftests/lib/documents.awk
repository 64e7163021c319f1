# SPDX-License-Identifier: GPL-2.0-only
#
# What a document tells its reader to type, a command a line:
#
#   HEADING <tab> NUMBER OF THE BLOCK BELOW IT <tab> REASON <tab> COMMAND
#
# In Markdown and plain text, what is fenced, or indented by four columns after an
# empty line; in a man page, what is bold in EXAMPLES. REASON is "-", or what the
# comment before the block (in a man page, before the command) says:
#
#   <!-- not run: REASON -->	Markdown
#   .. not run: REASON		plain text
#   .\" not run: REASON		man page
#
# A Markdown block that is a file or a script rather than commands has a name,
# <!-- run: NAME -->; REASON is then "run: NAME". With -v name=NAME its text is
# printed, as it is there, and nothing else; with -v kind=NAME what follows ```.

function put(command)
{
	if (name != "" || kind != "")
		return
	printf "%s\t%d\t%s\t%s\n", heading, number, reason, command
}

function named(text)
{
	if (reason == "run: " name)
		print text
}

# a line of a block; continued lines become one
function line(text)
{
	if (!open) {
		number++
		open = 1
	}
	sub(/^[ \t]+/, "", text)
	if (sub(/\\$/, "", text)) {
		joined = joined text
		return
	}
	put(joined text)
	joined = ""
}

function close_block()
{
	if (open)
		reason = "-"
	open = 0
	joined = ""
}

function head(text)
{
	close_block()
	heading = text
	number = 0
	reason = "-"
}

# the reason in a comment, or nothing
function marker(text)
{
	if (!match(text, /not run: *[^ ]/))
		return ""
	text = substr(text, RSTART + 8)
	sub(/ *-->.*/, "", text)
	sub(/^ */, "", text)
	return text
}

function unroff(text)
{
	sub(/^\.B */, "", text)
	gsub(/\\\(aq/, "'", text)
	gsub(/\\\(dq/, "\"", text)
	gsub(/\\-/, "-", text)
	gsub(/\\et/, "\\t", text)
	return text
}

BEGIN { reason = "-" }
# the name of the block that follows
/^<!-- run: [a-z0-9-]+ -->$/ {
	close_block()
	reason = "run: " $3
	next
}
FNR == 1 { man = FILENAME ~ /\.[1-8]$/ }

man && /^\.SH / {
	head(substr($0, 5))
	next
}
man && heading == "EXAMPLES" && /^\.\\" / && marker($0) != "" {
	reason = marker($0)
	next
}
man && heading == "EXAMPLES" && /^\.B / {
	number = 1
	put(unroff($0))
	reason = "-"
	next
}
man { next }

/^```/ {
	fenced = !fenced
	if (fenced && reason == "run: " kind)
		print substr($0, 4)
	if (!fenced)
		close_block()
	next
}
fenced {
	named($0)
	line($0)
	next
}
/^#+ / {
	sub(/^#+ */, "")
	head($0)
	empty = 1
	next
}
/^(===+|---+)$/ && last != "" {
	head(last)
	empty = 1
	last = ""
	next
}
/^(<!--|\.\.) / && marker($0) != "" {
	close_block()
	reason = marker($0)
	next
}
/^[ \t]*$/ {
	close_block()
	empty = 1
	last = ""
	next
}
/^(    |\t)/ && (empty || open) {
	line($0)
	empty = 0
	next
}
{
	close_block()
	empty = 0
	last = $0
}
