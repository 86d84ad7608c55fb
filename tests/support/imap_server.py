"""A small IMAP server in memory for what real servers do not show on demand.

It behaves, as far as it goes (RFC 3501, MOVE, UIDPLUS, NAMESPACE, AUTHENTICATE), until a test says otherwise: by
`capabilities`, by what a Message answers, and by `on(name, function)`, which puts a function in place of a command.
"""
import base64
import contextlib
import re
import socket
import ssl
import threading
import time
from dataclasses import dataclass, field

COMMANDS_WITH_UID = ("FETCH", "STORE", "COPY", "MOVE", "EXPUNGE", "SEARCH")


class Hangup(Exception):
    """Ends the connection."""


@dataclass
class Message:
    data: bytes
    flags: set = field(default_factory=set)
    announced: int = None  # the length that its literal announces, where that is a lie
    size: int = None  # what RFC822.SIZE says, where that is a lie
    refused: bytes = b""  # the answer to a FETCH of its text, such as b"NO [SERVERBUG] cannot"


class Folder:
    def __init__(self, messages=(), uid_validity=1):
        self.uid_validity = uid_validity
        self.next_uid = 1
        self.messages = {}
        for message in messages:
            self.append(message)

    def append(self, message):
        """-> its UID"""
        self.messages[self.next_uid] = message if isinstance(message, Message) else Message(message)
        self.next_uid += 1
        return self.next_uid - 1

    def texts(self):
        return [message.data for message in self.messages.values()]


def parse_set(text, uids):
    """A sequence set -> those of `uids` (ascending) that are in it."""
    last = uids[-1] if uids else 0
    wanted = []
    for part in text.split(","):
        low, _, high = part.partition(":")
        ends = sorted(last if end == "*" else int(end) for end in (low, high or low))
        wanted.append(ends)
    return [uid for uid in uids if any(low <= uid <= high for low, high in wanted)]


def words(text):
    """The arguments of a command: atoms, quoted strings without their quotes, lists in one piece."""
    found = re.findall(rb'"((?:[^"\\]|\\.)*)"|(\([^)]*\)|[^\s"(]+(?:\[[^\]]*\](?:<[^>]*>)?)?)', text)
    return [re.sub(rb"\\(.)", rb"\1", quoted) if not other else other for quoted, other in found]


