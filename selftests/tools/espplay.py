#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""espplay CASE - hosts behind a gateway and their server, packet by packet

Plays one of the cases below with ESP that no SA has made: espgen's hosts all do
the same, here each has a rhythm and SPIs of its own, somebody forges packets of
the server, and hosts come late or leave. Hosts 10.1.0.K live in the namespace
${NS}c1, the server in ${NS}srv.

Each case prints, for each of its parts, what the server sent to a host and what
the host got of that: "PART hostK=GOT/SENT foreign=N", where foreign packets are
those that hosts got although they are another's.
"""
import heapq
import os
import re
import socket
import struct
import subprocess
import sys
import time

SERVER, GATEWAY = "199.0.0.1", "200.200.200.200"
OUT, IN, FORGED = 0x10000000, 0x20000000, 0x66000000
SO_RCVBUFFORCE = 33


def netns(name):
    """Enter the namespace of one of the test's hosts"""
    fd = os.open("/run/netns/" + os.environ["NS"] + name, os.O_RDONLY)
    os.setns(fd, os.CLONE_NEWNET)
    os.close(fd)


def sockets(name):
    """A raw socket to send with and one that gets all ESP"""
    netns(name)
    tx = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
    rx = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ESP)
    rx.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 16 << 20)
    rx.setblocking(False)
    return tx, rx


def address(k):
    return f"10.1.0.{k}"


def packet(src, dst, spi, seq):
    esp = struct.pack("!II", spi, seq) + bytes(40)
    return struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(esp), 0, 0, 64,
                       socket.IPPROTO_ESP, 0, socket.inet_aton(src),
                       socket.inet_aton(dst)) + esp


class Child:
    """A pair of SPIs of host @k, used in both directions"""

    def __init__(self, play, k, number=0):
        self.play, self.k = play, k
        self.out_spi = OUT + (number << 8) + k
        self.in_spi = IN + (number << 8) + k
        self.out_seq = self.in_seq = self.counted = 0

    def long_ago(self):
        """Many packets, of which nobody has seen any"""
        self.out_seq += 1000
        self.later(1000)

    def ask(self):
        self.out_seq += 1
        self.play.lan.sendto(packet(address(self.k), SERVER, self.out_spi,
                                    self.out_seq), (SERVER, 0))

    def later(self, packets):
        """So many packets of the server that nobody sees"""
        self.in_seq += packets
        self.counted += packets

    def answer(self):
        self.in_seq += 1
        self.play.server(self.in_spi, self.in_seq)


class Play:
    def __init__(self):
        self.lan, self.lan_rx = sockets("c1")
        self.wan, _ = sockets("srv")
        self.children = []
        self.queue, self.order, self.now = [], 0, time.monotonic()

    def child(self, k, number=0):
        self.children.append(Child(self, k, number))
        return self.children[-1]

    def server(self, spi, seq):
        self.wan.sendto(packet(SERVER, GATEWAY, spi, seq), (GATEWAY, 0))

    def at(self, when, call, period=None, until=None):
        """Seconds from the beginning of the next run()"""
        heapq.heappush(self.queue, (when, self.order, call, period, until))
        self.order += 1

    def talk(self, child, period, ask=0.0, answer=0.05):
        self.at(ask, child.ask, period)
        self.at(answer, child.answer, period)

    def run(self, seconds):
        """What was said by at() happens; the rest of it is forgotten"""
        start = time.monotonic()
        while self.queue and self.queue[0][0] < seconds:
            when, _, call, period, until = heapq.heappop(self.queue)
            time.sleep(max(0, start + when - time.monotonic()))
            call()
            if period and (until is None or when + period < until):
                self.at(when + period, call, period, until)
        self.queue = []
        time.sleep(max(0, start + seconds - time.monotonic()))

    def received(self):
        got = {}
        time.sleep(0.3)
        while True:
            try:
                data = self.lan_rx.recv(4096)
            except BlockingIOError:
                return got
            spi = struct.unpack("!I", data[20:24])[0]
            key = data[19], spi
            got[key] = got.get(key, 0) + 1

    def report(self, part):
        got, words, foreign = self.received(), {}, 0
        for c in self.children:
            mine = got.pop((c.k, c.in_spi), 0)
            old = words.get(c.k, (0, 0))
            words[c.k] = old[0] + mine, old[1] + c.in_seq - c.counted
            c.counted = c.in_seq
            foreign += sum(n for (_, spi), n in got.items()
                           if spi == c.in_spi)
        print(part, *(f"host{k}={n}/{sent}" for k, (n, sent)
                      in sorted(words.items())), f"foreign={foreign}",
              flush=True)

    def entries(self, part):
        """Of what the server sent to a host in all, how much conntrack counted"""
        listed = gateway("conntrack", "-L", "-p", "50")
        for c in self.children:
            line = re.search(f"src={address(c.k)} .*|$", listed)[0]
            counts = re.findall("packets=([0-9]+)", line)
            got = "none" if "[UNREPLIED]" in line else counts[1]
            part += f" host{c.k}={got}/{c.in_seq}"
        print(part, flush=True)

    def up(self, child, packets=10):
        """It has been in use for a while"""
        for i in range(packets):
            child.ask()
            child.answer()
            if i < 3:
                time.sleep(0.05)
        child.later(1000)


def gateway(*command):
    return subprocess.run(["ip", "netns", "exec", os.environ["NS"] + "gw",
                           *command], check=True, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, text=True).stdout


