#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""convert.py SERVER < FILE.pcap: what tells of IKE and ESP, as text

One line a packet, see README. SERVER is the server's address; the clients are
told apart by address and IKE port, in the order in which they appear. Of ESP
the first packet on each SPI is kept.
"""
import struct
import sys

LINKS = {1: 14, 101: 0, 113: 16, 276: 20}
MARKER = bytes(4)


def frames(file):
    head = file.read(24)
    order = "<" if head[:4] == b"\xd4\xc3\xb2\xa1" else ">"
    skip = LINKS[struct.unpack(order + "I", head[20:])[0]]
    while record := file.read(16):
        sec, usec, size, _ = struct.unpack(order + "IIII", record)
        yield sec + usec / 1e6, file.read(size)[skip:]


def datagrams(file):
    for when, ip in frames(file):
        fragment = struct.unpack(">H", ip[6:8])[0] & 0x3FFF
        if ip[0] >> 4 != 4 or fragment:
            continue
        length = struct.unpack(">H", ip[2:4])[0]
        src, dst = (".".join(map(str, ip[i : i + 4])) for i in (12, 16))
        yield when, src, dst, ip[9], ip[(ip[0] & 15) * 4 : length]


def is_ike(protocol, data):
    if protocol != 17:
        return False
    ports = struct.unpack(">HH", data[:4])
    return 500 in ports or (4500 in ports and data[8:12] == MARKER)


def main():
    server = sys.argv[1]
    clients, spis, start = [], set(), None

    print("# SPDX-License-Identifier: GPL-2.0-only")
    for when, src, dst, protocol, data in datagrams(sys.stdin.buffer):
        out = dst == server
        start = when if start is None else start
        client = (src if out else dst,)
        if is_ike(protocol, data):
            ports = struct.unpack(">HH", data[:4])
            natt = 4500 in ports
            port = 4500 if natt else 500
            what = f"{port} {data[12 if natt else 8:].hex()}"
            if not natt:
                client += (ports[0 if out else 1],)
        elif protocol == 50:
            spi, seq = struct.unpack(">II", data[:8])
            if (spi, out) in spis:
                continue
            spis.add((spi, out))
            what = f"esp {spi:08x} {seq}"
        else:
            continue
        if not any(c[: len(client)] == client for c in clients):
            clients.append(client)
        n = next(i for i, c in enumerate(clients) if c[: len(client)] == client)
        print(f"{when - start:.3f} {'abcdefgh'[n]}{'>' if out else '<'} {what}")


main()
