"""Real mail servers deliver to an SMTP sink; what their logs tell must be what the sink saw."""
import collections
import concurrent.futures
import gzip
import hashlib
import re
import smtplib
import sqlite3

import exim
import jmrp_test
import postfix
import smtp_sink

MESSAGES = 120


def recipients_of(number):
    """Some of each kind; every third message goes to one recipient alone."""
    kinds = ["ok", "later", "never", "ok", "ok"]
    if number % 3 == 0:
        return [f"{kinds[number % 5]}{number}@a.example"]
    names = [f"{kind}{number}.{place}@{'out1' if place % 2 else 'a'}.example" for place, kind in enumerate(kinds)]
    if number % 10 == 1:
        names.append(f'"blank {number}, relay=none, status=bounced ("@a.example')
    return names


def decide(recipient, attempt):
    if recipient.startswith("never"):
        return "550 5.1.1 to=<other@a.example>, relay=x, delay=1, delays=1/1/1/1, dsn=2.0.0, status=sent (never)"
    if recipient.startswith("later") and attempt <= 1 + len(recipient) % 2:
        return "450 4.2.1 later"
    return "250 2.1.5 ok"


def key(purpose, text):
    """As the send log keeps ids: the beginning of a digest, as a signed number."""
    digest = hashlib.blake2b(bytes([len(purpose)]) + purpose.encode() + text.encode(), digest_size=16).digest()
    return int.from_bytes(digest[:8], "big", signed=True)


