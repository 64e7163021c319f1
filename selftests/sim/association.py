#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Compares rules for the owner of an inbound SPI: association.py [CASE...]

Hosts behind one gateway talk to one server, mostly 50 ms away: request and response,
bulk, voice, one way, idle. They start together or rekey at random. Prints a
table per case, for Documentation/association.rst. The same numbers come out each
time; the kernel is not involved, so they say which rule is better and not how
fast it is.
"""
import heapq
import random
import sys
from collections import defaultdict

from rules import RULES

ONE_WAY = 0.025
MIXED = {'request': 8, 'bulk': 4, 'voice': 3, 'oneway': 3, 'idle': 2}


class Host:
    """One client: what it and its server use for SPIs, and its traffic."""

    def __init__(self, kind, period):
        self.kind = kind
        self.period = period
        self.spi_out = self.spi_in = 0
        self.outstanding = self.received = 0
        self.last = 0.0
        self.timeout = 0.3


class World:
    """A run: events in the order of their time."""

    def __init__(self, rule, hosts, mix, seed, visible=True, start=0.1,
                 pace=0.0, rekey=0.0, seconds=20.0, near=False, queue=0.0):
        self.random = random.Random(seed)
        self.rule = rule(hosts, visible)
        self.visible, self.seconds = visible, seconds
        self.one_way = 0.0005 if near else ONE_WAY
        self.delay = queue
        self.queue, self.order = [], 0
        self.count = defaultdict(int)
        self.wrong_since, self.wrong = {}, []
        kinds = [kind for kind in mix for _ in range(mix[kind])]
        self.random.shuffle(kinds)
        self.hosts = [Host(kind, self.random.uniform(.03, .07))
                      for kind in kinds[:hosts]]
        for number in range(hosts):
            begin = .05 + number * pace if pace else \
                self.random.uniform(0, start)
            self.at(begin, self.child, number, True)
            self.at(begin + 2 * self.one_way + .01, self.traffic, number)
            if rekey:
                self.at(begin + self.random.uniform(.3, 1) * rekey,
                        self.rekey, number, rekey)

    def at(self, when, what, *args):
        self.order += 1
        heapq.heappush(self.queue, (when, self.order, what, args))

    def run(self):
        while self.queue:
            now, _, what, args = heapq.heappop(self.queue)
            if now > self.seconds:
                break
            what(now, *args)
        for since in self.wrong_since.values():
            self.wrong.append(self.seconds - since)
        return self

    # --- the way of a packet ---

    def way(self):
        return self.one_way + self.random.expovariate(1 / self.delay
                                                      if self.delay else 2000)

    def lan(self):
        return self.random.uniform(.0003, .002)

    def send(self, now, number, arrived=None):
        """A client's packet is at the gateway."""
        spi = self.hosts[number].spi_out
        if not self.rule.outbound(now, number, spi):
            self.count['blocked'] += 1
        elif arrived:
            self.at(now + self.way(), arrived, number)

    def answer(self, now, number, arrived=None):
        """The server sends."""
        spi = (number, self.hosts[number].spi_in)
        self.at(now + self.way(), self.receive, number, spi, arrived)

    def receive(self, now, number, spi, arrived):
        """The server's packet is at the gateway."""
        self.count['inbound'] += 1
        owners = self.rule.inbound(now, spi)
        if number in owners:
            self.count['delivered'] += 1
            if arrived:
                self.at(now + self.lan(), arrived, number)
        if self.rule.bound.get(spi, number) != number:
            self.wrong_since.setdefault(spi, now)
        elif spi in self.wrong_since:
            self.wrong.append(now - self.wrong_since.pop(spi))

    # --- SAs ---

    def child(self, now, number, by_client):
        host = self.hosts[number]
        spi = max(host.spi_in, host.spi_out) + 1
        if self.visible:
            self.rule.announce(now, number)
        self.at(now + self.one_way, self.use, number, 'spi_in', spi)
        if by_client:
            done = now + 2 * self.one_way + self.random.uniform(0, .006)
            if self.visible:
                self.at(done, self.rule.completed, number)
            self.at(done + .001, self.use, number, 'spi_out', spi)
        else:
            self.use(now, number, 'spi_out', spi)

    def use(self, _now, number, name, spi):
        setattr(self.hosts[number], name, spi)

    def rekey(self, now, number, interval):
        self.child(now, number, self.random.random() > 1 / 3)
        self.at(now + self.random.uniform(.8, 1.2) * interval, self.rekey,
                number, interval)

    # --- traffic ---

    def traffic(self, now, number):
        kind = self.hosts[number].kind
        soon = now + self.random.uniform(0, .2)
        if kind == 'step':
            beat = (int(now / .2) + 1) * .2
            self.at(beat + number * .008, self.step, number)
        elif kind in ('request', 'idle'):
            self.at(soon, self.request, number)
        elif kind == 'voice':
            self.at(now + self.random.uniform(0, .05), self.voice, number)
            self.at(now + self.random.uniform(.03, .08), self.heard, number)
        elif kind == 'oneway':
            self.at(soon, self.oneway, number)
        else:
            self.hosts[number].last = now
            self.send(now, number)
            self.at(now + .06, self.bulk, number)

    def request(self, now, number):
        rate = 1.0 if self.hosts[number].kind == 'request' else 0.05
        self.send(now, number, self.answer)
        self.at(now + self.random.expovariate(rate), self.request, number)

    def step(self, now, number):
        """All hosts ask in the same order, five times a second."""
        self.send(now, number, self.answer)
        self.at(now + .2 + self.random.uniform(0, .003), self.step, number)

    def voice(self, now, number):
        self.send(now, number)
        self.at(now + .02, self.voice, number)

    def heard(self, now, number):
        self.answer(now, number)
        self.at(now + .02, self.heard, number)

    def oneway(self, now, number):
        self.answer(now, number)
        self.at(now + self.hosts[number].period, self.oneway, number)

    def bulk(self, now, number):
        """A window of 12 packets, which stalls where none are acknowledged."""
        host = self.hosts[number]
        if host.outstanding < 12:
            host.outstanding += 1
            self.answer(now, number, self.bulk_received)
            self.at(now + self.random.expovariate(80), self.bulk, number)
            return
        if now - host.last > host.timeout:
            host.timeout = min(2 * host.timeout, 8)
            host.last = now
            self.answer(now, number, self.bulk_received)
        self.at(now + .02, self.bulk, number)

    def bulk_received(self, now, number):
        host = self.hosts[number]
        host.received += 1
        if host.received % 2 == 0:
            self.at(now + self.lan(), self.send, number, self.bulk_ack)
        else:
            self.at(now + .04, self.bulk_late, number, host.received)

    def bulk_late(self, now, number, received):
        if self.hosts[number].received == received:
            self.send(now, number, self.bulk_ack)

    def bulk_ack(self, now, number):
        host = self.hosts[number]
        host.outstanding = max(0, host.outstanding - 2)
        host.last = now


