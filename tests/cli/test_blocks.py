"""jmrp blocks: refusals of logs and bounces, through the real program; what strangers write changes nothing."""
import json
import os
import signal
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import jmrp_test
import reports

NOW = reports.NOW
HOUR = 3600
DAY = 24 * HOUR
IP = "192.0.2.10"
OTHER_IP = "192.0.2.11"
OLC = "hotmail-com.olc.protection.outlook.com"
EOP = "customer-example.mail.protection.outlook.com"
CONFIG = f'[own]\nnetworks = ["192.0.2.0/24"]\ndomains = ["sender.example"]\n[send_log]\nsource_ips = ["mta1={IP}"]\n'


def s3140(ip=IP, code="S3140"):
    return (f"550 5.7.1 Unfortunately, messages from [{ip}] weren't sent. Please contact your Internet service provider since part "
            f"of their network is on our block list ({code}). You can also refer your provider to "
            "http://mail.live.com/mail/troubleshooting.aspx#errors.")


def limited(ip=IP):
    return (f"451 4.7.650 The mail server [{ip}] has been temporarily rate limited due to IP reputation. For e-mail delivery "
            "information, see https://postmaster.live.com (S775)")


BANNED = f"550 5.7.606 Access denied, banned sending IP [{IP}]. To request removal from this list please visit https://sender.office.com/"


def postfix(at, number, status="sent", said="250 2.6.0 Queued mail for delivery", host=OLC, to="user@hotmail.com"):
    said = f"host {host}[104.47.8.33] said: {said} (in reply to MAIL FROM command)" if status != "sent" else said
    return (f"{time.strftime('%b %e %H:%M:%S', time.gmtime(at))} mta1 postfix/smtp[7]: 4Zq{number:08x}z1: to=<{to}>, "
            f"relay={host}[104.47.8.33]:25, delay=1, delays=0.1/0/0.4/0.5, dsn=5.7.1, status={status} ({said})\n")


def exim(at, number, flag, said, host=EOP, to="user@customer.example", ip=IP):
    return (f"{time.strftime('%Y-%m-%d %H:%M:%S', time.gmtime(at))} 1vK{number:03x}-0001ab-2C {flag} {to} R=dnslookup T=remote_smtp "
            f"H={host} [104.47.5.36] I=[{ip}]:40000" + (f": SMTP error from remote mail server after MAIL FROM:<b@sender.example>: {said}\n"
                                                       if flag == "**" else f' C="{said}"\n'))


def at_text(at):
    return time.strftime("%a, %d %b %Y %H:%M:%S +0000", time.gmtime(at))


def bounce_of_postfix(at, said, to="user@hotmail.com", sent_to="bounces@sender.example", message_id="m1@sender.example",
                      host=OLC, status="5.7.1", queue_id="4Zq00000001z1"):
    """What Postfix writes, with its folds in the middle of the text."""
    return (
        f"Return-Path: <>\nDelivered-To: {sent_to}\nDate: {at_text(at)}\nFrom: MAILER-DAEMON@mta1.sender.example (Mail Delivery System)\n"
        f"Subject: Undelivered Mail Returned to Sender\nTo: {sent_to}\nAuto-Submitted: auto-replied\nMIME-Version: 1.0\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=\"b/1\"\n"
        f"Message-Id: <{at}.{to}@mta1.sender.example>\n\n--b/1\nContent-Type: text/plain\n\n"
        f"This is the mail system at host mta1.sender.example.\n\n<{to}>: host {host}[104.47.8.33] said:\n    {said[:30]}\n    {said[30:]}\n\n"
        f"--b/1\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mta1.sender.example\nX-Postfix-Queue-ID: {queue_id}\n"
        f"X-Postfix-Sender: rfc822; {sent_to}\nArrival-Date: {at_text(at)}\n\nFinal-Recipient: rfc822; {to}\n"
        f"Original-Recipient: rfc822;{to}\nAction: failed\nStatus: {status}\nRemote-MTA: dns; {host}\n"
        f"Diagnostic-Code: smtp; {said[:30]}\n    {said[30:]}\n\n--b/1\nContent-Type: text/rfc822-headers\n\n"
        f"From: News <news@sender.example>\nTo: {to}\nDate: {at_text(at)}\nMessage-ID: <{message_id}>\n\n--b/1--\n").encode()


