"""jmrp milter behind a real Postfix: every outgoing mail gets a token that names its recipients, and mail is never kept from going."""
import concurrent.futures
import json
import os
import smtplib
import socket
import sqlite3
import stat
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import jmrp_test
import milter
from postfix import _free_port as free_port
from milter import SENDER, headers_named

CONNECTIONS = 8
SINGLE = 240
MANY = 60
KILLED = 600


def mail(number, *fields, body="Good morning\r\n", author=SENDER):
    return "".join(line + "\r\n" for line in (f"From: News <{author}>", "To: undisclosed-recipients:;", f"Subject: {number}",
                                              f"Message-ID: <{number}@sender.example>", *fields)) + "\r\n" + body


def number_of(message):
    return int(message.header("Subject"))


class BehindPostfixBase(milter.MilterTest):
    def submit(self, server, numbers, recipients_of, *fields, sender=SENDER, author=SENDER):
        """In one connection."""
        with smtplib.SMTP("127.0.0.1", server.port, local_hostname="app.sender.example", timeout=60) as smtp:
            for number in numbers:
                smtp.sendmail(sender, recipients_of(number), mail(number, *fields, author=author))

    def wait_for(self, server, sink, recipients):
        server.wait_until(lambda: sum(len(message.recipients) for message in sink.messages) >= recipients,
                          f"{recipients} are delivered, not {sum(len(m.recipients) for m in sink.messages)}", 120)
        server.wait_until_empty()
        self.assertEqual(sum(len(message.recipients) for message in sink.messages), recipients)

    def one(self, server, sink, number, recipients, *fields, **more):
        """Sends one mail and gives it as it arrived."""
        before = len(sink.messages)
        self.submit(server, [number], lambda _: recipients, *fields, **more)
        server.wait_until(lambda: sum(len(m.recipients) for m in sink.messages[before:]) == len(recipients), "it is delivered", 60)
        return sink.messages[before]


