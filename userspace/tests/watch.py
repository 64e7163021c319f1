#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""watch.py VPNCT: vpnct watch in a terminal of 14 rows, with a fake kernel.

Prints TAP lines without numbers.
"""
import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time

ROWS, COLUMNS = 14, 100
failed = 0


def test(text, good, *said):
    global failed
    failed += not good
    print("ok" if good else "not ok", "- watch:", text, flush=True)
    if not good:
        print("# said:", *said)


class Watch:
    """one that runs; what it shows is the last picture that it has drawn"""
    def __init__(self, *words):
        self.pid, self.fd = pty.fork()
        if not self.pid:
            os.environ.update(VPNCT_FAKE="demo", VPNCT_FAKE_TTY="1",
                              NO_COLOR="1")
            os.execv(sys.argv[1], ["vpnct", "watch", *words])
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ,
                    struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        os.kill(self.pid, signal.SIGWINCH)
        select.select([self.fd], [], [], 20)
        self.said = self.read()

    def read(self, seconds=0.8):
        """what is said until it falls silent, or for long enough"""
        said, end = b"", time.monotonic() + 4 * seconds
        while time.monotonic() < end and \
                select.select([self.fd], [], [], seconds)[0]:
            try:
                said += os.read(self.fd, 1 << 16)
            except OSError:
                break
        return said.decode()

    def press(self, keys):
        os.write(self.fd, keys)
        self.said = self.read()
        return self.shown()

    def shown(self):
        picture = self.said.split("\033[H")[-1]
        return re.sub(r"\033\[[0-9;?]*[A-Za-z]", "", picture).split("\r\n")

    def end(self):
        """its exit status"""
        os.write(self.fd, b"q")
        self.said = self.read()
        return os.waitpid(self.pid, 0)[1]


def more(shown):
    """(below, above) of the last line"""
    found = re.match(r"-- (\d+) more below, (\d+) above", shown[-1])
    return tuple(map(int, found.groups())) if found else None


def scrolling():
    watch = Watch("every", "3600")
    first = watch.shown()
    below, above = more(first) or (0, -1)
    test("what doesn't fit is told of", len(first) == ROWS and below > 3 and
         above == 0, first)
    shown = watch.press(b"\033[B")
    test("an arrow scrolls by a line", more(shown) == (below - 1, 1) and
         shown[6:8] == first[7:9], shown)
    test("headings stay", shown[:6] == first[:6] and "CLIENT" in shown[4],
         shown)
    shown = watch.press(b"\033OB\033[B")
    test("keys that come together count each", more(shown) == (below - 3, 3),
         shown)
    shown = watch.press(b"\033[6~\033[6~\033[6~\033[6~\033[6~")
    test("PgDn ends at the end", more(shown) == (0, below), shown)
    shown = watch.press(b"\033[A")
    test("and an arrow goes back at once", more(shown) == (1, below - 1), shown)
    test("Home", watch.press(b"\033[H") == first, watch.said)
    test("End and PgUp", more(watch.press(b"\033[F\033[5~"))[0] == ROWS - 7,
         watch.said)
    watch.press(b"x\033[Z\033[15~j")
    test("other keys do nothing", watch.said == "", repr(watch.said))
    watch.press(b" ")
    test("space looks again", "sessions" in watch.said, watch.said)
    test("q ends it", watch.end() == 0 and "\033[?1049l" in watch.said,
         repr(watch.said))


def suspending():
    watch = Watch("every", "3600")
    watch.press(b"\x1a")
    stopped = os.waitpid(watch.pid, os.WUNTRACED)[1]
    test("Ctrl-Z suspends it", os.WIFSTOPPED(stopped), stopped)
    test("with the terminal as it was",
         watch.said.endswith("\033[?25h\033[?1049l"), repr(watch.said))
    os.kill(watch.pid, signal.SIGCONT)
    watch.said = watch.read()
    test("and it goes on", "\033[?1049h" in watch.said and
         len(watch.shown()) == ROWS, repr(watch.said))
    watch.press(b"\x03")
    test("Ctrl-C ends it", os.waitpid(watch.pid, 0)[1] == 0)


def intervals():
    watch = Watch("every", "0.2", "client", "192.0.2.1")
    test("it says how often it looks", "every 0.2 s" in watch.shown()[0] and
         more(watch.shown()) is None, watch.shown())
    said = watch.read()
    test("and looks as often", said.count("\033[H") >= 3, repr(said))
    test("q ends this one, too", watch.end() == 0)


scrolling()
suspending()
intervals()
sys.exit(failed != 0)