class SendLogTest(jmrp_test.JmrpTest):
    def send(self, port, number):
        """-> the queue id that the server tells."""
        message = (f"From: News <news@sender.example>\r\nTo: readers@a.example\r\nSubject: id=<no@sender.example> {number}\r\n"
                   f"Message-ID: <mail-{number}.{'x' * (number % 50)}@sender.example>\r\n\r\nText {number}\r\n")
        with smtplib.SMTP("127.0.0.1", port, local_hostname="app.sender.example", timeout=60) as smtp:
            smtp.ehlo()
            self.assertEqual(smtp.mail("bounce@sender.example")[0], 250)
            for recipient in recipients_of(number):
                code, said = smtp.rcpt(recipient)
                self.assertEqual(code, 250, said)
            code, said = smtp.data(message.encode())
            self.assertEqual(code, 250, said)
        return re.search(r"(?:queued as |id=)([\w-]+)", said.decode())[1]

    def deliver(self, server):
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            queue_ids = list(pool.map(lambda number: self.send(server.port, number), range(MESSAGES)))
        server.try_until_empty()
        return queue_ids

    def expected(self, sink, queue_ids):
        """-> {(queue id, recipient): (Message-ID, status, deferrals)} as the sink and the client saw it."""
        seen = {}
        replies = collections.defaultdict(list)
        for recipient, reply in sink.replies:
            replies[recipient].append(reply[0])
        for number, queue_id in enumerate(queue_ids):
            for recipient in recipients_of(number):
                last = {"2": "accepted", "5": "rejected"}[replies[recipient][-1]]
                seen[queue_id, recipient] = (f"mail-{number}.{'x' * (number % 50)}@sender.example", last,
                                             replies[recipient].count("4"))
        # The mail itself names its queue id and Message-ID.
        for message in sink.messages:
            queue_id = re.search(r"\bid ([\w-]+)", message.header("Received"))[1]
            for recipient in message.recipients:
                self.assertEqual(message.header("Message-ID"), "<" + seen[queue_id, recipient][0] + ">")
        return seen

    def assert_log_tells(self, log, form, seen):
        with open(log, "rb") as file:
            whole = file.read()

        def read(verb, source, stdin=b""):
            return self.json("import", verb, "--format", form, source, stdin=stdin, environment={"JMRP_NOW": None})

        path = self.path("grown.log")
        for content in (whole[:len(whole) // 2], whole):  # it is cut in the middle of a line, or nearly so
            with open(path, "wb") as file:
                file.write(content)
            summary = read("sent", path)
            self.assertEqual((summary["not_understood"], summary["known"]), ([], 0), summary)
        self.assertEqual(sorted(self.rows()),
                         sorted((key("sent-queue", queue_id), key("sent-message", message_id), recipient, status, deferrals)
                                for (queue_id, recipient), (message_id, status, deferrals) in seen.items()))
        # The same again, by other ways, changes nothing.
        before = self.dump()
        with gzip.open(self.path("rotated.log.gz"), "wb") as file:
            file.write(whole)
        self.assertEqual(read("traffic", self.path("rotated.log.gz"))["lines"], 0)
        again = read("traffic", "-", stdin=whole)
        self.assertEqual((again["new"], again["known"] > 0), (0, True))
        self.assertEqual(self.dump(), before)

    def rows(self):
        with sqlite3.connect(self.database + ".sent") as database:
            return database.execute("SELECT queue_key, message_key, recipient, CASE status WHEN 0 THEN 'accepted' WHEN 1 THEN "
                                    "'deferred' ELSE 'rejected' END, deferrals FROM sent").fetchall()

    def assert_counts(self, sink, address_out1, address_others):
        """Per address of ours, provider and day in UTC: what the sink answered."""
        seen = collections.Counter()
        for host, recipient, reply, at in sink.attempts:
            status = {"2": "accepted", "4": "deferred", "5": "rejected"}[reply[0]]
            seen[address_out1 if recipient.endswith("@out1.example") else address_others,
                 {"127.0.0.1": "first.example", "127.0.0.2": "second.example"}[host], int(at // 86400), status] += 1
        counted = collections.Counter()
        with sqlite3.connect(self.database + ".sent") as database:
            for ip, provider, day, *numbers in database.execute("SELECT source_ip, provider, day, accepted, deferred, rejected FROM sent_count"):
                for status, number in zip(("accepted", "deferred", "rejected"), numbers):
                    counted[ip, provider, day, status] += number
        if len({day for _, _, day, _ in seen}) > 1:  # at midnight sink and log may see one attempt on two days
            seen, counted = (self.without_day(counts) for counts in (seen, counted))
        self.assertEqual(+counted, seen)
        self.assertEqual({key[-1] for key in seen}, {"accepted", "deferred", "rejected"})

    @staticmethod
    def without_day(counts):
        out = collections.Counter()
        for (ip, provider, _, status), number in counts.items():
            out[ip, provider, status] += number
        return out

    def run_against(self, make_server, form, address_out1, address_others):
        self.config = self.write("jmrp.toml", '[send_log]\nsource_ips = ["postfix-out1=192.0.2.7", "out1_smtp=192.0.2.7", '
                                              '"postfix=192.0.2.8"]\n'
                                              'providers = ["127.0.0.1=first.example", "127.0.0.2=second.example"]\n')
        with smtp_sink.Sink(decide) as sink, make_server(sink.port) as server:
            queue_ids = self.deliver(server)
            seen = self.expected(sink, queue_ids)
            self.assertGreater(len(sink.messages), MESSAGES // 2)
            self.assertTrue(any(reply.startswith("4") for _, reply in sink.replies))
            self.assert_log_tells(server.log_path(), form, seen)
            self.assert_counts(sink, address_out1, address_others)

    def test_postfix_with_short_queue_ids(self):
        self.run_against(lambda port: postfix.Postfix({}, relay_port=port), "postfix", "192.0.2.7", "192.0.2.8")

    def test_postfix_with_long_queue_ids(self):
        self.run_against(lambda port: postfix.Postfix({}, relay_port=port, more="enable_long_queue_ids = yes\n"), "postfix",
                         "192.0.2.7", "192.0.2.8")

    def test_exim(self):
        """It tells its own address."""
        self.run_against(lambda port: exim.Exim(port, "+outgoing_interface +incoming_interface"), "exim", "127.0.0.1", "127.0.0.1")

    def test_exim_with_every_field_and_zones_in_its_times(self):
        """It does not, and only the transport out1_smtp is configured."""
        selector = "+outgoing_port +pid +millisec +sender_on_delivery +received_recipients " \
            "+subject +queue_time +deliver_time +delivery_size +return_path_on_delivery +smtp_confirmation +all_parents"
        self.run_against(lambda port: exim.Exim(port, selector, "timezone = Asia/Kathmandu\nlog_timezone = true"), "exim",
                         "192.0.2.7", "")


if __name__ == "__main__":
    jmrp_test.main()
