// SPDX-License-Identifier: GPL-2.0-only
/*
 * option - what begins with "-", before the command and after it
 */
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "complete.h"
#include "guess.h"
#include "terminal.h"
#include "vpnct.h"

/* Those of one letter, as getopt() wants them. */
#define LETTERS "jptc:n:hV"

static const struct option longopts[] = {
	{ "json", no_argument, NULL, 'j' },
	{ "plain", no_argument, NULL, 'p' },
	{ "date", no_argument, NULL, 't' },
	{ "count", required_argument, NULL, 'c' },
	{ "dump", no_argument, NULL, 'D' },
	{ "dry-run", no_argument, NULL, 'N' },
	{ "prometheus", no_argument, NULL, 'P' },
	{ "netns", required_argument, NULL, 'n' },
	{ "color", optional_argument, NULL, 'C' },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{}
};

/* Those whose value may be the next word. */
#define WANTING "cn"

static const struct {
	char letter;
	bool everywhere; /* whatever the command */
	const char *text;
	const char *help;
} options[] = {
	{ 'j', false, "-j, --json", "JSON" },
	{ 'p', false, "-p, --plain",
	  "tab-separated, plain numbers, for programs" },
	{ 't', false, "-t, --date", "dates before times" },
	{ 'c', false, "-c, --count N", "end after N of them" },
	{ 'D', false, "--dump", "what there is already, first" },
	{ 'N', false, "--dry-run", "say what would be done, and do nothing" },
	{ 'P', false, "--prometheus", "metrics, as node_exporter reads them" },
	{ 'n', true, "-n, --netns NAME", "in another network namespace" },
	{ 'C', true, "--color[=WHEN]", "always; never; auto, on a terminal" },
	{ 'h', true, "-h, --help", "this text" },
};

void print_options(const char *letters)
{
	size_t i;

	printf("Options:\n");
	for (i = 0; i < ARRAY_SIZE(options); i++)
		if (options[i].everywhere || strchr(letters, options[i].letter))
			printf("  %-18s  %s\n", options[i].text,
			       options[i].help);
}

/* "--dump", without a value and without the short one */
static const char *name_of(char letter)
{
	static char name[16];
	const char *text = "";
	size_t i;

	for (i = 0; i < ARRAY_SIZE(options); i++)
		if (options[i].letter == letter)
			text = strstr(options[i].text, "--");
	snprintf(name, sizeof(name), "%.*s", (int)strcspn(text, " "), text);
	return name;
}

char option_letter(const char *word)
{
	const char *name;
	size_t i;

	if (word[1] != '-')
		return word[1];
	for (i = 0; i < ARRAY_SIZE(options); i++) {
		name = name_of(options[i].letter);
		if (!strncmp(word, name, strcspn(name, "[")))
			return options[i].letter;
	}
	return 0;
}

char option_wants_value(const char *word)
{
	char letter = word[1] == '-' ? option_letter(word) :
				       word[strlen(word) - 1];

	return !strchr(word, '=') && letter && strchr(WANTING, letter) ?
		       letter :
		       0;
}

void offer_options(struct completion *c, const char *letters,
		   const char *given)
{
	char word[16];
	size_t i, n;

	for (i = 0; i < ARRAY_SIZE(options); i++) {
		if (strchr(given, options[i].letter) ||
		    (letters && !options[i].everywhere &&
		     !strchr(letters, options[i].letter)))
			continue;
		snprintf(word, sizeof(word), "%s", name_of(options[i].letter));
		n = strcspn(word, "[");
		word[n] = '\0';
		offer(c, word, options[i].help);
		if (options[i].text[1] == '-')
			continue;
		snprintf(word, sizeof(word), "-%c", options[i].letter);
		offer(c, word, options[i].help);
	}
	if (!letters)
		offer(c, "--version", "the version of this tool");
}

int check_options(const struct options *opt, const char *where,
		  const char *letters)
{
	const char *given;

	for (given = opt->given; *given; given++) {
		if (strchr(letters, *given))
			continue;
		if (*given == 'j' || *given == 'p')
			return usage_error(where, "'%s' has no -j and no -p",
					   where);
		return usage_error(where, "'%s' has no %s", where,
				   name_of(*given));
	}
	return 0;
}

/* Remembers it for check_options(). */
static int set_given(struct options *opt, char letter)
{
	size_t n = strlen(opt->given);

	if (!strchr(opt->given, letter))
		opt->given[n] = letter;
	return 0;
}

static int set_format(struct options *opt, const char *where, char letter)
{
	enum format format = letter == 'j' ? FORMAT_JSON : FORMAT_TSV;

	if (opt->format != FORMAT_TEXT && opt->format != format)
		return usage_error(where, "-j and -p exclude each other");
	opt->format = format;
	return set_given(opt, letter);
}

