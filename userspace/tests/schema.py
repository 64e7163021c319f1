#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""schema.py SCHEMA NAME [--lines] < JSON: is it what $defs/NAME describes?

With --lines every line is a document of its own. Says what is wrong and where.
"""
import json
import sys

import jsonschema


def main():
    with open(sys.argv[1], encoding="utf-8") as f:
        schema = json.load(f)
    schema["$ref"] = "#/$defs/" + sys.argv[2]
    validator = jsonschema.Draft202012Validator(schema)
    if "--lines" in sys.argv:
        documents = [json.loads(line) for line in sys.stdin]
    else:
        documents = [json.load(sys.stdin)]
    bad = 0
    for document in documents:
        for error in validator.iter_errors(document):
            print("# at", error.json_path, ":", error.message[:200])
            bad = 1
    if not documents:
        print("# nothing to check")
        bad = 1
    return bad


sys.exit(main())
