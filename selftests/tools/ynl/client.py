#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""client.py YNL: what the kernel's Python client for netlink specs can do.

YNL is a directory that vm/ynl-inside.sh has made, with a kernel's client and our
spec. Wants a session of 10.0.0.2 with 199.0.0.1. Prints TAP.
"""
import ipaddress
import pathlib
import sys

TOP = pathlib.Path(sys.argv[1])
CLI = next(TOP.glob("tools/net/ynl/**/cli.py"))
SPEC = TOP / "Documentation/netlink/specs/nf_ct_vpn.yaml"
sys.path.insert(0, str(CLI.parent))
from lib import YnlFamily, NlError  # noqa: E402, pylint: disable=C0413,E0401

CLIENT, SERVER, GATEWAY = "10.0.0.2", "199.0.0.1", "200.200.200.200"
SPI = 0x7777
tests = failed = 0


def test(text, good, *said):
    global tests, failed
    tests += 1
    failed += not good
    print("ok" if good else "not ok", tests, "-", text)
    if not good:
        print("# said:", *said)


def address(text):
    """as a request takes it: 6.12's client knows no addresses there, but bytes,
    which all take"""
    return ipaddress.ip_address(text).packed


def refusal(call, *args):
    """what the kernel says to a request that it doesn't like"""
    try:
        call(*args)
    except NlError as error:
        return str(error)
    return ""


def names(what):
    return {"client": address(CLIENT), "server": address(SERVER), **what}


def events(ynl):
    """those that have come, and that the client has queued"""
    ynl.check_ntf()
    queue = ynl.async_msg_queue
    if isinstance(queue, list):
        return queue
    return [queue.get() for _ in range(queue.qsize())]


def dumps(ynl):
    sessions = ynl.dump("session-get", {})
    test("sessions are dumped",
         [(s["client"], s["server"]) for s in sessions] == [(CLIENT, SERVER)],
         sessions)
    some = ynl.dump("esp-get", {"client": address(CLIENT), "dir": "out"})
    test("SPIs of a client, outbound ones",
         [spi["state"] for spi in some] == ["unreplied"], some)
    none = ynl.dump("esp-get", {"client": address("10.0.0.99")})
    test("and of a client that has none", not none, none)
    stats = ynl.do("stats-get", {})
    test("counters are got", stats["sessions"] == 1, stats)


def settings(ynl):
    ynl.do("setting-set", {"esp-guess": 1})
    got = ynl.do("setting-get", {})
    test("a setting is changed", got["esp-guess"] == 1, got)
    said = refusal(ynl.do, "setting-set", {"esp-guess": 9})
    test("a wrong value is refused in words",
         "nf_conntrack_esp_guess is out of range" in said, said)
    ynl.do("setting-set", {"esp-guess": 2})


def changes(ynl, listener):
    spi = names({"dir": "in", "spi": SPI, "masq": address(GATEWAY)})
    ynl.do("esp-new", spi)
    got = ynl.dump("esp-get", {"spi": SPI})
    test("an SPI is made", [s["confidence"] for s in got] == ["preloaded"], got)
    del spi["masq"]
    ynl.do("esp-del", spi)
    got = ynl.dump("esp-get", {"spi": SPI})
    test("and deleted", not got, got)
    said = refusal(ynl.do, "esp-del", spi)
    test("which can't be done twice", "No such" in said, said)
    got = [(event["msg"]["event"], event["msg"]["esp"]["spi"])
           for event in events(listener)]
    test("both were told as events",
         [("bound", hex(SPI)), ("expired", hex(SPI))] == got[-2:], got)


def main():
    ynl = YnlFamily(str(SPEC))
    # 6.12's can't ask where it listens
    listener = YnlFamily(str(SPEC))
    listener.ntf_subscribe("events")
    dumps(ynl)
    settings(ynl)
    changes(ynl, listener)
    print(f"1..{tests}")
    return failed != 0


sys.exit(main())
