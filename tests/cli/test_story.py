"""Three weeks of one sender, as its administrator sees them: from the first refusal to the first mail that is accepted again.

With JMRP_STORY=FILE the session is written there, as a person would have typed it.
"""
import contextlib
import datetime
import os
import re

import dns_server
import jmrp_test

HOUR, DAY = 3600, 86400
BLOCKED = "192.0.2.10"
HOSTS = {"mx10": BLOCKED, "mx11": "192.0.2.11", "mx12": "192.0.2.12"}
TICKET = "1303529797"
HELO = "mx10.sender.example"
CONFIG = """
[own]
networks = ["192.0.2.0/24"]
domains = ["sender.example"]
addresses = ["trial@outlook.example"]
[authenticity]
authserv_ids = ["mx.reports.example"]
[policy]
pace_per_hour = 0
[send_log]
source_ips = ["mx10=192.0.2.10", "mx11=192.0.2.11", "mx12=192.0.2.12"]
[dns]
servers = ["%(dns)s"]
[delist]
contact_name = "Ann Example"
contact_email = "postmaster@office.example"
contact_elsewhere = true
contact_hears_microsoft = true
helo = "mx10.sender.example"
same_mail = ["192.0.2.0/24"]
website = "https://sender.example"
[export.mta]
format = "text"
to = "%(directory)s/suppressed.txt"
"""
RECORDS = {
    ("10.2.0.192.in-addr.arpa", "PTR"): [HELO],
    (HELO, "A"): [BLOCKED],
    (HELO, "TXT"): [b"v=spf1 a -all"],
    ("sender.example", "TXT"): [b"v=spf1 ip4:192.0.2.0/24 -all"],
    ("_dmarc.sender.example", "TXT"): [b"v=DMARC1; p=none"],
    ("2.0.0.127.zen.spamhaus.org", "A"): ["127.0.0.2"],
    ("dbltest.com.dbl.spamhaus.org", "A"): ["127.0.1.2"],
}
MX = "outlook-com.olc.protection.outlook.com"
THROTTLED = ("451 4.7.650 The mail server [192.0.2.10] has been temporarily rate limited due to IP reputation. For e-mail delivery "
             "information see https://postmaster.live.com (S775)")
S3140 = ("550 5.7.1 Unfortunately, messages from [192.0.2.10] weren't sent. Please contact your Internet service provider since part "
         "of their network is on our block list (S3140). You can also refer your provider to "
         "http://mail.live.com/mail/troubleshooting.aspx#errors.")
OLD_FORM = "550 %s (COL004-MC6F21) Unfortunately, messages from %s weren't sent. Please contact your Internet service provider."
STORY = os.environ.get("JMRP_STORY")


def time_of(day, hour=0, minute=0):
    """In November 2026."""
    return int(datetime.datetime(2026, 11, day, hour, minute, tzinfo=datetime.timezone.utc).timestamp())


def mail_date(at):
    return datetime.datetime.fromtimestamp(at, datetime.timezone.utc).strftime("%a, %d %b %Y %H:%M:%S +0000")


def border(domain, at):
    """What our own mail server writes above a mail that it believes."""
    return (f"Authentication-Results: mx.reports.example; dmarc=pass header.from={domain}\n"
            f"Received: from out.{domain} (out.{domain} [203.0.113.9])\n\tby mx.reports.example (Postfix) with ESMTPS id 4X1\n"
            f"\tfor <fbl-7d1f0c@reports.example>; {mail_date(at)}\n")


