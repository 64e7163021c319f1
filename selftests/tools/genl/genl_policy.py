#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""genl_policy.py SPEC: does the kernel take what the netlink spec says?

Asks the kernel for the policies of the family and holds them against the
requests of each operation in the YAML spec: which attributes, their types,
ranges and lengths. Prints TAP.
"""
import socket
import struct
import sys

import yaml

NETLINK_GENERIC, NLM_F_REQUEST, NLM_F_DUMP = 16, 0x1, 0x300
NLMSG_ERROR, NLMSG_DONE = 2, 3
# linux/genetlink.h
GENL_ID_CTRL, CTRL_CMD_GETPOLICY = 0x10, 10
CTRL_ATTR_FAMILY_NAME, CTRL_ATTR_POLICY, CTRL_ATTR_OP_POLICY = 2, 8, 9
CTRL_ATTR_POLICY_MODE = {1: "do", 2: "dump"}
# linux/netlink.h: enum netlink_attribute_type, enum netlink_policy_type_attr
TYPES = {2: "u8", 3: "u16", 4: "u32", 5: "u64", 10: "binary"}
TYPE, MIN_VALUE, MAX_VALUE, MIN_LENGTH, MAX_LENGTH = 1, 4, 5, 6, 7


def attributes(data):
    """(number, payload) of each netlink attribute in data"""
    while len(data) >= 4:
        length, number = struct.unpack_from("=HH", data)
        yield number & 0x3FFF, data[4:length]
        data = data[(length + 3) & ~3:]


def number_in(data):
    return int.from_bytes(data, sys.byteorder)


def ask(family):
    """attributes of all answers to a dump of a family's policies"""
    name = family.encode() + b"\0"
    request = struct.pack("=BBHHH", CTRL_CMD_GETPOLICY, 1, 0,
                          4 + len(name), CTRL_ATTR_FAMILY_NAME)
    request += name + b"\0" * (-len(name) % 4)
    header = struct.pack("=IHHII", 16 + len(request), GENL_ID_CTRL,
                         NLM_F_REQUEST | NLM_F_DUMP, 1, 0)
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW,
                       NETLINK_GENERIC) as s:
        s.send(header + request)
        while True:
            data = s.recv(1 << 16)
            while data:
                length, kind = struct.unpack_from("=IH", data)
                if kind == NLMSG_DONE:
                    return
                if kind == NLMSG_ERROR:
                    sys.exit("Bail out! the kernel refuses to tell")
                yield from attributes(data[20:length])
                data = data[(length + 3) & ~3:]


def limits_of(policy):
    """(type, lowest, highest) of one attribute, by the kernel"""
    told = {number: number_in(data) for number, data in attributes(policy)}
    kind = TYPES.get(told[TYPE], told[TYPE])
    if kind == "binary":
        return kind, told.get(MIN_LENGTH, 0), told.get(MAX_LENGTH)
    return kind, told.get(MIN_VALUE), told.get(MAX_VALUE)


def kernel_policies(family):
    """{(command, mode): {attribute: limits}}"""
    index, policies = {}, {}
    for number, data in ask(family):
        for key, value in attributes(data):
            if number == CTRL_ATTR_OP_POLICY:
                for mode, which in attributes(value):
                    mode = CTRL_ATTR_POLICY_MODE[mode]
                    index[key, mode] = number_in(which)
            elif number == CTRL_ATTR_POLICY:
                for attr, policy in attributes(value):
                    limits = policies.setdefault(key, {})
                    limits[attr] = limits_of(policy)
    return {op: policies.get(i, {}) for op, i in index.items()}


class Spec:
    def __init__(self, path):
        with open(path, encoding="utf-8") as f:
            self.spec = yaml.safe_load(f)
        self.enums = {d["name"]: d["entries"]
                      for d in self.spec["definitions"]}
        self.sets = {s["name"]: s["attributes"]
                     for s in self.spec["attribute-sets"]}
        self.operations = list(enumerate(self.spec["operations"]["list"]))

    def limits_of(self, attr):
        checks, kind = attr.get("checks", {}), attr["type"]
        if kind == "binary":
            return kind, checks.get("min-len", 0), checks.get("max-len")
        highest = 2 ** int(kind[1:]) - 1
        if "enum" in attr:
            highest = len(self.enums[attr["enum"]]) - 1
        return kind, checks.get("min", 0), checks.get("max", highest)

    def policies(self):
        """as kernel_policies(), of what asks"""
        found = {}
        for number, op in self.operations:
            attrs = list(enumerate(self.sets.get(op.get("attribute-set"), [])))
            for mode in {"do", "dump"} & op.keys():
                wanted = op[mode].get("request", {}).get("attributes", [])
                found[number, mode] = {
                    i: self.limits_of(attr) for i, attr in attrs
                    if attr["name"] in wanted}
        return found


def main():
    spec = Spec(sys.argv[1])
    want, have = spec.policies(), kernel_policies(spec.spec["name"])
    names = {number: op["name"] for number, op in spec.operations}
    tests = sorted(want.keys() | have.keys())
    for number, mode in tests:
        op = number, mode
        good = want.get(op) == have.get(op)
        print("ok" if good else "not ok", "-", names.get(number, number),
              f"({mode}): the kernel takes what the spec says")
        if not good:
            print("# spec:  ", want.get(op))
            print("# kernel:", have.get(op))
    print(f"1..{len(tests)}")
    return want != have


sys.exit(main())