def bounce_of_exim(at, said, to, sent_to):
    return (
        f"Return-path: <>\nTo: {sent_to}\nX-Failed-Recipients: {to}\nAuto-Submitted: auto-replied\n"
        "From: Mail Delivery System <Mailer-Daemon@mta1.sender.example>\nSubject: Mail delivery failed: returning message to sender\n"
        f"Message-Id: <E{at}{to}@mta1.sender.example>\nDate: {at_text(at)}\n\nThis message was created automatically by mail delivery software.\n\n"
        "A message that you sent could not be delivered to one or more of its\nrecipients. This is a permanent error. The following address(es) failed:\n\n"
        f"  {to}\n    host {EOP} [104.47.5.36]\n    SMTP error from remote mail server after MAIL FROM:<{sent_to}>:\n    {said}\n\n"
        f"------ This is a copy of the message, including all the headers. ------\n\nReturn-path: <{sent_to}>\n"
        f"From: news@sender.example\nTo: {to}\nMessage-ID: <e{at}@sender.example>\n\nHello\n").encode()


def bounce_of_qmail(at, said, to, sent_to):
    return (
        f"Return-Path: <>\nDate: {at_text(at)}\nFrom: MAILER-DAEMON@mta1.sender.example\nTo: {sent_to}\nSubject: failure notice\n"
        f"Message-ID: <q{at}{to}@mta1.sender.example>\n\n"
        "Hi. This is the qmail-send program at mta1.sender.example.\nI'm afraid I wasn't able to deliver your message to the following addresses.\n"
        f"This is a permanent error; I've given up. Sorry it didn't work out.\n\n<{to}>:\n104.47.8.33 does not like recipient.\n"
        f"Remote host said: {said}\nGiving up on 104.47.8.33.\n\n--- Below this line is a copy of the message.\n\nReturn-Path: <{sent_to}>\n"
        f"From: news@sender.example\nTo: {to}\nMessage-ID: <q{at}@sender.example>\n\nHello\n").encode()


def bounce_of_sendmail(at, said, to, sent_to):
    return (
        f"Return-Path: <MAILER-DAEMON>\nDate: {at_text(at)}\nFrom: Mail Delivery Subsystem <MAILER-DAEMON>\nTo: <{sent_to}>\n"
        f"Message-Id: <s{at}{to}@mta1.sender.example>\nMIME-Version: 1.0\n"
        "Content-Type: multipart/report; report-type=delivery-status;\n\tboundary=\"x.1/mta1\"\nSubject: Returned mail: see transcript for details\n\n"
        "--x.1/mta1\n\n   ----- The following addresses had permanent fatal errors -----\n"
        f"<{to}>\n\n   ----- Transcript of session follows -----\n... while talking to {OLC}.:\n>>> MAIL From:<{sent_to}>\n<<< {said}\n"
        "554 5.0.0 Service unavailable\n\n--x.1/mta1\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mta1.sender.example\n"
        f"Arrival-Date: {at_text(at)}\n\nFinal-Recipient: RFC822; {to}\nAction: failed\nStatus: 5.0.0\nRemote-MTA: DNS; {OLC}\n"
        f"Diagnostic-Code: SMTP; 550 5.7.1 Unfortunately, messages fr...\nLast-Attempt-Date: {at_text(at)}\n\n--x.1/mta1\nContent-Type: text/rfc822-headers\n\n"
        f"From: news@sender.example\nTo: {to}\nMessage-ID: <t{at}@sender.example>\n\n--x.1/mta1--\n").encode()


