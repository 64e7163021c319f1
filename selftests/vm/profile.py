#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""profile.py DIR [ALL]: a table by function of what packets execute.

DIR has WHAT,KIND,HOSTS.executed, instructions of floods as executed.sh leaves
them, and profile.kallsyms. Of each flood the packet of median length counts: from
one call of what sends a packet to the next."""
import bisect
import collections
import os
import re
import sys

BEGIN = 'packet_sendmsg'
KINDS = ['esp-out', 'esp-in', 'ike-out', 'ike-in']
WHATS = ['notrack', 'stock', 'ours']
LINE = re.compile(r'Trace \d+: \S+ \[[0-9a-f]+/([0-9a-f]+)/')


class Symbols:
    """Functions by address."""
    def __init__(self, path):
        symbols = {}
        with open(path, encoding='ascii') as file:
            for line in file:
                address, kind, name, *module = line.split()
                if kind in 'tTwW':
                    symbols[int(address, 16)] = ' '.join([name] + module)
        self.address = sorted(symbols)
        self.name = [symbols[a] for a in self.address]

    def find(self, address):
        """The function that has an address."""
        i = bisect.bisect_right(self.address, address) - 1
        return self.name[i] if i >= 0 else '?'

    def begin(self, name):
        """Where a function begins."""
        for address, found in zip(self.address, self.name):
            if found.split()[0] == name:
                return address
        sys.exit(f'no function {name}')


def executed(path):
    """Addresses of the instructions that a log has."""
    addresses = []
    with open(path, encoding='ascii', errors='replace') as file:
        for line in file:
            found = LINE.match(line)
            if found:
                addresses.append(int(found.group(1), 16))
            elif line.startswith('Stopped') and addresses:
                addresses.pop()     # it was begun, and is logged again
    return addresses


def median_packet(addresses, begin):
    """The instructions of the packet of median length."""
    at = [i for i, a in enumerate(addresses) if a == begin]
    packets = [addresses[a:b] for a, b in zip(at, at[1:])]
    if not packets:
        return []
    return sorted(packets, key=len)[len(packets) // 2]


def table(counts, everything):
    """Rows of functions, those with the largest difference first."""
    columns = [(w, k) for k in KINDS for w in WHATS]
    print(' ' * 44 + ''.join(f'{k:>21}' for k in KINDS))
    print(' ' * 44 + ''.join(f'{w:>7}' for _, w in
                             ((k, w) for k in KINDS for w in WHATS)))
    total = [sum(counts[c].values()) for c in columns]
    names = set().union(*(counts[c] for c in columns))

    def figures(name):
        return [counts[c][name] for c in columns]

    def weight(name):
        got = figures(name)
        return -max(got[2::3]), -max(got), name

    print(f'{"all":44}' + ''.join(f'{n:7}' for n in total))
    for name in sorted(names, key=weight):
        got = figures(name)
        same = all(len(set(got[i:i + 3])) == 1 for i in range(0, len(got), 3))
        if everything or not same:
            print(f'{name:44}' + ''.join(f'{n:7}' for n in got))


def main():
    """Reads all logs, prints the table."""
    where = sys.argv[1]
    symbols = Symbols(os.path.join(where, 'profile.kallsyms'))
    begin = symbols.begin(BEGIN)
    counts = collections.defaultdict(collections.Counter)
    for name in os.listdir(where):
        if not name.endswith('.executed'):
            continue
        what, kind, _ = name.split(',')
        packet = median_packet(executed(os.path.join(where, name)), begin)
        counts[what, kind] = collections.Counter(map(symbols.find, packet))
    table(counts, len(sys.argv) > 2 and sys.argv[2])


if __name__ == '__main__':
    main()
