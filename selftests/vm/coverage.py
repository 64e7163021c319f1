#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""coverage.py GCOV BUILD DIR...: adds up what modules counted in several runs.

Each DIR has the .gcda files of a run, below the names that the modules' objects
had in BUILD, where the compiler left their .gcno files. Prints for each source
its lines with code, how many of them ran, and the numbers of those that didn't."""
import glob
import json
import os
import shutil
import subprocess
import sys
import tempfile


def report(gcov, gcno, gcda):
    """What GCOV says of one object in one run: its sources and their lines."""
    with tempfile.TemporaryDirectory() as work:
        shutil.copy(gcno, work)
        shutil.copy(gcda, work)
        out = subprocess.run([gcov, '--json-format', '--stdout',
                              os.path.basename(gcda)],
                             cwd=work, stdout=subprocess.PIPE, check=True)
    return json.loads(out.stdout)['files']


def add_up(gcov, build, runs):
    """By source and line: how often it ran."""
    count = {}
    for run in runs:
        for gcda in glob.glob(run + build + '/**/*.gcda', recursive=True):
            gcno = gcda[len(run):-len('gcda')] + 'gcno'
            for file in report(gcov, gcno, gcda):
                name = os.path.normpath(os.path.join(build, file['file']))
                # a header of the kernel has a name relative to its tree
                if not name.startswith(build + '/') or \
                        not os.path.exists(name):
                    continue
                lines = count.setdefault(name[len(build) + 1:], {})
                for line in file['lines']:
                    number = line['line_number']
                    lines[number] = lines.get(number, 0) + line['count']
    return count


def ranges(lines):
    """Lines that didn't run, as "12 20-23"; lines without code don't divide."""
    runs, last = [], False
    for number in sorted(lines):
        missed = not lines[number]
        if missed and last:
            runs[-1][1] = number
        elif missed:
            runs.append([number, number])
        last = missed
    return ' '.join(str(a) if a == b else f'{a}-{b}' for a, b in runs)


def row(name, ran, n, missed=''):
    """One line of the table."""
    print(f'{name:28} {n:6} {ran:6} {100 * ran / n:6.1f}%  {missed}'.rstrip())


def main(gcov, build, runs):
    count = add_up(gcov, build, runs)
    if not count:
        sys.exit('no module has counted anything')
    print(f'{"source":28} {"lines":>6} {"ran":>6} {"":7}  not reached')
    total = [0, 0]
    for name in sorted(count, key=lambda n: ('/' not in n, n)):
        ran = sum(1 for times in count[name].values() if times)
        total[0] += ran
        total[1] += len(count[name])
        row(name, ran, len(count[name]), ranges(count[name]))
    row('all', *total)


if __name__ == '__main__':
    main(sys.argv[1], sys.argv[2], sys.argv[3:])