def recycled(p):
    """Made-up SPIs, more than a session keeps, are given to an idle host"""
    busy, idle = p.child(1), p.child(2)
    p.up(busy)
    p.up(idle)
    time.sleep(1.5)
    p.report("before")
    for i in range(80):
        for seq in 1, 2:
            p.at(0.02 * (2 * i + seq),
                 lambda i=i, seq=seq: p.server(FORGED + i, seq))
    p.talk(busy, 0.05)
    p.run(4)
    p.report("flood")
    for _ in range(5):
        idle.answer()
    p.report("polled")
    p.talk(idle, 0.3)
    p.run(3)
    p.report("talks")


def go_on(p, hosts, seconds, *parts, period=0.05):
    """They talk at a constant rate, for so long in each part"""
    for part in parts:
        for h in hosts:
            p.talk(h, period, 0, 0.04)
        p.run(seconds)
        p.report(part)


def together(p):
    """Three hosts that times don't tell apart"""
    hosts = [p.child(k) for k in (1, 2, 3)]
    go_on(p, hosts, 2, "before")
    return hosts


def pushed_out(p):
    """More made-up SPIs than may be undecided beside three that are"""
    hosts = together(p)
    for i in range(70):
        for seq in 1, 2:
            p.at(0.01 * i, lambda i=i, seq=seq: p.server(FORGED + i, seq))
    go_on(p, hosts, 2, "flood", "after")


def silent(p):
    """A host falls silent until its entry expires"""
    gateway("sysctl", "net.netfilter.nf_conntrack_esp_timeout_unreplied=2",
            "net.netfilter.nf_conntrack_esp_timeout=2")
    hosts = together(p)
    go_on(p, hosts[:2], 8, "silent", "gone", period=0.2)


def deleted(p):
    """The entry of a host is deleted, and the host goes on"""
    hosts = together(p)
    gateway("conntrack", "-D", "-p", "50", "--orig-src", address(3))
    go_on(p, hosts, 3, "deleted", "after")


def flushed(p):
    """All entries are deleted; one host sends later than its server, and then
    that of a host alone"""
    hosts = [p.child(k) for k in (1, 2, 3)]
    for h in hosts:
        p.up(h)
        h.long_ago()
    go_on(p, hosts[:1], 2, "before", period=0.3)
    gateway("conntrack", "-F")
    p.talk(hosts[0], 0.3)
    for h in hosts[1:]:
        p.at(0.1, h.answer, 0.3)
    p.run(1)
    p.report("gap")
    for i, h in enumerate(hosts):
        p.talk(h, 1, 0.3 * i, 0.3 * i + 0.05)
    p.run(3)
    p.report("back")
    gateway("conntrack", "-D", "-p", "50", "--orig-src", address(3))
    p.at(0.1, hosts[2].answer, 0.3)
    go_on(p, hosts[:2], 1, "gone", period=0.2)
    for i, h in enumerate(hosts):
        p.talk(h, 1, 0.3 * i, 0.3 * i + 0.05)
    p.run(3)
    p.report("again")


def late(p):
    """A host's answer is late: two others have just begun when it comes"""
    first, *others = [p.child(k) for k in (1, 2, 3)]
    first.ask()
    for h in others:
        p.talk(h, 0.05, 0.7, 0.75)
    p.at(0.77, first.answer, 0.05)
    p.at(2.0, first.ask, 0.3)
    p.run(4)
    p.report("begin")
    for h in others:
        p.talk(h, 0.05)
    p.talk(first, 0.3)
    p.at(0, first.answer, 0.05)
    p.run(3)
    p.report("after")


def children(p):
    """A host with 40 child SAs beside another one; then its server polls it"""
    other = p.child(2)
    p.up(other)
    many = [p.child(1, 1 + i) for i in range(40)]
    for c in many:
        c.ask()
        time.sleep(0.03)
        c.answer()
        time.sleep(0.03)
    p.report("up")
    for _ in range(10):
        for c in many:
            c.ask()
            c.answer()
        time.sleep(0.01)
    p.report("talk")
    time.sleep(1.5)
    for c in many:
        c.later(1000)
        c.answer()
    p.report("polled")


def unanswered(p):
    """One of a host's children isn't served while the other ones are"""
    gateway("sysctl", "net.netfilter.nf_conntrack_esp_guess=" +
            os.environ.get("GUESS", "2"))
    idle, busy, third = p.child(2), p.child(1, 1), p.child(1, 2)
    p.up(idle)
    p.up(busy)
    idle.out_seq = 0
    idle.out_spi += 0x100000
    idle.ask()
    time.sleep(0.01)
    # it answers the third child, which asks only now
    third.answer()
    third.answer()
    time.sleep(0.2)
    p.report("taken")
    for part in "asks", "after":
        p.talk(busy, 0.1)
        p.talk(third, 0.5, 0.3, 0.35)
        p.run(4)
        p.report(part)


def counted(p):
    """Two hosts begin at once, and times tell them apart only after a while"""
    hosts = [p.child(k) for k in (1, 2)]
    for h, period in zip(hosts, (0.7, 1.1)):
        p.talk(h, period)
    p.run(12)
    p.report("talk")
    p.entries("entries")


CASES = counted, recycled, pushed_out, silent, deleted, flushed, late, children, unanswered

if __name__ == "__main__":
    {case.__name__: case for case in CASES}[sys.argv[1]](Play())
