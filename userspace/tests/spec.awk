# SPDX-License-Identifier: GPL-2.0-only
#
# The YAML spec of the netlink family as lines of C:
#   SPEC_VALUE(definition, name, NF_CT_VPN_..., value)
#   SPEC_ATTR(set, name, type, NF_CT_VPN_A_..., value)
#   SPEC_CMD(name, NF_CT_VPN_CMD_..., value)
# Reads the subset of YAML that the spec is written in: two spaces a level,
# list items below a lone dash.

function c_name(prefix, name)
{
	name = toupper(prefix name)
	gsub(/-/, "_", name)
	return name
}

function flush_item()
{
	if (item == "" || subset) {
		item = ""
		return
	}
	if (value != "")
		number = value + 0
	if (section == "definitions")
		printf "SPEC_VALUE(%s, \"%s\", %s, %d)\n", set, item,
			c_name(prefix, item), number
	else if (section == "attribute-sets")
		printf "SPEC_ATTR(%s, \"%s\", \"%s\", %s, %d)\n", set, item,
			type, c_name(prefix, item), number
	else
		printf "SPEC_CMD(\"%s\", %s, %d)\n", item,
			c_name(prefix, item), number
	number++
	item = type = value = ""
}

# Prefix and names of a definition or a set come before its members.
/^[a-z]/ {
	flush_item()
	section = $1
	sub(/:$/, "", section)
	prefix = ""
	number = 0
	next
}

section !~ /^(definitions|attribute-sets|operations)$/ { next }

/^  -$/ {
	flush_item()
	set = prefix = ""
	number = subset = 0
}
# names of another set's attributes, which have their numbers there
/^    subset-of: /	{ subset = 1 }
/^    -$|^      -$/	{ flush_item() }
/^    name: /		{ set = $2 }
/^    name-prefix: |^  name-prefix: / { prefix = $2 }
/^      name: |^        name: / { item = $2 }
/^        type: /	{ type = $2 }
/^        value: |^      value: / { value = $2 }

END { flush_item() }