class Session:
    """One connection."""

    def __init__(self, server, connection):
        self.server = server
        self.connection = connection
        self.folder = None
        self.known = []  # the client's view of the folder: UIDs by sequence number
        self.user = None
        self._buffer = b""

    def send(self, *lines):
        self.connection.sendall(b"".join(line + b"\r\n" for line in lines))

    def raw(self, data):
        self.connection.sendall(data)

    def _fill(self):
        data = self.connection.recv(65536)
        if not data:
            raise Hangup
        self._buffer += data

    def _line(self):
        while b"\r\n" not in self._buffer:
            self._fill()
        line, self._buffer = self._buffer.split(b"\r\n", 1)
        return line

    def read_command(self):
        """A line with the literals that it announces."""
        line = self._line()
        while match := re.search(rb"\{(\d+)(\+?)\}$", line):
            if not match[2]:
                self.send(b"+ go on")
            length = int(match[1])
            while len(self._buffer) < length:
                self._fill()
            literal, self._buffer = self._buffer[:length], self._buffer[length:]
            line = line[: match.start()] + b'"' + literal.replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"' + self._line()
        return line

    def run(self):
        self.send(self.server.greeting)
        while True:
            line = self.read_command()
            tag, _, rest = line.partition(b" ")
            name, _, arguments = rest.partition(b" ")
            name = name.upper().decode()
            if name == "UID":
                name, _, arguments = arguments.partition(b" ")
                name = "UID " + name.upper().decode()
            self.server.commands.append(f"{name} {arguments.decode('latin-1')}".strip())
            with self.server.lock:
                handler = self.server.handlers.get(name)
                if handler is not None and handler(self, tag, arguments) is not False:
                    continue
                own = getattr(self, "do_" + name.lower().replace(" ", "_"), None)
                if own is None:
                    self.send(tag + b" BAD unknown command")
                else:
                    own(tag, arguments)

    # What comes before a folder

    def do_capability(self, tag, _):
        self.send(b"* CAPABILITY " + self.server.capability_line(self), tag + b" OK done")

    def do_noop(self, tag, _):
        self.announce_changes()
        self.send(tag + b" OK done")

    do_check = do_noop

    def do_logout(self, tag, _):
        self.send(b"* BYE see you", tag + b" OK done")
        raise Hangup

    def do_id(self, tag, _):
        self.send(b"* ID NIL", tag + b" OK done")

    def do_starttls(self, tag, _):
        if self.server.tls is None:
            self.send(tag + b" BAD no TLS here")
            return
        self.raw(tag + b" OK begin TLS\r\n" + self.server.behind_starttls)
        self._buffer = b""
        self.connection = self.server.tls.wrap_socket(self.connection, server_side=True)

    def do_login(self, tag, arguments):
        self._log_in(tag, *words(arguments)[:2])

    def do_authenticate(self, tag, arguments):
        mechanism, *initial = arguments.split()
        if not initial:
            self.send(b"+ ")
            initial = [self._line()]
        told = base64.b64decode(initial[0])
        self.server.credentials.append(told)
        if mechanism.upper() == b"PLAIN":
            self._log_in(tag, *told.split(b"\0")[1:3])
            return
        if f"Bearer {self.server.token}".encode() in told:
            self._welcome(tag, b"fbl")
            return
        self.send(b"+ " + base64.b64encode(self.server.token_challenge))
        self._line()  # RFC 7628, section 3.2.3: the client says that it has seen it
        self.send(tag + b" NO [AUTHENTICATIONFAILED] " + self.server.refusal)

    def _log_in(self, tag, user, password):
        if self.server.users.get(user.decode()) == password.decode():
            self._welcome(tag, user)
        else:
            self.send(tag + b" NO [AUTHENTICATIONFAILED] " + self.server.refusal)

    def _welcome(self, tag, user):
        self.user = user
        self.send(tag + b" OK [CAPABILITY " + self.server.capability_line(self) + b"] welcome")

    # Folders

    def do_namespace(self, tag, _):
        self.send(b'* NAMESPACE (("%s" "%s")) NIL NIL' % (self.server.prefix, self.server.separator), tag + b" OK done")

    def do_list(self, tag, arguments):
        pattern = words(arguments)[-1].decode()
        expression = re.compile("".join(".*" if c == "*" else "[^/.]*" if c == "%" else re.escape(c) for c in pattern))
        if not pattern:
            self.send(b'* LIST (\\Noselect) "%s" ""' % self.server.separator)
        for name in self.server.folders:
            if expression.fullmatch(name):
                self.send(b'* LIST () "%s" "%s"' % (self.server.separator, name.encode()))
        self.send(tag + b" OK done")

    do_lsub = do_list

    def do_create(self, tag, arguments):
        name = words(arguments)[0].decode()
        if name in self.server.folders:
            self.send(tag + b" NO [ALREADYEXISTS] it is there")
        else:
            self.server.folders[name] = Folder()
            self.send(tag + b" OK done")

    def do_subscribe(self, tag, _):
        self.send(tag + b" OK done")

    def do_select(self, tag, arguments):
        folder = self.server.folders.get(words(arguments)[0].decode())
        if folder is None:
            self.folder = None
            self.send(tag + b" NO [NONEXISTENT] no such folder")
            return
        self.folder = folder
        self.known = sorted(folder.messages)
        self.send(b"* %d EXISTS" % len(self.known), b"* 0 RECENT", b"* FLAGS (\\Seen \\Deleted \\Flagged)",
                  b"* OK [PERMANENTFLAGS (\\Seen \\Deleted \\Flagged%s)] flags" % (b" \\*" if self.server.keywords else b""),
                  b"* OK [UIDVALIDITY %d] valid" % folder.uid_validity, b"* OK [UIDNEXT %d] next" % folder.next_uid,
                  tag + b" OK [READ-WRITE] selected")

    do_examine = do_select

    def do_status(self, tag, arguments):
        name = words(arguments)[0]
        folder = self.server.folders.get(name.decode())
        if folder is None:
            self.send(tag + b" NO [NONEXISTENT] no such folder")
            return
        self.send(b'* STATUS "%s" (MESSAGES %d UIDNEXT %d UIDVALIDITY %d)' % (name, len(folder.messages), folder.next_uid,
                                                                             folder.uid_validity), tag + b" OK done")

    def do_close(self, tag, _):
        for uid in [uid for uid, message in self.folder.messages.items() if "\\Deleted" in message.flags]:
            del self.folder.messages[uid]
        self.folder = None
        self.send(tag + b" OK done")

    def do_unselect(self, tag, _):
        self.folder = None
        self.send(tag + b" OK done")

    # Messages

    def announce_changes(self):
        """Tells of what went and came since the last time."""
        if self.folder is None:
            return
        for uid in reversed([uid for uid in self.known if uid not in self.folder.messages]):
            self.send(b"* %d EXPUNGE" % (self.known.index(uid) + 1))
            self.known.remove(uid)
        new = [uid for uid in sorted(self.folder.messages) if uid not in self.known]
        if new:
            self.known += new
            self.send(b"* %d EXISTS" % len(self.known))

    def _targets(self, set_):
        return [uid for uid in parse_set(set_.decode(), self.known) if uid in self.folder.messages]

    def do_uid_search(self, tag, arguments):
        self.announce_changes()
        found = list(self.known)
        criteria = words(arguments)
        for position, criterion in enumerate(criteria):
            if criterion.upper() == b"UID":
                found = [uid for uid in found if uid in parse_set(criteria[position + 1].decode(), self.known)]
            elif re.fullmatch(rb"(UN)?DELETED", criterion.upper()):
                deleted = criterion.upper() == b"DELETED"
                found = [uid for uid in found if ("\\Deleted" in self.folder.messages[uid].flags) == deleted]
            elif criterion.upper() in (b"KEYWORD", b"UNKEYWORD"):
                wanted = criterion.upper() == b"KEYWORD"
                keyword = criteria[position + 1].decode()
                found = [uid for uid in found if (keyword in self.folder.messages[uid].flags) == wanted]
        self.send(b"* SEARCH" + b"".join(b" %d" % uid for uid in found), tag + b" OK done")

    def do_uid_fetch(self, tag, arguments):
        set_, _, items = arguments.partition(b" ")
        refused = None
        for uid in self._targets(set_):
            message = self.folder.messages.get(uid)
            if message is None:
                continue
            body = re.search(rb"BODY(?:\.PEEK)?\[\](?:<(\d+)\.(\d+)>)?", items)
            if body and message.refused:
                refused = message.refused
                continue
            answer = [b"UID %d" % uid]
            if b"RFC822.SIZE" in items:
                answer.append(b"RFC822.SIZE %d" % (len(message.data) if message.size is None else message.size))
            if b"FLAGS" in items:
                answer.append(b"FLAGS (" + " ".join(sorted(message.flags)).encode() + b")")
            if body:
                data = message.data
                origin = b""
                if body[1]:
                    data = data[int(body[1]) : int(body[1]) + int(body[2])]
                    origin = b"<" + body[1] + b">"
                announced = len(data) if message.announced is None else message.announced
                answer.append(b"BODY[]%s {%d}\r\n" % (origin, announced) + data)
                if b".PEEK" not in items:
                    message.flags.add("\\Seen")
            self.send(b"* %d FETCH (" % (self.known.index(uid) + 1) + b" ".join(answer) + b")")
        self.send(tag + b" " + refused if refused else tag + b" OK done")

    def do_uid_store(self, tag, arguments):
        set_, action, flags = re.match(rb"(\S+) ([+-]?FLAGS(?:\.SILENT)?) \(?([^)]*)\)?", arguments, re.IGNORECASE).groups()
        changed = set(flags.decode().split())
        for uid in self._targets(set_):
            message = self.folder.messages[uid]
            if action[:1] == b"+":
                message.flags |= changed
            elif action[:1] == b"-":
                message.flags -= changed
            else:
                message.flags = set(changed)
            if b"SILENT" not in action.upper():
                self.send(b"* %d FETCH (UID %d FLAGS (%s))" % (self.known.index(uid) + 1, uid,
                                                              " ".join(sorted(message.flags)).encode()))
        self.send(tag + b" OK done")

    def _copy(self, tag, arguments):
        """-> the UIDs, or None with the answer given"""
        set_, name = words(arguments)[:2]
        target = self.server.folders.get(name.decode())
        if target is None:
            self.send(tag + b" NO [TRYCREATE] no such folder")
            return None
        uids = self._targets(set_)
        for uid in uids:
            message = self.folder.messages[uid]
            target.append(Message(message.data, set(message.flags)))
        return uids

    def do_uid_copy(self, tag, arguments):
        if self._copy(tag, arguments) is not None:
            self.send(tag + b" OK done")

    def do_uid_move(self, tag, arguments):
        if "MOVE" not in self.server.capabilities.split():
            self.send(tag + b" BAD unknown command")
            return
        uids = self._copy(tag, arguments)
        if uids is not None:
            for uid in uids:
                del self.folder.messages[uid]
            self.announce_changes()
            self.send(tag + b" OK done")

    def _expunge(self, tag, uids):
        for uid in uids:
            if "\\Deleted" in self.folder.messages[uid].flags:
                del self.folder.messages[uid]
        self.announce_changes()
        self.send(tag + b" OK done")

    def do_uid_expunge(self, tag, arguments):
        if "UIDPLUS" not in self.server.capabilities.split():
            self.send(tag + b" BAD unknown command")
            return
        self._expunge(tag, self._targets(words(arguments)[0]))

    def do_expunge(self, tag, _):
        self._expunge(tag, list(self.folder.messages))


