# SPDX-License-Identifier: GPL-2.0-only
"""Rules that say whose an inbound SPI is, as the gateway sees packets.

An SPI is any value here; a rule may compare it and nothing else. Each rule is
told what passes by: outbound ESP, IKE messages that announce an SPI, and asked
for each inbound packet whom to bring it to.
"""
from collections import deque


class Rule:
    """What all rules have in common; by itself it delivers nothing."""

    name = ''

    def __init__(self, hosts, visible):
        self.hosts = range(hosts)
        self.visible = visible
        self.bound = {}
        self.seen = set()
        self.copies = 0
        self.decided = []

    def announce(self, now, host):
        """A host's own IKE message lets its server use a new SPI."""

    def completed(self, now, host):
        """An IKE exchange of the host has ended."""

    def outbound(self, now, host, spi):
        """Returns whether the packet goes out."""
        return True


class First(Rule):
    """An unknown SPI is that of the host which has waited longest."""

    name = 'first pending'
    pick = 0

    def __init__(self, hosts, visible):
        super().__init__(hosts, visible)
        self.pending = []
        self.newest = None

    def completed(self, now, host):
        self.newest = host

    def outbound(self, now, host, spi):
        if (host, spi) not in self.seen:
            self.seen.add((host, spi))
            self.pending.append(host)
        return True

    def inbound(self, now, spi):
        if spi not in self.bound:
            if self.pending:
                self.bound[spi] = self.pending.pop(self.pick)
            elif self.newest is not None:
                self.bound[spi] = self.newest
            else:
                return []
        return [self.bound[spi]]


class Last(First):
    """An unknown SPI is that of the host which began last."""

    name = 'last pending'
    pick = -1


class Serial(Rule):
    """Linux 2.0 and 2.2: ip_masq_esp.c of 1999.

    One host at a time may wait for its first answer, for two minutes; all
    others are dropped. Who wasn't answered is squelched for half a minute. If
    nobody waits, a new SPI is tried on the last five hosts that spoke IKE.
    """

    name = '1999'
    WAIT, SQUELCH, TRIES = 120, 30, 5

    def __init__(self, hosts, visible):
        super().__init__(hosts, visible)
        self.waiting = None
        self.squelched = {}
        self.last_ike = {}

    def completed(self, now, host):
        self.last_ike[host] = now

    def outbound(self, now, host, spi):
        if (host, spi) in self.seen:
            return True
        if self.waiting and now - self.waiting[2] < self.WAIT:
            return self.waiting[:2] == (host, spi)
        if self.squelched.get(host, 0) > now:
            return False
        if self.waiting:
            self.squelched[self.waiting[0]] = now + self.SQUELCH
        self.seen.add((host, spi))
        self.waiting = (host, spi, now)
        return True

    def inbound(self, now, spi):
        if spi in self.bound:
            return [self.bound[spi]]
        if self.waiting:
            self.bound[spi] = self.waiting[0]
            self.waiting = None
            return [self.bound[spi]]
        last = sorted(self.last_ike, key=self.last_ike.get)[-self.TRIES:]
        self.copies += max(0, len(last) - 1)
        return last


class Undecided:
    """struct nf_esp_undecided"""

    def __init__(self, now, candidates, fresh):
        self.first = now
        self.last = -1
        self.packets = 0
        self.hits = dict.fromkeys(candidates, 0)
        self.fresh = fresh
        self.trials = 0
        self.over = 0


