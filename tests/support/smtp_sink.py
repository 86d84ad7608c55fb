"""An SMTP server on two addresses of the loopback, 127.0.0.1 and 127.0.0.2, that takes, puts off or refuses mail as it is told, and keeps what it saw.

    with smtp_sink.Sink(decide) as sink:
        ... sink.port ...
    sink.messages, sink.replies, sink.attempts

`decide(recipient, attempt)` gives the reply to a RCPT command, such as "250 ok", "450 later" or "550 no such user"; attempt counts
from 1 for each recipient. The reply to the end of the data can be set in the same way: `decide_data(message)`.
"""
import asyncio
import re
import threading
import time


class Message:
    """What came with one DATA command."""

    def __init__(self, sender, recipients, data, peer):
        self.sender = sender
        self.recipients = recipients  # those that were accepted
        self.data = data  # bytes as they came, dots at line beginnings undone
        self.peer = peer  # address and port of the client

    def header(self, name):
        """The first field of that name, unfolded; None where there is none."""
        head = self.data.split(b"\r\n\r\n", 1)[0].decode("utf-8", "replace")
        match = re.search(r"(?im)^%s:[ \t]*(.*(?:\r?\n[ \t].*)*)" % re.escape(name), head)
        return re.sub(r"\r?\n[ \t]", " ", match[1]).strip() if match else None


class Sink:
    def __init__(self, decide=lambda recipient, attempt: "250 ok", decide_data=lambda message: "250 ok", most_messages=100_000,
                 most_bytes=64 << 20):
        self.messages = []
        self.replies = []  # (recipient, reply) of each RCPT command
        self.attempts = []  # (our address, recipient, reply, time) of each RCPT command
        self._decide = decide
        self._decide_data = decide_data
        self._most_messages = most_messages
        self._most_bytes = most_bytes
        self._attempts = {}
        self._loop = asyncio.new_event_loop()
        self._servers = []
        self.port = None
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self):
        self._thread.start()
        for address in ("127.0.0.1", "127.0.0.2"):
            start = asyncio.start_server(self._serve, address, self.port or 0, limit=1 << 20)
            self._servers.append(asyncio.run_coroutine_threadsafe(start, self._loop).result(30))
            self.port = self._servers[0].sockets[0].getsockname()[1]
        return self

    def __exit__(self, *_):
        async def end():
            for server in self._servers:
                server.close()
            for task in asyncio.all_tasks():
                if task is not asyncio.current_task():
                    task.cancel()

        asyncio.run_coroutine_threadsafe(end(), self._loop).result(30)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(30)

    async def _serve(self, reader, writer):
        try:
            await self._converse(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    async def _converse(self, reader, writer):
        async def say(text):
            writer.write(text.encode() + b"\r\n")
            await writer.drain()

        sender, recipients = None, []
        await say("220 sink.example ESMTP")
        while line := await reader.readline():
            text = line.decode("utf-8", "replace").rstrip("\r\n")
            verb = text[:4].upper()
            if verb == "EHLO":
                await say("250-sink.example\r\n250-8BITMIME\r\n250 SMTPUTF8")
            elif verb == "HELO":
                await say("250 sink.example")
            elif verb == "MAIL":
                sender, recipients = self._path(text), []
                await say("250 ok")
            elif verb == "RCPT":
                recipient = self._path(text)
                self._attempts[recipient] = self._attempts.get(recipient, 0) + 1
                reply = self._decide(recipient, self._attempts[recipient])
                self.replies.append((recipient, reply))
                self.attempts.append((writer.get_extra_info("sockname")[0], recipient, reply, time.time()))
                if reply.startswith("2"):
                    recipients.append(recipient)
                await say(reply)
            elif verb == "DATA":
                if not recipients:
                    await say("554 no valid recipients")
                    continue
                await say("354 go on")
                message = Message(sender, recipients, await self._data(reader), writer.get_extra_info("peername"))
                reply = self._decide_data(message)
                if reply.startswith("2"):
                    if len(self.messages) >= self._most_messages:
                        reply = "452 the sink is full"
                    else:
                        self.messages.append(message)
                sender, recipients = None, []
                await say(reply)
            elif verb == "RSET":
                sender, recipients = None, []
                await say("250 ok")
            elif verb == "QUIT":
                await say("221 bye")
                return
            else:
                await say("250 ok" if verb == "NOOP" else "502 not here")

    @staticmethod
    def _path(text):
        """What stands in the angle brackets, which may hold a quoted local part."""
        begin = text.index("<") + 1
        quoted = False
        for at in range(begin, len(text)):
            if text[at] == '"' and text[at - 1] != "\\":
                quoted = not quoted
            elif text[at] == ">" and not quoted:
                return text[begin:at]
        return text[begin:]

    async def _data(self, reader):
        lines, size = [], 0
        while True:
            line = await reader.readline()
            if not line:
                raise asyncio.IncompleteReadError(b"", None)
            if line in (b".\r\n", b".\n"):
                return b"".join(lines)
            size += len(line)
            if size > self._most_bytes:
                raise ConnectionError("too large")
            lines.append(line[1:] if line.startswith(b".") else line)