static int set_count(struct options *opt, const char *where, const char *s)
{
	if (!parse_number(s, 10, UINT32_MAX, &opt->count) || !opt->count)
		return usage_error(where,
				   "--count '%s' is not a number from 1 on", s);
	return set_given(opt, 'c');
}

static int set_flag(struct options *opt, bool *flag, char letter)
{
	*flag = true;
	return set_given(opt, letter);
}

static int set_netns(struct options *opt, const char *where, const char *name)
{
	if (opt->netns)
		return usage_error(where, "--netns is given twice");
	opt->netns = name;
	return 0;
}

static int set_color(const char *where, const char *when)
{
	if (set_colour(when))
		return 0;
	return usage_error(where, "--color '%s' is unknown: auto, always or never",
			   when);
}

/*
 * Is @word "--NAME=VALUE", where NAME, which may be cut short, is the option of
 * @letter?
 */
static bool gave_value(const char *word, char letter)
{
	size_t n = strcspn(word, "=");
	const struct option *o = longopts;

	if (!word[n] || strncmp(word, "--", 2))
		return false;
	while (o->name && o->val != letter)
		o++;
	return o->name && !strncmp(word + 2, o->name, n - 2);
}

/* "--json, --plain": those that a command with @letters has */
static const char *options_text(char *buf, size_t size, const char *letters)
{
	size_t i, n = 0;

	for (i = 0; i < ARRAY_SIZE(options) && n < size; i++)
		if (options[i].everywhere || strchr(letters, options[i].letter))
			n += snprintf(buf + n, size - n, "%s%s",
				      n ? ", " : "",
				      name_of(options[i].letter));
	return buf;
}

static int unknown_option(const char *where, const char *letters,
			  const char *word)
{
	const struct option *o;
	char name[32] = "", text[128];
	struct guess guess = { .word = name };

	if (!optopt)
		snprintf(name, sizeof(name), "%.*s",
			 (int)strcspn(word + 2, "="), word + 2);
	for (o = longopts; o->name; o++)
		guess_alias(&guess, o->name);
	if (guess.best)
		return usage_error(where,
				   "unknown option '%s': did you mean '--%s'?",
				   word, guess.best);
	options_text(text, sizeof(text), letters);
	if (optopt)
		return usage_error(where, "unknown option '-%c': say %s",
				   optopt, text);
	return usage_error(where, "unknown option '%s': say %s", word, text);
}

/*
 * @word: what getopt looked at last; while a letter of "-jx" is left it is the
 * word before that
 */
static int bad_option(const char *where, const char *letters, const char *word)
{
	if (gave_value(word, optopt))
		return usage_error(where, "bad option '%s': it takes no value",
				   word);
	if (optopt >= '0' && optopt <= '9' && word[0] == '-' &&
	    word[1] == optopt)
		return usage_error(where, "'%s' is negative", word);
	return unknown_option(where, letters, word);
}

static int got_option(struct options *opt, const char *where,
		      const char *letters, int c, const char *word)
{
	switch (c) {
	case 'j':
	case 'p':
		return set_format(opt, where, c);
	case 't':
		return set_flag(opt, &opt->dates, c);
	case 'D':
		return set_flag(opt, &opt->dump, c);
	case 'N':
		return set_flag(opt, &opt->dry_run, c);
	case 'P':
		return set_flag(opt, &opt->prometheus, c);
	case 'c':
		return set_count(opt, where, optarg);
	case 'n':
		return set_netns(opt, where, optarg);
	case 'C':
		return set_color(where, optarg ?: "always");
	case 'h':
		opt->help = true;
		return 0;
	case 'V':
		opt->version = true;
		return 0;
	case ':':
		return usage_error(where, "%s needs a value", word);
	default:
		return bad_option(where, letters, word);
	}
}

/*
 * Options may stand before the command and after it. Before it the first
 * other word ends them; after it they may stand anywhere: @nested are those of
 * the command then, and NULL before it.
 * Leaves optind at the first word that isn't an option.
 */
int parse_options(struct options *opt, int argc, char **argv,
		  const char *nested)
{
	const char *where = nested ? argv[0] : "";
	const char *letters = nested ? ":" LETTERS : "+:" LETTERS;
	int c, err;

	optind = 0; /* glibc: start again, with another argv */
	while ((c = getopt_long(argc, argv, letters, longopts, NULL)) != -1) {
		err = got_option(opt, where, nested ?: "jp", c,
				 argv[optind - 1]);
		if (err)
			return err;
	}
	if (nested && opt->version)
		return usage_error(where, "--version is no option of '%s'",
				   where);
	return 0;
}
