"""A name server on the loopback that knows the TXT records it was given and says of every other name that there is none."""
import socket
import struct
import threading

TXT = 16
NO_SUCH_NAME = 3


def _question(query):
    """Name in lower case, type, and where the question ends."""
    labels, at = [], 12
    while query[at]:
        labels.append(query[at + 1:at + 1 + query[at]].decode("latin-1").lower())
        at += 1 + query[at]
    return ".".join(labels), struct.unpack(">H", query[at + 1:at + 3])[0], at + 5


def _strings(text):
    data = text.encode("ascii")
    return b"".join(bytes([len(part)]) + part for part in (data[at:at + 255] for at in range(0, len(data), 255)))


class NameServer:
    """With an address of its own in 127/8 it listens at port 53, for programs that know no other."""

    def __init__(self, records, address="127.0.0.1", port=0):
        self._records = {name.lower(): text for name, text in records.items()}
        self._names = {".".join(name.split(".")[at:]) for name in self._records for at in range(len(name.split(".")))}
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((address, port))
        self.address, self.port = self._socket.getsockname()
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._socket.sendto(b"", (self.address, self.port))
        self._thread.join(10)
        self._socket.close()

    def _serve(self):
        while True:
            query, peer = self._socket.recvfrom(4096)
            if not query:
                return
            try:
                self._socket.sendto(self._answer(query), peer)
            except (IndexError, struct.error, OSError):
                pass

    def _answer(self, query):
        name, kind, end = _question(query)
        text = self._records.get(name) if kind == TXT else None
        code = 0 if name in self._names else NO_SUCH_NAME
        head = query[:2] + struct.pack(">HHHHH", 0x8180 | code, 1, 1 if text else 0, 0, 0)
        answer = b""
        if text:
            data = _strings(text)
            answer = struct.pack(">HHHIH", 0xC00C, TXT, 1, 300, len(data)) + data
        return head + query[12:end] + answer