class Sender:
    """The mail servers: what they send, and what their log says of it."""

    def __init__(self, test):
        self.test = test
        self.number = 0
        self.log = []

    def send(self, host, recipient, at, said="250 2.6.0 Queued mail for delivery", status="sent"):
        """-> number of the mail"""
        self.number += 1
        queue_id = f"4c{self.number:09x}z"
        stamp = datetime.datetime.fromtimestamp(at, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S+00:00")
        self.log += [
            (at, f"{stamp} {host} postfix/cleanup[11]: {queue_id}: message-id=<n{self.number}@sender.example>"),
            (at, f"{stamp} {host} postfix/smtp[12]: {queue_id}: to=<{recipient}>, relay={MX}[198.51.100.25]:25, delay=1.2, "
                 f"delays=0.1/0/0.4/0.7, dsn={re.search(r'[245].[0-9].[0-9]+', said)[0]}, status={status} "
                 + (f"({said})" if status == "sent" else f"(host {MX}[198.51.100.25] said: {said} (in reply to MAIL FROM command))"))]
        return self.number

    def send_many(self, host, day, count, last_hour=20):
        for one in range(count):
            self.send(host, f"reader{one}@outlook.example", time_of(day) + HOUR + one * (last_hour - 1) * HOUR // count)

    def import_log(self):
        lines = "".join(line + "\n" for _, line in sorted(self.log, key=lambda one: one[0]))
        self.log = []
        with open(self.test.path("mail.log"), "a", encoding="ascii") as file:
            file.write(lines)
        self.test.jmrp("import", "sent", "mail.log")


class Story(jmrp_test.JmrpTest):
    def setUp(self):
        super().setUp()
        self.now = time_of(2)
        self.sender = Sender(self)
        self.typed = []

    # ---- how a person works with it

    def jmrp(self, *arguments, status=0, stdin=b"", say=False):
        """-> what is printed"""
        result = self.run_jmrp(*arguments, stdin=stdin, cwd=self.directory, environment={"JMRP_NOW": str(self.now)})
        self.assertEqual(result.status, status, str(result) + result.stdout.decode()[500:])
        self.assertEqual(result.stderr, b"", str(result))
        text = result.stdout.decode()
        if say:
            line = " ".join(f"'{one}'" if " " in one else one for one in arguments)
            self.typed.append(f"# {mail_date(self.now)}\n$ jmrp {line}\n{text}" + (f"[exit status {status}]\n" if status else ""))
        return text

    def says(self, text, *expected):
        """However the lines are broken."""
        for one in expected:
            self.assertIn(" ".join(one.split()), " ".join(text.split()))
        return text

    def check(self, status, *expected):
        return self.says(self.jmrp("delist", "check", BLOCKED, status=status, say=True), *expected)

    # ---- what comes by mail

    def receive(self, mail):
        self.assert_kept(self.deliver(mail.encode(), environment={"JMRP_NOW": str(self.now)}))

    def complain(self, number, recipient, ip, sent_at):
        """A report of Microsoft's about that mail, in the form of June 2026."""
        self.receive(
            border("hotmail.com", self.now)
            + f"Date: {mail_date(self.now)}\nFrom: staff@hotmail.com\nTo: fbl-7d1f0c@reports.example\nSubject: complaint\n"
            "MIME-Version: 1.0\nContent-Type: multipart/report; report-type=feedback-report; boundary=\"b\"\n"
            f"Message-ID: <report-{number}@hotmail.example>\n\n"
            "--b\nContent-Type: text/plain\n\nA report of abuse.\n\n"
            "--b\nContent-Type: message/feedback-report\n\nFeedback-Type: abuse\nUser-Agent: JMRP/1.0\nVersion: 1\n\n"
            "--b\nContent-Type: text/rfc822-headers\n\n"
            f"Authentication-Results: spf=pass (sender IP is {ip}) smtp.mailfrom=sender.example; dkim=pass (signature was verified) "
            "header.d=sender.example;dmarc=pass action=none header.from=sender.example;\n"
            f"Received: from mx.sender.example ({ip}) by mx.hotmail.example; {mail_date(sent_at)}\n"
            f"Received-SPF: Pass (protection.outlook.com: domain of sender.example designates {ip} as permitted sender) "
            f"receiver=protection.outlook.com; client-ip={ip}; helo={HELO};\n"
            f"Date: {mail_date(sent_at)}\nFrom: News <news@sender.example>\nSubject: News\nMessage-ID: <n{number}@sender.example>\n"
            f"Return-Path: bounces+{recipient.replace('@', '=')}@sender.example\n\n--b--\n")

    def answer(self, subject, body):
        """Of Microsoft's sender support."""
        self.receive(border("css.one.microsoft.com", self.now)
                     + f"Date: {mail_date(self.now)}\nFrom: Support <support@css.one.microsoft.com>\nTo: postmaster@office.example\n"
                     f"Subject: {subject}\nContent-Type: text/plain; charset=utf-8\n\n{body}\n")

    def bounce(self, ip, code):
        """As Exim writes it, to the return path that was made for the recipient."""
        recipient = "carol@outlook.example"
        self.receive(
            f"Return-Path: <>\nDate: {mail_date(self.now)}\nFrom: Mail Delivery System <Mailer-Daemon@mx13.sender.example>\n"
            f"To: bounces+{recipient.replace('@', '=')}@sender.example\nSubject: Mail delivery failed: returning message to sender\n"
            f"X-Failed-Recipients: {recipient}\nAuto-Submitted: auto-replied\nMIME-Version: 1.0\n"
            "Content-Type: multipart/report; report-type=delivery-status; boundary=\"b\"\n\n--b\nContent-Type: text/plain\n\n"
            f"  {recipient}\n    host {MX} [198.51.100.25]\n    SMTP error from remote mail server after MAIL FROM:\n"
            f"    {OLD_FORM % (code, ip)}\n\n--b\nContent-Type: message/delivery-status\n\n"
            f"Reporting-MTA: dns; mx13.sender.example\n\nAction: failed\nFinal-Recipient: rfc822;{recipient}\nStatus: 5.0.0\n"
            f"Remote-MTA: dns; {MX}\nDiagnostic-Code: smtp; {OLD_FORM % (code, ip)}\n\n"
            f"--b\nContent-Type: message/rfc822\n\nReturn-path: <bounces+{recipient.replace('@', '=')}@sender.example>\n"
            "From: news@sender.example\nMessage-ID: <x1@sender.example>\nSubject: News\n\nText\n--b--\n")

    @contextlib.contextmanager
    def name_server(self):
        with dns_server.DnsServer(RECORDS) as server:
            self.config = self.write("jmrp.toml", CONFIG % {"dns": server.address, "directory": self.directory})
            yield

    def import_snds(self, first_day, last_day):
        """A file saved from the page."""
        lines = ""
        for day in range(first_day, last_day + 1):
            for ip in HOSTS.values():
                bought = ip == BLOCKED and 13 <= day < 16
                count = 0 if ip == BLOCKED and day > 15 else 500 if bought else 400
                if count:
                    lines += (f"{ip},11/{day}/2026 8:00 AM,11/{day + 1}/2026 8:00 AM,{count},{count},{count},"
                              f"{'YELLOW,0.8%' if bought else 'GREEN,< 0.1%'},,,,,@sender.example,\n")
        self.write("data.csv", lines)
        self.jmrp("snds", "import", "data.csv", say=True)

    # ---- what happened

    def two_weeks_of_mail(self):
        """The last three days also to a list that was bought. -> its complaints: (number, recipient, sent at)"""
        complaints = []
        for day in range(2, 16):
            for host, count in (("mx10", 400), ("mx11", 400), ("mx12", 200)):
                self.sender.send_many(host, day, count)
            if day >= 13:
                for one in range(100):
                    recipient, at = f"bought{day}.{one}@outlook.example", time_of(day, 9) + one * 60
                    number = self.sender.send("mx10", recipient, at)
                    if one % 25 == 0:
                        complaints.append((number, recipient, at))
        return complaints

    def mail_elsewhere(self, first_day, last_day):
        for day in range(first_day, last_day + 1):
            for host, count in (("mx11", 1500), ("mx12", 500)):
                self.sender.send_many(host, day, count)
            self.sender.send("mx10", "postmaster@outlook.example", time_of(day, 9, 30), S3140, "bounced")

    def test_the_story(self):
        with self.name_server():
            self.story()
        if STORY:
            with open(STORY, "w", encoding="utf-8") as file:
                file.write("\n".join(self.typed))

    def story(self):
        complaints = self.two_weeks_of_mail()
        self.sender.send("mx10", "reader1@outlook.example", time_of(15, 22), THROTTLED, "deferred")
        for one in range(5):
            self.sender.send("mx10", f"reader{one}@outlook.example", time_of(16, 8, one), S3140, "bounced")
        self.now = time_of(16, 9)
        self.sender.import_log()
        for number, recipient, at in complaints:
            self.complain(number, recipient, BLOCKED, at)

        self.import_snds(2, 14)

        # Am I blocked? May I ask?
        self.now = time_of(16, 11)
        self.says(self.jmrp("blocks", say=True), BLOCKED, "blocked", "S3140")
        self.check(1, "NOT SAFE", "not known to every consumer of the list", "nobody wrote down")

        # The people who complained are on the list; it reaches whoever sends. What was wrong is written down.
        self.jmrp("export", say=True)
        self.now = time_of(16, 12)
        self.says(self.jmrp("delist", "cause", BLOCKED, "--text", "a list that was bought was mailed", "--fix",
                            "its addresses are deleted", say=True))
        self.check(1, "WAIT until 2026-11-19 12:00 UTC")

        # A week of the same mail from other addresses; one mail a day tries the blocked one. Mails moved to Junk in a mailbox of
        # their own show that reports still come.
        self.mail_elsewhere(17, 19)
        trials = [self.sender.send("mx11", "trial@outlook.example", time_of(19, 20) + one * 60) for one in range(20)]
        self.now = time_of(20, 10)
        self.sender.import_log()
        for _ in trials:
            self.now += 60
            self.jmrp("delist", "trial", "trial@outlook.example")
        self.now = time_of(21, 12)
        for number in trials:
            self.now += 60
            self.complain(number, "trial@outlook.example", HOSTS["mx11"], time_of(19, 20))
        self.mail_elsewhere(20, 21)
        self.sender.send("mx10", "postmaster@outlook.example", time_of(22, 9, 30), S3140, "bounced")
        self.now = time_of(22, 10)
        self.sender.import_log()
        self.import_snds(15, 20)
        self.check(0, "SAFE to ask Outlook.com about 192.0.2.10 now")

        # The request, ready to paste.
        draft = self.says(self.jmrp("delist", "draft", BLOCKED, "--volume", "400", say=True), "SAFE", "fwlink/?LinkID=614866",
                          "(IssueTitle)\n    Mail is refused from 192.0.2.10 (S3140)\n", "What was wrong: a list that was bought",
                          "We expect to send you 400 mails a day")
        self.assertNotIn("bought13", draft)
        self.says(self.jmrp("delist", "submitted", BLOCKED, "--list", "outlook.com", say=True), "without a ticket")
        self.now += HOUR // 2
        self.answer(f"SRX{TICKET}ID - Outlook.com", "Thank you for your delisting request. Your ticket number is in the subject line.")
        self.says(self.jmrp("delist", "list", say=True), TICKET, "requested")
        self.check(1, "NOT SAFE", "a request is open")

        # Refused by the machine; a reply in the thread, later.
        self.now = time_of(22, 14)
        self.answer(f"RE: SRX{TICKET}ID - Outlook.com", f"Not qualified for mitigation\n{BLOCKED}\nThe above IP(s) do not qualify for "
                    "mitigation.")
        self.says(self.jmrp("delist", "list", say=True), "refused-auto")
        self.check(1, "WAIT until 2026-11-24 14:00 UTC")
        self.mail_elsewhere(22, 23)
        self.sender.send("mx10", "postmaster@outlook.example", time_of(24, 9, 30), S3140, "bounced")
        number = self.sender.send("mx11", "reader7@outlook.example", time_of(23, 12))
        self.now = time_of(24, 15)
        self.sender.import_log()
        self.complain(number, "reader7@outlook.example", HOSTS["mx11"], time_of(23, 12))
        self.jmrp("export")
        self.check(0, "SAFE", f"ticket {TICKET}", "never a new form")
        self.says(self.jmrp("delist", "draft", BLOCKED, "--volume", "400", say=True), f"One reply in ticket {TICKET}", "look at this again", S3140)
        self.says(self.jmrp("delist", "submitted", BLOCKED, "--ticket", TICKET, say=True), "a reply in the thread")
        self.check(1, "a request is open")

        # Meanwhile bounces of another server tell of other addresses, in the words of before 2018.
        self.bounce("192.0.2.13", "SC-001")
        self.bounce("192.0.2.14", "OU-002")
        self.says(self.jmrp("blocks", say=True), "192.0.2.13", "SC-001", "192.0.2.14", "OU-002")

        # Let in again, with limits. A complaint rings the alarm.
        self.now = time_of(25, 10)
        self.answer(f"RE: SRX{TICKET}ID - Outlook.com",
                    f"Conditionally mitigated\n{BLOCKED}\nThe above IP(s) qualify for conditional mitigation.")
        self.says(self.jmrp("delist", "show", BLOCKED, say=True), "mitigated-limited", "not-qualified", "hold")
        number = self.sender.send("mx10", "reader9@outlook.example", time_of(25, 16), THROTTLED, "deferred")
        self.now = time_of(26, 9)
        self.sender.import_log()
        self.complain(number, "reader9@outlook.example", BLOCKED, time_of(25, 16))
        self.says(self.jmrp("check", status=2, say=True), "[CRITICAL] mitigated: 192.0.2.10 at outlook.com was let in 23 hours ago, with low daily "
                  "limits, and 1 complaint came about mail sent since")

        # Accepted after the 48 hours in which a verdict reaches all servers.
        self.sender.send("mx10", "reader2@outlook.example", time_of(27, 11))
        self.now = time_of(27, 12)
        self.sender.import_log()
        self.says(self.jmrp("delist", "show", BLOCKED, say=True), "clear")
        self.assertNotIn(BLOCKED, self.jmrp("blocks", say=True))
        self.check(1, "NOT SAFE", "there is nothing to lift")


if __name__ == "__main__":
    jmrp_test.main()