class Blocks(jmrp_test.JmrpTest):
    def setUp(self):
        super().setUp()
        self.configure()

    def configure(self, more=""):
        self.write("jmrp.toml", CONFIG + more)

    def read_log(self, *lines, format="postfix", **more):
        return self.succeed("import", "sent", "--format", format, "--timezone", "UTC", "--year", "2026", "-",
                            stdin="".join(lines).encode(), **more)

    def receive(self, message, at=NOW):
        self.assert_kept(self.deliver(message, environment={"JMRP_NOW": str(at)}))

    def look(self, *options):
        told = self.json("blocks", *options)
        self.assert_described(told, "blocks")
        return told

    def states(self, *options):
        return {(block["ip"], block["list"]): block["state"] for block in self.look("--all", *options)["blocks"]}

    def finding(self):
        findings = json.loads(self.run_jmrp("check", "--json").stdout)["findings"]
        return [finding for finding in findings if finding["rule"] == "blocks"][0]

    def test_lines_of_postfix_and_exim_block_each_address_on_the_list_that_refused(self):
        self.read_log(postfix(NOW - 3 * HOUR, 1, "bounced", s3140()), postfix(NOW - 2 * HOUR, 2, "bounced", s3140(code="S3150")))
        self.read_log(exim(NOW - HOUR, 1, "**", BANNED), exim(NOW - HOUR, 2, "=>", "250 ok", ip=OTHER_IP), format="exim")
        told = self.look()
        self.assertEqual(self.states(), {(IP, "outlook.com"): "blocked", (IP, "office365"): "blocked"})
        block = [block for block in told["blocks"] if block["list"] == "outlook.com"][0]
        self.assertEqual((block["code"], block["since"]), ("S3150", "2026-11-23T09:00:00Z"))
        self.assertEqual([(kind["code"], kind["refusals"], kind["by_bounces"], kind["host"]) for kind in block["refusals"]],
                         [("S3150", 1, 0, OLC), ("S3140", 1, 0, OLC)])
        text = self.succeed("blocks")
        self.assertRegex(text, rf"{IP} +outlook.com +blocked +2026-11-23 09:00 UTC +2026-11-23 10:00 UTC +S3150 S3140 +2 +log")
        text = self.succeed("blocks", IP)
        self.assertIn(f"{IP} at outlook.com: blocked since 2026-11-23 09:00 UTC", text)
        self.assertRegex(text, rf"newest: host {OLC}.* said: 550 5.7.1 Unfortunately, messages from .{IP}. weren't sent.*S3150")
        self.assertIn("5.7.606", text)

    def test_a_mail_that_is_taken_later_clears_and_an_earlier_one_does_not(self):
        self.read_log(postfix(NOW - 3 * HOUR, 1), postfix(NOW - 2 * HOUR, 2, "bounced", s3140()))
        self.assertEqual(self.states(), {(IP, "outlook.com"): "blocked"})
        self.read_log(postfix(NOW - HOUR, 3))
        self.assertEqual(self.states(), {(IP, "outlook.com"): "clear"})
        self.assertEqual(self.look()["blocks"], [])
        self.assertIn("No address of yours is known to be blocked", self.succeed("blocks"))

    def test_a_rate_limit_is_no_block(self):
        self.read_log(postfix(NOW - HOUR, 1, "deferred", limited()))
        self.assertEqual(self.states(), {(IP, "outlook.com"): "throttled"})
        self.assertIn("throttled", self.succeed("blocks"))

    def test_a_log_that_is_read_twice_counts_once_and_killed_in_between_as_well(self):
        lines = [postfix(NOW - 2 * HOUR + n, n, "bounced", s3140()) for n in range(50)]
        path = self.write("mail.log", "".join(lines))
        os.utime(path, (NOW, NOW))
        for point in ("sent.inserted", "sent.committed"):
            result = self.run_jmrp("import", "sent", "--timezone", "UTC", path, environment={"JMRP_KILL_AT": point})
            self.assertIn(result.status, (0, -signal.SIGKILL))
        for _ in range(2):
            self.succeed("import", "sent", "--timezone", "UTC", path)
            self.read_log(*lines)
        self.assertEqual([kind["refusals"] for kind in self.look()["blocks"][0]["refusals"]], [50])

    def test_bounces_of_four_mail_servers_count_where_something_proves_them(self):
        shapes = [(bounce_of_postfix, "a@hotmail.com", s3140(), "outlook.com"), (bounce_of_exim, "b@customer.example", BANNED, "office365"),
                  (bounce_of_qmail, "c@hotmail.com", s3140(), "outlook.com"), (bounce_of_sendmail, "d@hotmail.com", s3140(), "outlook.com")]
        for shape, to, said, servers in shapes:
            with self.subTest(shape.__name__), self.other_database(shape.__name__):
                made = {"to": to, "sent_to": "bounces@sender.example"}
                self.receive(shape(NOW - HOUR, said, **made))
                self.assertEqual(self.states(), {})
                self.assertEqual([one["servers"] for one in self.look()["unproven"]], [servers])
                made["sent_to"] = f"bounces+{to.replace('@', '=')}@sender.example"
                self.receive(shape(NOW - HOUR + 1, said, **made))
                self.assertEqual(self.states(), {(IP, servers): "blocked"})
                kind = self.look()["blocks"][0]["refusals"][0]
                self.assertEqual((kind["refusals"], kind["by_bounces"]), (1, 1))
                self.assertNotIn(to, json.dumps(kind))

    def test_a_forged_bounce_changes_nothing_and_is_shown_as_what_it_is(self):
        self.read_log(postfix(NOW - HOUR, 9))
        self.receive(bounce_of_postfix(NOW, s3140(), sent_to="bounces+victim=hotmail.com@stranger.example"))
        self.assertEqual(self.states(), {})
        self.assertEqual(self.json("status")["outcomes"], {"bounce-unverified": 1})
        self.assertIn("1 more in bounces that prove nothing", self.succeed("blocks"))
        self.assertIn("proves nothing", self.succeed("blocks", IP))
        self.assertEqual(self.finding()["status"], "ok")

    def test_a_bounce_that_came_before_the_log_was_read_is_proven_when_it_is(self):
        names = f"{time.strftime('%b %e %H:%M:%S', time.gmtime(NOW - HOUR))} mta1 postfix/cleanup[7]: 4Zq00000001z1: message-id=<m1@sender.example>\n"
        self.receive(bounce_of_postfix(NOW - HOUR, s3140()))
        self.assertEqual(self.states(), {})
        self.read_log(names, postfix(NOW - HOUR, 1, "bounced", s3140()))
        self.assertEqual(self.states(), {(IP, "outlook.com"): "blocked"})
        told = self.look()
        self.assertEqual(told["unproven"], [])
        self.assertEqual([kind["refusals"] for kind in told["blocks"][0]["refusals"]], [1])
        self.assertEqual(self.json("status")["outcomes"], {"bounce": 1})
        before = self.dump()
        self.succeed("rebuild")
        self.assertEqual(self.dump(), before)
        os.remove(self.database + ".sent")  # what it said is kept
        self.succeed("rebuild")
        self.assertEqual(self.states(), {(IP, "outlook.com"): "blocked"})

    def test_a_server_that_is_not_microsofts_is_not_believed(self):
        self.read_log(postfix(NOW - HOUR, 1, "bounced", s3140(), host="mx.forwarder.example", to="user@forwarder.example"))
        self.assertEqual(self.states(), {})

    def test_hostile_words_are_words(self):
        said = "550 5.7.1 Unfortunately, messages from [192.0.2.10] weren't sent. \x1b[31m our block list (S3140) <script> \u202e"
        self.read_log(postfix(NOW - HOUR, 1, "bounced", said))
        for output in (self.succeed("blocks", IP), json.dumps(self.look())):
            self.assertNotIn("\x1b", output)
            self.assertNotIn("\u202e", output)

    def test_a_mailbox_that_is_gone_is_suppressed_where_policy_says_so_and_only_by_a_proven_bounce(self):
        gone = "550 5.5.0 Requested action not taken: mailbox unavailable"
        proven = bounce_of_postfix(NOW, gone, to="gone@hotmail.com", sent_to="bounces+gone=hotmail.com@sender.example", status="5.5.0")
        self.receive(proven)
        self.assertEqual(self.succeed("suppressions", "check", "gone@hotmail.com"), "gone@hotmail.com\tok\n")
        self.configure("[policy]\nsuppress_bounces = true\n")
        self.succeed("rebuild")
        self.assertEqual(self.run_jmrp("suppressions", "check", "gone@hotmail.com").status, 1)
        listed = self.succeed("suppressions", "list", "--reason", "bounce")
        self.assertIn("gone@hotmail.com", listed)
        self.assertIn("bounce, message 1", self.succeed("suppressions", "show", "gone@hotmail.com"))
        self.assertEqual(self.succeed("export", "--format", "text", "--reason", "complaint"), "")
        self.receive(bounce_of_postfix(NOW, gone, to="other@hotmail.com", status="5.5.0"))
        self.receive(bounce_of_postfix(NOW, s3140(), to="third@hotmail.com", sent_to="bounces+third=hotmail.com@sender.example"))
        self.assertEqual(self.run_jmrp("suppressions", "check", "other@hotmail.com", "third@hotmail.com").status, 0)
        self.assertEqual(self.json("status")["outcomes"], {"bounce": 1, "bounce-suppressed": 1, "bounce-unverified": 1})

    def test_of_a_person_who_is_forgotten_nothing_is_left(self):
        to = "secretperson@hotmail.com"
        said = s3140().replace("550 5.7.1", f"550 5.7.1 <{to}>")
        self.read_log(postfix(NOW - HOUR, 1, "bounced", said, to=to))
        self.receive(bounce_of_postfix(NOW, said, to=to, sent_to=f"bounces+{to.replace('@', '=')}@sender.example"))
        self.succeed("suppressions", "forget", to)
        self.assertEqual(self.states(), {(IP, "outlook.com"): "blocked"})
        for name in os.listdir(self.directory):
            if name.startswith("jmrp.db"):
                with open(self.path(name), "rb") as file:
                    self.assertNotIn(b"secretperson", file.read().lower(), name)

    def test_check_is_critical_while_a_block_is_fresh_and_metrics_tell_the_state(self):
        self.succeed("status")  # makes the database
        self.read_log(postfix(NOW - HOUR, 1, "bounced", s3140()))
        self.assertEqual(self.finding()["status"], "critical")
        self.assertIn(f"{IP} is blocked by outlook.com (S3140)", self.finding()["sentence"])
        self.assertIn(f'jmrp_block_state_info{{source_ip="{IP}",list="outlook.com",state="blocked"}} 1',
                      self.succeed("publish", "prometheus"))
        self.read_log(postfix(NOW - HOUR + 1, 2))
        self.assertEqual(self.finding()["status"], "ok")

    def test_wrong_command_lines(self):
        for wrong in (["nowhere"], [IP, OTHER_IP], ["--days", "0"], ["--days", "x"]):
            self.assertEqual(self.run_jmrp("blocks", *wrong).status, 64, wrong)
        self.assertIn("Nothing is known", self.succeed("blocks", OTHER_IP))


if __name__ == "__main__":
    jmrp_test.main()
