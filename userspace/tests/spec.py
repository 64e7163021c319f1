#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""spec.py SCHEMA SPEC: is the netlink spec what the kernel's schema describes?

SCHEMA is Documentation/netlink/genetlink-legacy.yaml of a kernel. Says what is
wrong and where.
"""
import sys

import jsonschema
import yaml


def load(path):
    with open(path, encoding="utf-8") as f:
        return yaml.safe_load(f)


def main():
    validator = jsonschema.Draft7Validator(load(sys.argv[1]))
    bad = 0
    for error in validator.iter_errors(load(sys.argv[2])):
        print("# at", error.json_path, ":", error.message[:200])
        bad = 1
    return bad


sys.exit(main())