class BehindPostfix(BehindPostfixBase):
    def test_every_recipient_of_hundreds_of_mails_is_found_again(self):
        process = self.start_milter()
        server, sink = self.postfix_and_sink()

        def recipients_of(number):
            if number < SINGLE:
                return [f"person-{number}@outlook.example"]
            return [f"one-of-{number}-{i}@outlook.example" for i in range(2 + number % 40)]

        with concurrent.futures.ThreadPoolExecutor(CONNECTIONS) as pool:
            for sent in [pool.submit(self.submit, server, range(first, SINGLE + MANY, CONNECTIONS), recipients_of)
                         for first in range(CONNECTIONS)]:
                sent.result()
        for number in range(SINGLE + MANY, SINGLE + MANY + 20):
            server.sendmail(SENDER, recipients_of(number if number % 2 else 0)[:1 if number % 2 else 2], mail(number))
        count = SINGLE + sum(len(recipients_of(n)) for n in range(SINGLE, SINGLE + MANY)) + 20
        self.wait_for(server, sink, count)
        for message in sink.messages:
            claims = self.claims_of(message)
            wanted = recipients_of(number_of(message))
            if number_of(message) >= SINGLE + MANY:
                wanted = message.recipients
            if len(wanted) == 1:
                self.assertEqual(claims["recipient"], wanted[0])
                self.assertNotIn("id", claims)
            else:
                self.assertNotIn("recipient", claims)
                self.assertEqual(self.kept_recipients(claims["id"]), [sorted(wanted)])
        self.assertEqual(process.stop(), 0)
        self.assertGreaterEqual(self.json("status")["stamped"]["messages"], MANY)
        self.assert_reports_name_them(sink.messages)

    def assert_reports_name_them(self, messages):
        """What comes back by way of a provider that leaves nothing but the fields it does not know."""
        paths = [self.write(f"report-{i}.eml", milter.sparse_report(message)) for i, message in enumerate(messages)]
        for message, line in zip(messages, self.succeed("inspect", "--json", *paths).splitlines(), strict=True):
            recipient = json.loads(line)["recipient"]
            if "id" not in self.claims_of(message):
                self.assertEqual((recipient["status"], recipient["addresses"], recipient["basis"]),
                                 ("known", message.recipients, "token"), recipient)
            else:
                (everyone,) = self.kept_recipients(self.claims_of(message)["id"])
                self.assertEqual((recipient["status"], sorted(recipient["candidates"])), ("ambiguous", everyone), recipient)

    def test_it_goes_without_a_token_while_the_database_is_locked_and_nothing_waits(self):
        process = self.start_milter()
        server, sink = self.postfix_and_sink()
        pair = ["a@outlook.example", "b@outlook.example"]
        self.assertIn("id", self.claims_of(self.one(server, sink, 1, pair)))
        holder = sqlite3.connect(self.database + ".stamped", isolation_level=None)
        self.addCleanup(holder.close)
        holder.execute("BEGIN EXCLUSIVE")
        begun = time.monotonic()
        self.submit(server, range(2, 42), lambda _: pair)
        took = time.monotonic() - begun
        self.submit(server, [42], lambda _: pair[:1])  # needs no database
        self.wait_for(server, sink, 2 + 80 + 1)
        self.assertLess(took, 20, "only the first one waits")
        for message in sink.messages[1:]:
            tokens = headers_named(message, "X-Jmrp-Token")
            self.assertEqual(len(tokens), number_of(message) == 42, tokens)
        self.assertEqual(len([line for line in process.said if "database" in line]), 1, process.said)
        self.assertNotIn("status=deferred", server.log())
        holder.execute("ROLLBACK")
        time.sleep(2.5)
        self.assertIn("id", self.claims_of(self.one(server, sink, 43, pair)))
        self.assertTrue(any("well again" in line for line in process.said), process.said)
        self.assertNotIn("outlook.example", "\n".join(process.said))

    def test_it_goes_without_a_token_while_there_is_no_key(self):
        os.rename(self.keys, self.keys + ".away")
        process = self.start_milter()
        server, sink = self.postfix_and_sink()
        forged = "X-Jmrp-Token: jt1" + "A" * 80
        for number, recipients in enumerate((["a@outlook.example"], ["a@outlook.example", "b@outlook.example"])):
            self.assertEqual(headers_named(self.one(server, sink, number, recipients, forged), "X-Jmrp-Token"), [])
        self.assertEqual(len([line for line in process.said if "keys" in line and "message(s)" in line]), 1, process.said)
        os.rename(self.keys + ".away", self.keys)
        time.sleep(2.1)
        self.assertEqual(self.claims_of(self.one(server, sink, 3, ["a@outlook.example"]))["recipient"], "a@outlook.example")
        # Whatever becomes of the file now, the keys that were read stay, until somebody takes it away.
        self.write("token.keys", "no keys\n")
        time.sleep(2.1)
        self.assertEqual(len(headers_named(self.one(server, sink, 4, ["a@outlook.example"]), "X-Jmrp-Token")), 1)
        self.assertIn("changed keys are not in use", "\n".join(process.said))
        os.remove(self.keys)
        time.sleep(2.1)
        self.assertEqual(headers_named(self.one(server, sink, 5, ["a@outlook.example"]), "X-Jmrp-Token"), [])

    def test_new_keys_are_taken_up_under_load(self):
        self.start_milter()
        server, sink = self.postfix_and_sink()
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            sent = [pool.submit(self.submit, server, range(first, 200, 2), lambda number: [f"p{number}@outlook.example"])
                    for first in range(2)]
            for _ in range(3):
                time.sleep(0.7)
                self.succeed("token", "key", "new")
            for one in sent:
                one.result()
        time.sleep(2.1)
        self.submit(server, [200], lambda number: [f"p{number}@outlook.example"])
        self.wait_for(server, sink, 201)
        for message in sink.messages:
            self.assertEqual(self.claims_of(message)["recipient"], f"p{number_of(message)}@outlook.example")
        last = next(message for message in sink.messages if number_of(message) == 200)
        self.assertEqual(self.opened(last.header("X-Jmrp-Token"))["key"], 4)

    def test_nothing_is_lost_or_put_off_when_it_is_killed(self):
        process = self.start_milter()
        server, sink = self.postfix_and_sink()
        enough = threading.Event()

        def recipients_of(number):
            if number > KILLED // 4:
                enough.set()
            return [f"p{number}-{i}@outlook.example" for i in range(1 + number % 2)]

        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            sent = [pool.submit(self.submit, server, range(first, KILLED, 4), recipients_of) for first in range(4)]
            enough.wait(60)
            process.kill()
            for one in sent:
                one.result()
        self.wait_for(server, sink, KILLED // 2 * 3)
        stamped = [message for message in sink.messages if headers_named(message, "X-Jmrp-Token")]
        self.assertLess(10, len(stamped))
        self.assertLess(len(stamped), KILLED)
        self.assertNotIn("status=deferred", server.log())
        process = self.start_milter()  # over the socket that is still there
        self.claims_of(self.one(server, sink, 500, ["p@outlook.example"]))
        self.assertEqual(process.stop(), 0)
        self.assertEqual(headers_named(self.one(server, sink, 501, ["p@outlook.example"]), "X-Jmrp-Token"), [])

    def test_a_stop_in_the_middle_of_a_mail_lets_it_go_on(self):
        process = self.start_milter()
        server, sink = self.postfix_and_sink()
        with smtplib.SMTP("127.0.0.1", server.port, local_hostname="app.sender.example", timeout=60) as smtp:
            smtp.ehlo()
            smtp.mail(SENDER)
            smtp.rcpt("a@outlook.example")
            smtp.rcpt("b@outlook.example")
            process.process.terminate()
            time.sleep(1)
            self.assertEqual(smtp.data(mail(1))[0], 250)
        self.assertEqual(process.stop(), 0)
        self.wait_for(server, sink, 2)
        self.assertEqual(headers_named(sink.messages[0], "X-Jmrp-Token"), [])

    def test_a_token_that_came_with_the_mail_stays_only_if_it_is_this_recipients(self):
        self.start_milter()
        server, sink = self.postfix_and_sink()
        mine = self.succeed("token", "seal", "--recipient=a@outlook.example", "--list=weekly").strip()
        others = self.succeed("token", "seal", "--recipient=c@outlook.example").strip()
        to = ["a@outlook.example"]

        def arrived(number, recipients, *fields):
            found = headers_named(self.one(server, sink, number, recipients, *fields), "X-Jmrp-Token")
            self.assertEqual(len(found), 1)
            return found[0]

        self.assertEqual(arrived(1, to, "X-Jmrp-Token: " + mine), mine)
        self.assertEqual(arrived(2, to, "X-JMRP-token: " + mine), mine)
        for number, fields in enumerate((["X-Jmrp-Token: " + others], ["X-Jmrp-Token: x"], ["X-Jmrp-Token: " + others] * 3,
                                         ["X-Jmrp-Token: " + mine, "X-Jmrp-Token: " + others], ["x-jmrp-token:"]), 3):
            token = arrived(number, to, *fields)
            self.assertNotIn(token, (mine, others))
            self.assertEqual(self.opened(token)["claims"]["recipient"], "a@outlook.example")
        token = arrived(20, to + ["b@outlook.example"], "X-Jmrp-Token: " + mine)
        self.assertIn("id", self.opened(token)["claims"])

    def test_recipients_of_every_kind_are_sealed_as_they_are(self):
        self.start_milter()
        server, sink = self.postfix_and_sink()
        long = "l" * 64 + "@" + ".".join(["d" * 60] * 2) + ".example"
        for number, recipient in enumerate((long, "User.Name+tag=x@Outlook.EXAMPLE", "o'neil/x!#$%&*{}|~`^?@outlook.example")):
            arrived = self.one(server, sink, number, [recipient])
            local, domain = recipient.rsplit("@", 1)
            self.assertEqual(self.claims_of(arrived)["recipient"], f"{local}@{domain.lower()}")
        for number, recipient in enumerate(("jörg@outlook.example", "用户@例子.example"), 10):
            with smtplib.SMTP("127.0.0.1", server.port, local_hostname="app.sender.example", timeout=60) as smtp:
                smtp.sendmail(SENDER, [recipient], mail(number).encode(), ["SMTPUTF8", "BODY=8BITMIME"])
            server.wait_until(lambda: number in [number_of(message) for message in sink.messages], "it is delivered", 60)
            self.assertEqual(self.claims_of(sink.messages[-1])["recipient"].split("@")[0], recipient.split("@")[0])
        body = "Grüße, 8 bit\r\n"
        with smtplib.SMTP("127.0.0.1", server.port, local_hostname="app.sender.example", timeout=60) as smtp:
            smtp.sendmail(SENDER, ["b@outlook.example"], mail(20, "Content-Type: text/plain; charset=utf-8", body=body).encode(),
                          ["BODY=8BITMIME"])
        server.wait_until(lambda: number_of(sink.messages[-1]) == 20, "it is delivered", 60)
        self.assertIn(body.encode(), sink.messages[-1].data)
        self.claims_of(sink.messages[-1])

    def test_mail_that_is_not_ours_is_left_as_it_is(self):
        self.start_milter()
        server, sink = self.postfix_and_sink()
        for number, sender in enumerate(("stranger@other.example", "x@notsender.example", "x@sender.example.other.example")):
            arrived = self.one(server, sink, number, ["a@outlook.example"], "X-Jmrp-Token: theirs", sender=sender,
                               author=sender)
            self.assertEqual(headers_named(arrived, "X-Jmrp-Token"), ["theirs"])
        for number, sender in enumerate(("x@bounce.sender.example", ""), 10):
            self.claims_of(self.one(server, sink, number, ["a@outlook.example"], sender=sender))


class FromNowhereTrusted(BehindPostfixBase):
    """No address is trusted: only who logged in sends for us."""
    CONFIG = "clients = []\nheaders = ['CFBL-Feedback-ID']\nstamp = 'all'"

    def test_who_logged_in_gets_tokens_in_every_field_and_who_did_not_gets_none(self):
        self.start_milter()
        server, sink = self.postfix_and_sink(self.example_main_cf() + "smtpd_authorized_xclient_hosts = 127.0.0.1\n")
        arrived = self.one(server, sink, 1, ["a@outlook.example"], "CFBL-Feedback-ID: theirs")
        self.assertEqual(headers_named(arrived, "X-Jmrp-Token") + headers_named(arrived, "CFBL-Feedback-ID"), ["theirs"])
        with smtplib.SMTP("127.0.0.1", server.port, local_hostname="app.sender.example", timeout=60) as smtp:
            smtp.ehlo()
            self.assertEqual(smtp.docmd("XCLIENT", "ADDR=127.0.0.1 LOGIN=app")[0], 220)
            smtp.ehlo()
            smtp.sendmail("who@customer.example", ["a@outlook.example"], mail(2, "CFBL-Feedback-ID: theirs"))
        server.wait_until(lambda: len(sink.messages) == 2, "it is delivered", 60)
        for header in ("X-Jmrp-Token", "CFBL-Feedback-ID"):
            self.assertEqual(self.claims_of(sink.messages[1], header)["recipient"], "a@outlook.example")
            self.assertEqual(len(headers_named(sink.messages[1], header)), 1)


class PuttingOff(BehindPostfixBase):
    CONFIG = "on_trouble = 'tempfail'"

    def test_mail_is_put_off_in_trouble_where_that_is_wanted(self):
        self.start_milter()
        server, sink = self.postfix_and_sink()
        self.claims_of(self.one(server, sink, 1, ["a@outlook.example"]))
        os.rename(self.keys, self.keys + ".away")
        time.sleep(2.1)
        with self.assertRaises(smtplib.SMTPDataError) as refused:
            self.submit(server, [2], lambda _: ["a@outlook.example"])
        self.assertEqual(refused.exception.smtp_code // 100, 4)


class Alone(milter.MilterTest):
    """Without a mail server."""

    def test_its_socket_is_for_user_and_group_and_goes_with_it(self):
        process = self.start_milter()
        path = self.path("milter.sock")
        self.assertEqual(stat.S_IMODE(os.stat(path).st_mode), 0o660)
        self.assertEqual(process.stop(), 0)
        self.assertFalse(os.path.exists(path))

    def test_a_second_one_leaves_the_first_its_socket(self):
        process = self.start_milter()
        result = self.run_jmrp("milter")
        self.assertNotEqual(result.status, 0)
        self.assertIn(b"another process", result.stderr)
        self.assertTrue(os.path.exists(self.path("milter.sock")))
        self.assertEqual(process.stop(), 0)

    def test_it_listens_at_a_port(self):
        port = free_port()
        process = self.start_milter("--socket", f"inet:{port}@127.0.0.1")
        socket.create_connection(("127.0.0.1", port), timeout=5).close()
        self.assertEqual(process.stop(), 0)

    def test_a_wrong_socket_is_told(self):
        for wrong, why in (("nowhere", b"no socket"), ("unix:" + self.path("absent", "s"), b"cannot listen"),
                           ("unix:" + self.path("jmrp.toml"), b"something else"), ("unix:/" + "x" * 200, b"108 bytes")):
            result = self.run_jmrp("milter", "--socket", wrong)
            self.assertIn(why, result.stderr, str(result))
            self.assertNotEqual(result.status, 0)

    def test_it_does_not_start_where_no_mail_would_be_ours(self):
        config = self.write("empty.toml", f"[milter]\nsocket = '{self.socket}'\n")
        result = self.run_jmrp("milter", "--config", config)
        self.assertIn(b"own.domains", result.stderr)
        self.assertEqual(result.status, 78, str(result))


if __name__ == "__main__":
    jmrp_test.main()
