"""A relay in front of a server, for trouble on the way: it cuts a connection after so many bytes, or lets it hang. It knows
nothing of what it carries, so it works below TLS as well."""
import contextlib
import select
import socket
import struct
import threading
from dataclasses import dataclass


@dataclass
class Trouble:
    """Happens once so many bytes have gone that way; the bytes beyond are never seen."""

    after: int
    to_client: bool = True
    stall: bool = False  # nothing comes any more in place of a cut
    reset: bool = False  # the cut is an RST in place of a FIN


class Proxy:
    """`trouble(n)` says what befalls connection n (0, 1, ...): a Trouble or None."""

    def __init__(self, port, trouble=lambda n: None):
        self._to = ("127.0.0.1", port)
        self.trouble = trouble
        self.connections = 0
        self.troubled = 0
        self.carried = []  # bytes to the client, of each connection
        self._ends = threading.Event()
        self._threads = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]

    def __enter__(self):
        self._start(self._accept)
        return self

    def __exit__(self, *_):
        self._ends.set()
        for thread in list(self._threads):
            thread.join(30)
        self._listener.close()

    def _start(self, target, *arguments):
        thread = threading.Thread(target=target, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self):
        self._listener.settimeout(0.1)
        while not self._ends.is_set():
            with contextlib.suppress(TimeoutError):
                client, _ = self._listener.accept()
                number = self.connections
                self.connections += 1
                self.carried.append(0)
                self._start(self._relay, number, client, self.trouble(number))

    def _relay(self, number, client, trouble):
        with client, contextlib.suppress(OSError), socket.create_connection(self._to, timeout=30) as server:
            for end in (client, server):
                end.settimeout(30)
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            gone = {True: 0, False: 0}
            while not self._ends.is_set():
                for end in select.select([client, server], [], [], 0.1)[0]:
                    to_client = end is server
                    data = end.recv(65536)
                    if not data:
                        return
                    left = trouble.after - gone[to_client] if trouble and trouble.to_client == to_client else len(data)
                    (client if to_client else server).sendall(data[:left])
                    gone[to_client] += len(data[:left])
                    self.carried[number] = gone[True]
                    if left < len(data) or (trouble and trouble.to_client == to_client and left == len(data)):
                        self.troubled += 1
                        self._befall(client, server, trouble)
                        return

    def _befall(self, client, server, trouble):
        if trouble.stall:
            self._ends.wait()
        elif trouble.reset:
            for end in (client, server):
                end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