CASES = {
    'start': ('20 hosts start in 100 ms, IKE visible, mixed traffic',
              dict(hosts=20, mix=MIXED)),
    'paced': ("the same, IKE 250 ms apart",
              dict(hosts=20, mix=MIXED, pace=.25)),
    'blind': ('20 hosts without visible IKE, request and response',
              dict(hosts=20, mix={'request': 20}, visible=False, seconds=60)),
    'step': ('5 hosts near the server ask in step, IKE visible',
             dict(hosts=5, mix={'step': 5}, near=True, queue=.003)),
    'late': ('20 hosts without visible IKE, answers some 10 ms late',
             dict(hosts=20, mix={'request': 20}, visible=False, seconds=60,
                  queue=.005)),
    'rekey': ('50 hosts rekey every 30 s, server first in a third',
              dict(hosts=50, mix={'request': 12, 'bulk': 8, 'voice': 8,
                                  'oneway': 10, 'idle': 12},
                   start=20, rekey=30, seconds=120)),
}


def percentile(values, part):
    values = sorted(values) or [0.0]
    return values[min(len(values) - 1, int(len(values) * part))]


def row(rule, settings, seeds=(1, 2, 3)):
    runs = [World(rule, seed=seed, **settings).run() for seed in seeds]
    inbound = sum(r.count['inbound'] for r in runs) or 1
    delivered = 100 * sum(r.count['delivered'] for r in runs) / inbound
    copies = 100 * sum(r.rule.copies for r in runs) / inbound
    wrong = [since for r in runs for since in r.wrong]
    decided = [t for r in runs for t in r.rule.decided]
    return (rule.name, f'{delivered:.3f} %', str(len(wrong)),
            f'{max(wrong, default=0):.1f} s', f'{copies:.1f} %',
            str(sum(r.count['blocked'] for r in runs)),
            f'{percentile(decided, .5):.1f} / '
            f'{percentile(decided, .95):.1f} s')


HEAD = ('rule', 'delivered', 'wrong bindings', 'longest', 'copies', 'blocked',
        'decided p50 / p95')


def print_table(rows):
    """What reStructuredText calls a simple table."""
    widths = [max(map(len, column)) for column in zip(*rows)]
    border = '  '.join('=' * width for width in widths)
    lines = ['  '.join(cell.ljust(width) for cell, width
                       in zip(row_, widths)).rstrip() for row_ in rows]
    print('\n'.join([border, lines[0], border, *lines[1:], border]))


def main(names):
    for name in names or CASES:
        title, settings = CASES[name]
        print(f'\n{title}:\n')
        print_table([HEAD] + [row(rule, settings) for rule in RULES])


if __name__ == '__main__':
    main(sys.argv[1:])