class ImapServer:
    def __init__(self, certificate=None, implicit_tls=False, capabilities="IMAP4rev1 MOVE UIDPLUS NAMESPACE"):
        self.tls = None
        if certificate:
            self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.tls.load_cert_chain(*certificate)
        self.implicit_tls = implicit_tls
        self.capabilities = capabilities
        self.mechanisms = "AUTH=PLAIN"
        self.greeting = b"* OK ready"
        self.behind_starttls = b""  # sent in the clear behind the answer to STARTTLS
        self.users = {"fbl": "Pa55-of-a-test"}
        self.token = "access-token-of-a-test"
        self.token_challenge = b'{"status":"invalid_token"}'
        self.refusal = b"no"
        self.credentials = []  # what AUTHENTICATE was told, decoded
        self.prefix, self.separator = b"", b"/"
        self.keywords = True  # whether clients may make keywords
        self.folders = {"INBOX": Folder()}
        self.commands = []  # all that came, without tags
        self.handlers = {}
        self.lock = threading.RLock()  # held while a command is answered, and to change anything meanwhile
        self.connections = 0
        self._ends = False
        self._threads = []
        self._open = set()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]

    def on(self, name, function):
        """In place of a command, such as "UID FETCH": function(session, tag, arguments); where it returns False the command is
        carried out as well."""
        self.handlers[name] = function

    def once(self, name, function):
        def first(session, tag, arguments):
            del self.handlers[name]
            return function(session, tag, arguments)

        self.handlers[name] = first

    def capability_line(self, session):
        encrypted = isinstance(session.connection, ssl.SSLSocket)
        offers = "STARTTLS " if self.tls and not encrypted and not self.implicit_tls else ""
        return f"{self.capabilities} {offers}{self.mechanisms}".encode()

    def count(self, name):
        return sum(command.startswith(name) for command in self.commands)

    def __enter__(self):
        self._listener.settimeout(0.1)
        self._start(self._accept)
        return self

    def __exit__(self, *_):
        self._ends = True
        for connection in list(self._open):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in list(self._threads):
            thread.join(30)
        self._listener.close()

    def _start(self, target, *arguments):
        thread = threading.Thread(target=target, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self):
        while not self._ends:
            with contextlib.suppress(TimeoutError):
                connection, _ = self._listener.accept()
                self.connections += 1
                self._start(self._serve, connection)

    def _serve(self, connection):
        connection.settimeout(60)
        self._open.add(connection)
        with contextlib.suppress(OSError, Hangup):
            if self.implicit_tls:
                connection = self.tls.wrap_socket(connection, server_side=True)
                self._open.add(connection)
            session = Session(self, connection)
            try:
                session.run()
            finally:
                connection = session.connection
                self._open.add(connection)
        with contextlib.suppress(OSError):
            connection.close()

    def wait_until(self, condition, what, seconds=30):
        deadline = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > deadline:
                raise AssertionError(f"not within {seconds} s: {what}; {self.commands[-20:]}")
            time.sleep(0.02)
