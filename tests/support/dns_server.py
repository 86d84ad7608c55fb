"""A name server on loopback, over UDP and TCP, that knows the records it was given, and lies, is silent or fails where it is told to.

`records` maps (name, type) to values: texts for A, AAAA and PTR, (preference, host) for MX, bytes for TXT. `behavior` maps a name to
what is done with a question about it:
    silent     no answer                      servfail, refused    that error
    garbage    an answer cut in its middle    no-question          an answer to another question, and no other
    wrong-id   an answer under another id, and no other
    spoofed    first such answers, with the address 198.51.100.66, then the right one
    truncated  over UDP an answer that says so and holds nothing, over TCP the right one
    cut        the same, and TCP is closed without an answer
"""
import ipaddress
import socket
import struct
import threading

TYPES = {"A": 1, "MX": 15, "PTR": 12, "TXT": 16, "AAAA": 28}
NAMES = {number: name for name, number in TYPES.items()}
SERVFAIL, NXDOMAIN, REFUSED = 2, 3, 5
STRANGER = "198.51.100.66"


def _name(text):
    labels = [label.encode("latin-1") for label in text.rstrip(".").split(".") if label]
    return b"".join(bytes([len(label)]) + label for label in labels) + b"\0"


def _data(kind, value):
    if kind in ("A", "AAAA"):
        return ipaddress.ip_address(value).packed
    if kind == "PTR":
        return _name(value)
    if kind == "MX":
        return struct.pack(">H", value[0]) + _name(value[1])
    return b"".join(bytes([len(part)]) + part for part in (value[at:at + 255] for at in range(0, max(len(value), 1), 255)))


class DnsServer:
    """With an address of its own in 127/8 it listens at port 53, for programs that know no other."""

    def __init__(self, records, behavior=None, host="127.0.0.1", port=0):
        self.records = {(name.lower(), kind): values for (name, kind), values in records.items()}
        self.behavior = {name.lower(): what for name, what in (behavior or {}).items()}
        self.asked = []  # (name, type, "udp" or "tcp")
        self.host = host
        self._closed = False
        for _ in range(20):  # one port for both
            self._udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            self._udp.bind((host, port))
            self.port = self._udp.getsockname()[1]
            self._tcp = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
            self._tcp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                self._tcp.bind((host, self.port))
                break
            except OSError:
                self._udp.close()
                self._tcp.close()
        self._tcp.listen(16)
        self._threads = [threading.Thread(target=serve, daemon=True) for serve in (self._serve_udp, self._serve_tcp)]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._closed = True
        self._udp.sendto(b"", (self.host, self.port))
        socket.create_connection((self.host, self.port)).close()
        for thread in self._threads:
            thread.join(10)
        self._udp.close()
        self._tcp.close()

    @property
    def address(self):
        return f"{self.host}:{self.port}"

    def _serve_udp(self):
        while True:
            query, peer = self._udp.recvfrom(4096)
            if self._closed:
                return
            if len(query) > 12:
                for answer in self._answers(query, "udp"):
                    self._udp.sendto(answer, peer)

    def _serve_tcp(self):
        while True:
            connection, _ = self._tcp.accept()
            with connection:
                if self._closed:
                    return
                connection.settimeout(10)
                try:
                    length = connection.recv(2, socket.MSG_WAITALL)
                    query = connection.recv(struct.unpack(">H", length)[0], socket.MSG_WAITALL)
                    for answer in self._answers(query, "tcp"):
                        connection.sendall(struct.pack(">H", len(answer)) + answer)
                except (OSError, struct.error):
                    pass

    def _question(self, query):
        labels, at = [], 12
        while query[at]:
            labels.append(query[at + 1:at + 1 + query[at]].decode("latin-1").lower())
            at += 1 + query[at]
        return ".".join(labels), NAMES.get(struct.unpack(">H", query[at + 1:at + 3])[0], "?"), query[12:at + 5]

    def _answers(self, query, protocol):
        name, kind, question = self._question(query)
        self.asked.append((name, kind, protocol))
        what = self.behavior.get(name)
        right = self._right(query[:2], name, kind, question)
        lie = lambda head, asked: self._message(head, 0, asked, [("A", STRANGER)])  # noqa: E731
        other_id = struct.pack(">H", struct.unpack(">H", query[:2])[0] ^ 0x5555)
        other_question = _name("other.example") + question[-4:]
        if what == "silent" or (what == "cut" and protocol == "tcp"):
            return []
        if what in ("truncated", "cut") and protocol == "udp":
            return [self._message(query[:2], 0, question, [], truncated=True)]
        return {
            "servfail": [self._message(query[:2], SERVFAIL, question, [])],
            "refused": [self._message(query[:2], REFUSED, question, [])],
            "garbage": [right[:len(right) - 3]],
            "no-question": [lie(query[:2], other_question)],
            "wrong-id": [lie(other_id, question)],
            "spoofed": [lie(other_id, question), lie(query[:2], other_question), right],
        }.get(what, [right])

    def _right(self, head, name, kind, question):
        values = self.records.get((name, kind), [])
        known = any(name == one or one.endswith("." + name) for one, _ in self.records)
        return self._message(head, 0 if known else NXDOMAIN, question, [(kind, value) for value in values])

    @staticmethod
    def _message(head, code, question, values, truncated=False):
        out = head + struct.pack(">HHHHH", 0x8180 | code | (0x0200 if truncated else 0), 1, len(values), 0, 0) + question
        for kind, value in values:
            data = _data(kind, value)
            out += struct.pack(">HHHIH", 0xC00C, TYPES[kind], 1, 300, len(data)) + data
        return out
