#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""picture.py < FILE.txt > FILE.svg: boxes and arrows

One thing a line; x, y, width and height are in pixels:

    size WIDTH HEIGHT
    group X Y WIDTH HEIGHT TITLE
    box X Y WIDTH HEIGHT TITLE | LINE...
    arrow X,Y X,Y...
    way NUMBER X,Y X,Y X,Y...   a numbered arrow; the number is at the first X,Y
"""
import sys
from xml.sax.saxutils import escape

HEAD = '''<?xml version="1.0" encoding="UTF-8"?>
<!-- SPDX-License-Identifier: GPL-2.0-only -->
<svg xmlns="http://www.w3.org/2000/svg" width="{0}" height="{1}"
 viewBox="0 0 {0} {1}" font-family="sans-serif" font-size="13">
<defs>
<marker id="arrow" markerWidth="9" markerHeight="8" refX="8" refY="4"
 orient="auto"><path d="M0,0 L9,4 L0,8 z" fill="#444"/></marker>
<marker id="way" markerWidth="7" markerHeight="6" refX="6" refY="3"
 orient="auto"><path d="M0,0 L7,3 L0,6 z" fill="#0050c0"/></marker>
</defs>
<rect width="100%" height="100%" fill="white"/>'''


def text(x, y, words, more=''):
    return f'<text x="{x}" y="{y}"{more}>{escape(words)}</text>'


def rect(x, y, width, height, fill):
    return (f'<rect x="{x}" y="{y}" width="{width}" height="{height}" '
            f'fill="{fill}" stroke="#888"/>')


def size(width, height):
    yield HEAD.format(width, height)


def group(x, y, width, height, *title):
    yield rect(x, y, width, height, '#f3f3f3')
    yield text(int(x) + 8, int(y) + 17, ' '.join(title), ' fill="#555"')


def box(x, y, width, height, *words):
    lines = [line.strip() for line in ' '.join(words).split('|')]
    middle = int(x) + int(width) // 2
    first = int(y) + int(height) // 2 + 5 - 8 * (len(lines) - 1)
    yield rect(x, y, width, height, 'white')
    for i, line in enumerate(lines):
        bold = ' font-weight="bold"' if i == 0 and len(lines) > 1 else ''
        yield text(middle, first + 16 * i, line,
                   ' text-anchor="middle"' + bold)


def line_of(points, colour, width, marker):
    return (f'<polyline points="{" ".join(points)}" fill="none" '
            f'stroke="{colour}" stroke-width="{width}" '
            f'marker-end="url(#{marker})"/>')


def arrow(*points):
    yield line_of(points, '#444', 1.2, 'arrow')


def way(number, where, *points):
    x, y = where.split(',')
    yield line_of(points, '#0050c0', 1.8, 'way')
    yield text(x, y, number, ' fill="#0050c0" font-weight="bold"')


THINGS = {'size': size, 'group': group, 'box': box, 'arrow': arrow, 'way': way}


def main():
    for line in sys.stdin:
        words = line.split()
        if words and not words[0].startswith('#'):
            print('\n'.join(THINGS[words[0]](*words[1:])))
    print('</svg>')


main()