class Ours(Rule):
    """nat/candidate.c, nat/evidence.c, nat/repair.c and nf_nat_esp.c."""

    name = 'ours'
    FRESH, HANDOVER, NARROW, LATE, ASKING = 0.5, 0.01, 8, 0.5, 3.0
    TRIAL, SILENCE, JITTER, PART, QUEUE = 0.02, 0.08, 0.003, 10, 0.05
    CANDIDATES, COPIES, FEW, OVER = 32, 8192, 8, 64
    STARVED, SILENT = 1.0, 0.25

    def __init__(self, hosts, visible):
        super().__init__(hosts, visible)
        self.tickets = [[] for _ in self.hosts]
        self.sent = [deque(maxlen=16) for _ in self.hosts]
        self.begun = {}
        self.asked = {}
        self.rtt = None
        self.last_in = [0.0] * hosts
        self.unanswered = [[] for _ in self.hosts]
        self.undecided = {}
        self.made = {}
        self.repairs = {}
        self.tokens, self.filled = self.COPIES, 0.0

    # --- what passes by ---

    def announce(self, now, host):
        self.tickets[host].append(now)
        self.asked[host] = now

    def completed(self, now, host):
        asked = self.asked.pop(host, None)
        if asked is not None and now > asked:
            self.rtt = min(self.rtt or now - asked, now - asked)

    def outbound(self, now, host, spi):
        self.sent[host].append(now)
        if (host, spi) not in self.seen:
            self.seen.add((host, spi))
            self.begun[host] = now
            if not self.visible:
                self.tickets[host].append(now)
        if now - self.last_in[host] > self.SILENT:
            self.unanswered[host].append(now)
            if len(self.unanswered[host]) >= 3 and \
                    now - self.unanswered[host][0] > self.STARVED:
                self.starved(now, host)
                self.unanswered[host] = []
        return True

    # --- evidence ---

    def clean(self, host, start, end):
        """Was the first packet from start to end after a silence?"""
        first = None
        for t in reversed(self.sent[host]):
            if t > end:
                continue
            if t < start:
                return first is not None and first - t >= self.SILENCE
            first = t
        return first is not None and len(self.sent[host]) < 16

    def answers(self, now, host):
        if not self.rtt:
            return False
        jitter = min(max(self.JITTER, self.rtt / self.PART), self.TRIAL / 2)
        return self.clean(host, now - self.rtt - jitter,
                          now - self.rtt + jitter)

    def judge(self, now, u):
        apart = now - u.last >= self.TRIAL
        u.last = now
        if not apart or not self.rtt:
            return
        askers = [h for h in u.hits
                  if self.clean(h, now - self.rtt - self.QUEUE, now)]
        if len(askers) > 1:
            return
        u.trials += 1
        if askers and self.answers(now, askers[0]):
            u.hits[askers[0]] += 1

    def winner(self, u):
        order = sorted(u.hits, key=u.hits.get, reverse=True)
        best, second = u.hits[order[0]], u.hits[order[1]]
        if best < 0.6 * u.trials or 3 * second > u.trials:
            return None
        return order[0] if best >= (2 if best == u.trials else 3) else None

    def is_fresh(self, now, host):
        return bool(self.tickets[host]) and \
            now - max(self.tickets[host][-1],
                      self.begun.get(host, -1)) <= self.FRESH

    # --- decisions ---

    def bind(self, now, spi, host):
        u = self.undecided.pop(spi, None)
        self.decided.append(now - u.first if u else 0.0)
        self.bound[spi] = host
        self.made.setdefault(spi, now)
        if self.tickets[host]:
            self.tickets[host].pop(0)
        self.begun.pop(host, None)
        return self.deliver(now, host)

    def deliver(self, now, host):
        self.last_in[host] = now
        self.unanswered[host] = []
        return [host]

    def inbound(self, now, spi):
        if spi in self.bound:
            return self.deliver(now, self.bound[spi])
        u = self.undecided.get(spi) or self.open(now, spi)
        if isinstance(u, list):
            return u
        u.packets += 1
        self.narrow(now, u)
        self.judge(now, u)
        owner = next(iter(u.hits)) if len(u.hits) == 1 else self.winner(u)
        if owner is not None:
            return self.bind(now, spi, owner)
        return self.fan_out(now, spi, u)

    def open(self, now, spi):
        candidates = [h for h in self.hosts if self.tickets[h]]
        candidates = candidates or [h for h in self.hosts if self.sent[h]]
        fresh = {h for h in candidates if self.is_fresh(now, h)}
        if not candidates:
            return []
        if len(candidates) == 1:
            return self.bind(now, spi, candidates[0])
        only = self.only(now, candidates)
        if only is not None:
            return self.bind(now, spi, only)
        begun = [self.begun[h] for h in fresh if h in self.begun]
        if self.rtt is None and begun:
            self.rtt = now - min(begun)
        candidates.sort(key=lambda h: self.tickets[h][-1:])
        u = Undecided(now, candidates[-self.CANDIDATES:], fresh)
        self.undecided[spi] = u
        return u

    def only(self, now, candidates):
        """Does one packet decide between several?"""

    def is_asking(self, now, u, host):
        """Does it send and can't be answered by another SPI?"""
        return host in self.begun and \
            now - self.sent[host][-1] < self.ASKING and \
            not any(host in other.hits for other in self.undecided.values()
                    if other is not u)

    def is_explained(self, now, u):
        """Is there an SPI for each of those that had just begun, and no more?"""
        if not u.fresh or now - u.first < self.LATE:
            return False
        begun, claims, more = set(u.fresh), {id(u)}, True
        while more:
            more = False
            for other in self.undecided.values():
                if id(other) not in claims and \
                        (other.fresh or set(other.hits)) & begun:
                    begun |= other.fresh
                    claims.add(id(other))
                    more = True
        return len(claims) <= sum(len(self.tickets[h]) for h in begun)

    def narrow(self, now, u):
        late = u.packets >= self.NARROW and \
            not u.packets & (u.packets - 1) and self.is_explained(now, u)
        for host in list(u.hits):
            if len(u.hits) == 1:
                return
            served = self.last_in[host] > u.first + self.HANDOVER
            spent = self.visible and not self.tickets[host] and \
                any(self.tickets[h] for h in u.hits)
            out = (served or spent) and host not in self.begun
            if out or (late and host not in u.fresh and not u.hits[host] and
                       not self.is_asking(now, u, host)):
                del u.hits[host]
                u.fresh.discard(host)

    def spend(self, now, n):
        self.tokens = min(self.COPIES, self.tokens +
                          (now - self.filled) * self.COPIES)
        self.filled = now
        if self.tokens < n:
            return False
        self.tokens -= n
        self.copies += n
        return True

    def fan_out(self, now, spi, u):
        order = sorted(u.hits, key=lambda h: 2 * u.hits[h] + (h in u.fresh),
                       reverse=True)
        for n in (len(order), min(len(order), self.FEW)):
            if self.spend(now, n - 1):
                return order[:n]
        u.over += 1
        if u.over >= self.OVER:
            return self.bind(now, spi, order[0])
        return order[:1]

    def starved(self, now, host):
        since = self.unanswered[host][0]
        if any(host in u.hits and u.last >= since
               for u in self.undecided.values()):
            return
        for spi, other in list(self.bound.items()):
            if other == host or self.made[spi] < self.last_in[host] or \
                    self.last_in[other] < since or \
                    self.repairs.get(spi, 0) >= 3:
                continue
            self.repairs[spi] = self.repairs.get(spi, 0) + 1
            del self.bound[spi]
            self.tickets[other].append(now)
            self.undecided[spi] = Undecided(now, [host, other], set())


