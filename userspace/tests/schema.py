#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""schema.py SCHEMA NAME=FILE...: is FILE what $defs/NAME describes?

Every line of a FILE.jsonl is a document of its own. Prints "NAME: good", or what
is wrong and where."""
import json
import sys

import jsonschema


def documents(path):
    """What is in a file."""
    with open(path, encoding="utf-8") as file:
        if path.endswith(".jsonl"):
            return [json.loads(line) for line in file]
        return [json.load(file)]


def complaints(schema, name, path):
    """What is wrong with a file."""
    part = dict(schema, **{"$ref": "#/$defs/" + name})
    validator = jsonschema.Draft202012Validator(part)
    try:
        found = documents(path)
    except ValueError as error:
        return [str(error)]
    if not found:
        return ["nothing to check"]
    return [f"at {error.json_path}: {error.message[:200]}"
            for document in found
            for error in validator.iter_errors(document)]


def main():
    bad = False
    with open(sys.argv[1], encoding="utf-8") as file:
        schema = json.load(file)
    for argument in sys.argv[2:]:
        name, path = argument.split("=", 1)
        wrong = complaints(schema, name, path)
        bad = bad or wrong
        for line in wrong or ["good"]:
            print(f"{name}: {line}")
    return 1 if bad else 0


sys.exit(main())
