#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""floors.py FLOORS DIR: holds a built tree against its floors.

An arrow a -> b: object file a uses a symbol that b defines, or source a includes
a header of b's folder. Complains about each arrow that FLOORS doesn't allow,
about object files that use each other in a circle, and about what a module
exports though no other one uses it, or by a name that isn't the module's. Exits 1
if there are any."""
import os
import re
import subprocess
import sys

SPECIAL = ('init_module', 'cleanup_module')

# How the compiler is told of an export: before Linux 6.5, and since
EXPORT = re.compile(r'__(?:ksymtab|export_symbol)_(\w+)$')

# What the names of a module's exports begin with, perhaps after "__"
PREFIXES = {'core': 'nf_vpn_', 'esp': 'nf_esp_', 'nat': 'nf_nat_esp_',
            'isakmp': 'nf_isakmp_', 'pptp': 'nf_pptp_'}


def read_floors(path):
    """The floors, and by floor those that it may use."""
    floors = {}
    with open(path, encoding='utf-8') as file:
        for line in file:
            name, _, below = line.partition('#')[0].partition(':')
            if name.strip():
                floors[name.strip()] = below.split()
    return floors


def floor_of(name, floors):
    """The floor of a source file without its suffix; None for none."""
    if name in floors:
        return name
    folder = os.path.dirname(name)
    return folder if folder in floors else None


def sources(top, floors):
    """Names of the sources that make object files."""
    for folder, dirs, files in os.walk(top):
        dirs[:] = [d for d in dirs if not d.startswith('.')]
        for file in sorted(files):
            name = os.path.relpath(os.path.join(folder, file), top)
            if name.endswith('.c') and floor_of(name[:-2], floors):
                yield name[:-2]


def object_of(top, name):
    """A module's own file is compiled to NAME_main.o."""
    main = os.path.join(top, name + '_main.o')
    return main if os.path.exists(main) else os.path.join(top, name + '.o')


def module_of(name, floors):
    """The folder that a source's module is named after."""
    folder = os.path.dirname(name) or floors[name][0]
    return 'core' if folder == 'netlink' else folder


def symbols(path):
    """Symbols that an object file uses, those that it defines, and exports."""
    used, defined, exported = set(), set(), set()
    out = subprocess.run(['nm', path], text=True, check=True,
                         capture_output=True).stdout
    for line in out.splitlines():
        kind, symbol = line.split()[-2:]
        export = EXPORT.match(symbol)
        if export:
            exported.add(export.group(1))
        elif kind == 'U':
            used.add(symbol)
        elif kind in 'TDBRVW' and symbol not in SPECIAL:
            defined.add(symbol)
    return used, defined, exported


def object_arrows(top, names):
    """By file, the files that it uses, each with the symbols; by file, exports."""
    used, owner, exports = {}, {}, {}
    for name in names:
        used[name], defined, exports[name] = symbols(object_of(top, name))
        owner.update(dict.fromkeys(defined, name))
    arrows = {}
    for name in names:
        arrows[name] = {}
        for symbol in sorted(used[name]):
            other = owner.get(symbol, name)
            if other != name:
                arrows[name].setdefault(other, []).append(symbol)
    return arrows, exports


def bad_exports(name, exported, arrows, floors):
    """What is wrong with the exports of a source."""
    module = module_of(name, floors)
    needed = set()
    for user in arrows:
        if module_of(user, floors) != module:
            needed.update(arrows[user].get(name, []))
    for symbol in sorted(exported):
        if symbol not in needed:
            yield f'{name} exports {symbol}, which no other module uses'
        if not symbol.lstrip('_').startswith(PREFIXES[module]):
            yield f'{name} exports {symbol}, not {PREFIXES[module]}...'


def headers(top, name):
    """Headers of the tree that a source includes."""
    with open(os.path.join(top, name + '.c'), encoding='utf-8') as file:
        return re.findall(r'^#include "(\w+/\w+)\.h"', file.read(), re.M)


def is_allowed(a, b, floors):
    """May file a use file b?"""
    floor, other = floor_of(a, floors), floor_of(b, floors)
    return other is None or other == floor or other in floors[floor]


def circles(arrows):
    """Strongly connected components of more than one file (Tarjan)."""
    index, low, stack, found = {}, {}, [], []

    def visit(node):
        index[node] = low[node] = len(index)
        stack.append(node)
        for other in arrows[node]:
            if other not in index:
                visit(other)
                low[node] = min(low[node], low[other])
            elif other in stack:
                low[node] = min(low[node], index[other])
        if low[node] == index[node]:
            at = stack.index(node)
            if len(stack) - at > 1:
                found.append(stack[at:])
            del stack[at:]

    for node in arrows:
        if node not in index:
            visit(node)
    return found


def main():
    """Prints what is wrong."""
    floors, top = read_floors(sys.argv[1]), sys.argv[2]
    names = list(sources(top, floors))
    arrows, exports = object_arrows(top, names)
    wrong = []
    for a in names:
        wrong += [f'{a} may not use {b}: {", ".join(arrows[a][b])}'
                  for b in arrows[a] if not is_allowed(a, b, floors)]
        wrong += [f'{a} may not include {b}.h' for b in headers(top, a)
                  if not is_allowed(a, b, floors)]
        wrong += bad_exports(a, exports[a], arrows, floors)
    wrong += ['use each other in a circle: ' + ' '.join(sorted(c))
              for c in circles(arrows)]
    print('\n'.join(wrong), end='\n' if wrong else '')
    return bool(wrong)


sys.exit(main())
