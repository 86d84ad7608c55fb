"""`jmrp poll`, feeds in its configuration, and the servers that it asks."""
import atexit
import contextlib
import json
import os
import pty
import shutil
import sqlite3
import tempfile
import time

import dovecot
import jmrp_test
import reports

USER, PASSWORD = "fbl", "Pa55-of-a-test"


def new_authority():
    directory = tempfile.mkdtemp(prefix="jmrp-authority-")
    atexit.register(shutil.rmtree, directory, ignore_errors=True)
    return dovecot.Authority(directory)


def authority():
    """One for all tests of a process."""
    if not hasattr(authority, "made"):
        authority.made = new_authority()
        authority.certificate = authority.made.certificate()
    return authority.made


def certificate():
    authority()
    return authority.certificate


def crlf(message):
    """As it goes over the wire."""
    return message.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def messages(numbers):
    return [crlf(reports.report(n)) for n in numbers]


class PollTest(jmrp_test.JmrpTest):
    def setUp(self):
        super().setUp()
        self.feeds = {}
        self.more_configuration = ""
        self.password_file = self.secret("password", PASSWORD + "\n")

    def secret(self, name, text):
        """-> a file that nobody else may read"""
        path = self.write(name, text)
        os.chmod(path, 0o600)
        return path

    def dovecot(self, **options):
        server = dovecot.Dovecot(**{"certificate": certificate(), **options})
        server.__enter__()
        self.addCleanup(server.__exit__)
        return server

    def feed(self, port, name="jmrp", scheme="imap", **keys):
        """Puts the feed into the configuration, or changes it there; a key that is None is left out."""
        usual = {"url": f"{scheme}://127.0.0.1:{port}", "user": USER, "secret_file": self.password_file,
                 "ca_file": authority().file, "timeout_seconds": 20}
        self.feeds[name] = {key: value for key, value in {**usual, **keys}.items() if value is not None}
        self.write_configuration()

    def write_configuration(self):
        text = f"[database]\npath = '{self.database}'\nbusy_timeout_ms = 20000\n" + jmrp_test.TRUSTING + self.more_configuration
        for name, keys in self.feeds.items():
            text += f"[feed.{name}]\n"
            # JSON's texts, numbers, true and lists of texts are TOML's
            text += "".join(f"{key} = {json.dumps(value, ensure_ascii=False)}\n" for key, value in keys.items())
        self.config = self.write("jmrp.toml", text)

    def poll(self, *arguments, **more):
        return self.run_jmrp("poll", *arguments, **more)

    def assert_polled(self, *arguments, **more):
        """It did its work, and cron has nothing to tell."""
        result = self.poll(*arguments, **more)
        self.assertEqual((result.status, result.stdout, result.stderr), (0, b"", b""), str(result))

    def assert_fails(self, status, *texts, arguments=(), **more):
        """-> what it says: one error, which names the feed, holds `texts` and no secret."""
        result = self.poll(*arguments, **more)
        said = result.stderr.decode()
        self.assertEqual(result.status, status, str(result))
        self.assertEqual(result.stdout, b"", str(result))
        for text in texts:
            self.assertIn(text.lower(), said.lower())
        self.assertNotIn(PASSWORD, said)
        self.assertTrue(said.isprintable() or all(line.isprintable() for line in said.splitlines()), str(result))
        return said

    def assert_holds(self, server, numbers, folder="INBOX"):
        """Each of these reports, once, and nothing else."""
        self.assertEqual(sorted(map(crlf, server.messages(folder))), sorted(messages(numbers)))

    def told(self):
        """The Message-IDs that reports are about, sorted."""
        return sorted(line.split("|")[9] for line in self.dump().splitlines() if line.startswith("report|"))

    def assert_told(self, numbers):
        """Exactly these reports were taken in, each once."""
        self.assertEqual(self.told(), sorted(f"mail-{n}@sender.example" for n in numbers))
        self.assertEqual(self.kept(), len(list(numbers)))

    def kept_bytes(self):
        """The sizes of the messages kept, and whether each was cut."""
        with sqlite3.connect(f"file:{self.database}?mode=ro", uri=True) as database:
            return sorted(database.execute("SELECT size, truncated FROM message"))

    def wait_for(self, condition, what, seconds=60):
        deadline = time.monotonic() + seconds
        while not condition():
            self.assertLess(time.monotonic(), deadline, f"not within {seconds} s: {what}")
            time.sleep(0.02)

    def at_a_terminal(self, *arguments):
        """-> (exit status, what a person sees)"""
        ours, theirs = pty.openpty()
        with open(ours, "rb", buffering=0) as screen, self.popen(*arguments, stdout=theirs, stderr=theirs) as process:
            os.close(theirs)
            said = b""
            with contextlib.suppress(OSError):  # EIO: nobody writes there any more
                while data := screen.read(65536):
                    said += data
            return process.wait(timeout=jmrp_test.PATIENCE), said.decode()

    @staticmethod
    def maps(pid):
        with open(f"/proc/{pid}/maps", encoding="utf-8", errors="surrogateescape") as file:
            return file.read()

    def family(self, pid):
        """The process and its descendants."""
        out = [pid]
        with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
            for child in file.read().split():
                out += self.family(int(child))
        return out