class Guess(Ours):
    """nf_conntrack_esp_guess=1: no copies, the likeliest candidate."""

    name = 'ours, guess=1'
    PACE = 0.25

    def in_turn(self, now, since):
        rtt = self.rtt or 0.0
        return since is not None and \
            0.9 * rtt <= now - since < rtt + self.PACE

    def turn(self, now, host):
        if not self.tickets[host]:
            return 0
        if self.in_turn(now, self.begun.get(host)):
            return 2
        return int(self.in_turn(now, self.tickets[host][-1]))

    def only(self, now, candidates):
        if not self.visible:
            return None
        turn = [h for h in candidates if self.turn(now, h)]
        others = any(self.answers(now, h) for h in candidates
                     if h not in turn)
        if len(turn) != 1 or (others and not self.answers(now, *turn)):
            return None
        return turn[0]

    def since(self, host):
        return max(self.tickets[host][-1:] + [self.begun.get(host, -1.0)])

    def fan_out(self, now, spi, u):
        age = 1 if self.visible else -1
        return self.bind(now, spi, max(u.hits, key=lambda h: (
            self.turn(now, h), age * self.since(h))))

    def starved(self, now, host):
        """The SPI of a host that gets more than it asks for changes hands."""
        since = self.unanswered[host][0]
        for spi, other in self.bound.items():
            if other != host and self.made[spi] >= self.last_in[host] and \
                    self.last_in[other] >= since and \
                    self.repairs.get(spi, 0) < 2 and \
                    not any(t >= since for t in self.sent[other]):
                self.repairs[spi] = self.repairs.get(spi, 0) + 1
                self.bound[spi] = host
                return


RULES = (Serial, First, Last, Ours, Guess)
