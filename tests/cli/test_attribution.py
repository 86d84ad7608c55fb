"""Anonymized reports get their recipients back from the send log: nothing in the report names anybody."""
import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import jmrp_test
import reports

SENT_AT = reports.NOW - 2 * 86400
CONSUMER = "relay=hotmail-com.olc.protection.outlook.com[198.51.100.1]:25"


def stamp(at):
    return time.strftime("%b %e %H:%M:%S", time.gmtime(at))


def mail_date(at):
    return time.strftime("%a, %d %b %Y %H:%M:%S +0000", time.gmtime(at))


def log(number, recipients, queue_id=None):
    """What Postfix writes of one message; recipients as (address, relay)."""
    queue_id = queue_id or f"4Zq{number:08x}z1"
    lines = [f"{stamp(SENT_AT)} mta1 postfix/cleanup[1]: {queue_id}: message-id=<m{number}@sender.example>"]
    for address, relay in recipients:
        lines.append(f"{stamp(SENT_AT + 1)} mta1 postfix/smtp[2]: {queue_id}: to=<{address}>, {relay}, delay=1, "
                     "delays=0.1/0/0.4/0.5, dsn=2.0.0, status=sent (250 ok)")
    return "".join(line + "\n" for line in lines)


def anonymized(number, queue_id=None, message_id=True):
    own = f"Received: by mta1.sender.example (Postfix, from userid 33) id {queue_id}; {mail_date(SENT_AT)}\n" if queue_id else ""
    return (
        f"Received: from out.hotmail.example by mx.sender.example with ESMTP id r{number}; {mail_date(SENT_AT + 3600)}\n"
        f"Date: {mail_date(SENT_AT + 3600)}\nFrom: staff@hotmail.com\nSubject: complaint\nTo: fbl@sender.example\n"
        f"MIME-Version: 1.0\nMessage-ID: <report-{number}@hotmail.example>\n"
        'Content-Type: multipart/report; report-type=feedback-report; boundary="b"\n\n'
        "--b\nContent-Type: text/plain\n\nThis is an abuse report.\n\n"
        "--b\nContent-Type: message/feedback-report\n\nFeedback-Type: abuse\nUser-Agent: JMRP/1.0\nVersion: 1\n\n"
        "--b\nContent-Type: text/rfc822-headers\n\n"
        f"Received: from mta1.sender.example (192.0.2.1) by mx.hotmail.example with SMTP; {mail_date(SENT_AT + 1)}\n"
        f"{own}From: News <news@sender.example>\nTo: redacted\nSubject: Hello {number}\nDate: {mail_date(SENT_AT)}\n"
        + (f"Message-ID: <m{number}@sender.example>\n" if message_id else "") + "\n--b--\n"
    ).encode()


class Attribution(jmrp_test.JmrpTest):
    def setUp(self):
        super().setUp()
        self.config = self.write("own.toml", jmrp_test.TRUSTING.replace("believe_report_fields = true", "") +
                                 '[own]\ndomains = ["sender.example"]\nnetworks = ["192.0.2.0/24"]\n')

    def import_log(self, *texts):
        path = self.write("mail.log", "".join(texts))
        os.utime(path, (reports.NOW, reports.NOW))
        self.succeed("import", "sent", "--format", "postfix", "--timezone", "UTC", path)

    def suppressed(self):
        return [one["address"] for one in self.json("suppressions", "list")["suppressions"]]

    def inspected(self, message):
        return self.json("inspect", "-", stdin=message)

    def test_a_message_id_in_the_send_log_names_who_complained(self):
        self.import_log(log(1, [("one@outlook.example", CONSUMER)]), log(2, [("two@outlook.example", CONSUMER)]))
        self.assert_kept(self.deliver(anonymized(1)))
        self.succeed("settle")
        self.assertEqual(self.suppressed(), ["one@outlook.example"])
        recipient = self.inspected(anonymized(2))["recipient"]
        self.assertEqual((recipient["status"], recipient["basis"], recipient["addresses"]),
                         ("known", "own-key", ["two@outlook.example"]))

    def test_so_does_the_queue_id_in_our_own_received_field(self):
        self.import_log(log(1, [("one@outlook.example", CONSUMER)], "4Zq0000abcz1"))
        self.assert_kept(self.deliver(anonymized(1, "4Zq0000abcz1", message_id=False)))
        self.succeed("settle")
        self.assertEqual(self.suppressed(), ["one@outlook.example"])

    def test_of_several_recipients_the_one_at_the_provider_is_meant(self):
        self.import_log(log(1, [("one@outlook.example", CONSUMER), ("else@gmail.example", "relay=gmail-smtp-in.l.google.com[198.51.100.9]:25")]))
        self.assert_kept(self.deliver(anonymized(1)))
        self.succeed("settle")
        self.assertEqual(self.suppressed(), ["one@outlook.example"])

    def test_a_mail_to_several_people_there_is_held_with_all_of_them(self):
        self.import_log(log(1, [("one@outlook.example", CONSUMER), ("two@hotmail.example", CONSUMER)]))
        self.assert_kept(self.deliver(anonymized(1)))
        self.succeed("settle")
        self.assertEqual(self.suppressed(), [])
        held = self.json("review", "list")["reports"]
        self.assertEqual((held[0]["reason"], held[0]["persons"]), ("ambiguous", ["one@outlook.example", "two@hotmail.example"]))
        self.succeed("review", "accept", str(held[0]["id"]))
        self.assertEqual(self.suppressed(), ["one@outlook.example", "two@hotmail.example"])

    def test_what_the_log_said_outlives_the_log(self):
        self.import_log(log(1, [("one@outlook.example", CONSUMER)]))
        self.assert_kept(self.deliver(anonymized(1)))
        self.succeed("settle")
        self.assertEqual(self.suppressed(), ["one@outlook.example"])
        for name in os.listdir(self.directory):
            if name.startswith("jmrp.db.sent"):
                os.remove(self.path(name))
        before = self.dump()
        self.succeed("rebuild")
        self.assertEqual(self.dump(), before)
        self.assertEqual(self.suppressed(), ["one@outlook.example"])

    def test_a_message_that_nobody_sent_names_nobody(self):
        self.import_log(log(1, [("one@outlook.example", CONSUMER)]))
        self.assert_kept(self.deliver(anonymized(7)))
        self.succeed("settle")
        self.assertEqual(self.suppressed(), [])
        self.assertEqual(self.json("status")["outcomes"], {"complaint-unattributed": 1})


if __name__ == "__main__":
    jmrp_test.main()
