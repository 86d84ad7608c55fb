"""A running `jmrp milter`, a Postfix that asks it, a server that takes the mail, and reports about what arrived."""
import email
import grp
import json
import os
import re
import shutil
import smtplib
import socket
import sqlite3
import subprocess
import threading
import time

import jmrp_test
import postfix
import smtp_sink

SOURCE = os.environ.get("JMRP_SOURCE") or os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
SENDER = "news@sender.example"


def example(*names):
    with open(os.path.join(SOURCE, "examples", *names), encoding="utf-8") as file:
        return file.read()


class Milter:
    """The process; what it says is in `said`."""

    def __init__(self, test, *options, **more):
        self.said = []
        self.process = test.popen("milter", "--verbose", *options, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, **more)
        self._listens = threading.Event()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        if not self._listens.wait(jmrp_test.PATIENCE):
            self.kill()
        if self.process.poll() is not None:
            self._reader.join(10)
            raise AssertionError(f"the milter does not listen: {self.said}")

    def _read(self):
        for line in self.process.stderr:
            self.said.append(line.decode().rstrip("\n"))
            if "listens at" in self.said[-1]:
                self._listens.set()
        self._listens.set()

    def _end(self):
        status = self.process.wait(jmrp_test.PATIENCE)
        self._reader.join(10)
        self.process.stderr.close()
        return status

    def stop(self):
        self.process.terminate()
        return self._end()

    def kill(self):
        self.process.kill()
        return self._end()


def sparse_report(message, mask="redacted@sender.example"):
    """What a provider tells today: headers only, and nothing in them names the recipient."""
    head = message.data.split(b"\r\n\r\n", 1)[0].decode("utf-8", "surrogateescape")
    for name in ("To", "Cc", "Return-Path", "Delivered-To"):
        head = re.sub(r"(?im)^%s:.*(\r?\n[ \t].*)*" % name, f"{name}: <{mask}>", head)
    head = re.sub(r"(?im)^(Received:.*(?:\r?\n[ \t].*)*)", lambda m: re.sub(r"\sfor <[^>]*>", "", m[1]), head)
    head = re.sub(r"(?im)^Message-ID:.*(\r?\n[ \t].*)*", "Message-ID: <masked@receiver.example>", head)
    head = f"Return-Path: <{mask}>\r\n" + head
    return ("From: staff@hotmail.com\r\nTo: fbl@sender.example\r\nSubject: complaint\r\nMIME-Version: 1.0\r\n"
            "Date: Sun, 22 Nov 2026 08:00:00 +0000\r\n"
            'Content-Type: multipart/report; report-type=feedback-report; boundary="b"\r\n\r\n'
            "--b\r\nContent-Type: text/plain\r\n\r\nA complaint.\r\n"
            "--b\r\nContent-Type: message/feedback-report\r\n\r\n"
            "Feedback-Type: abuse\r\nUser-Agent: JMRP/1.0\r\nVersion: 1\r\n\r\n"
            "--b\r\nContent-Type: text/rfc822-headers\r\n\r\n" + head + "\r\n\r\n--b--\r\n").encode("utf-8", "surrogateescape")


class MilterTest(jmrp_test.JmrpTest):
    CONFIG = ""  # more of section [milter]
    OWN_DOMAINS = '["sender.example"]'

    def setUp(self):
        super().setUp()
        self.keys = self.path("token.keys")
        self.socket = "unix:" + self.path("milter.sock")
        self.config = self.write("jmrp.toml", f"[database]\npath = '{self.database}'\n[own]\ndomains = {self.OWN_DOMAINS}\n"
                                              f"[milter]\nsocket = '{self.socket}'\n{self.CONFIG}")
        self.become_nobody()
        if self.user is not None:
            beside = shutil.copy(os.path.join(os.path.dirname(jmrp_test.program()), "jmrp-milter"), self.path("jmrp-milter"))
            os.chmod(beside, 0o755)
            os.chmod(self.directory, 0o755)
        self.succeed("token", "key", "new")

    def start_milter(self, *options):
        """As a service does: a user of its own, whose socket is for the group of the mail server."""
        more = {"group": grp.getgrnam("postfix").gr_gid} if self.user is not None else {}
        if more:
            more.update(user=self.user.pw_uid, extra_groups=[])
        milter = Milter(self, *options, **more)
        self.addCleanup(lambda: milter.process.poll() is None and milter.kill())
        return milter

    def example_main_cf(self):
        text = example("postfix", "main.cf")
        self.assertIn("unix:/run/jmrp/milter.sock", text)
        return "\n" + text.replace("unix:/run/jmrp/milter.sock", self.socket)

    def postfix_and_sink(self, more=None):
        sink = smtp_sink.Sink()
        sink.__enter__()
        self.addCleanup(sink.__exit__)
        server = postfix.Postfix({}, sink.port, self.example_main_cf() if more is None else more)
        self.addCleanup(server.__exit__)
        server.__enter__()
        return server, sink

    def opened(self, text):
        return self.json("token", "open", text)

    def claims_of(self, message, header="X-Jmrp-Token"):
        found = self.opened(message.header(header))
        self.assertEqual(found["status"], "opened")
        return found["claims"]

    def kept_recipients(self, token_id):
        """What the milter wrote down for it."""
        with sqlite3.connect(f"file:{self.database}.stamped?mode=ro", uri=True) as database:
            return [sorted(row[0].split("\n")) for row in
                    database.execute("SELECT recipients FROM stamped WHERE token_id = ?", (token_id,))]


def headers_named(message, name):
    head = message.data.split(b"\r\n\r\n", 1)[0].decode("utf-8", "replace")
    return [value.strip() for value in re.findall(r"(?im)^%s:(.*)$" % re.escape(name), head)]
