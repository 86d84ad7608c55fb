"""jmrp delist draft: the request for each door, from kept evidence; what is safe to say, and that it is said who must not send it."""
import copy
import email
import email.policy
import json
import os
import subprocess
import unittest

import jmrp_test
import jsonschema
import reports

IP = "192.0.2.10"
NOW = reports.NOW
HOUR, DAY = 3600, 86400
SETTINGS = """
[own]
networks = ["192.0.2.0/24"]
[delist]
contact_name = "Ann Example"
contact_email = "postmaster@other.example"
contact_elsewhere = true
helo = "mail.sender.example"
from_domains = ["sender.example"]
website = "https://sender.example"
time_zone = "W. Europe Standard Time"
sender = "esp"
"""
REFUSAL = ("550 5.7.1 Unfortunately, messages from [192.0.2.10] weren't sent. Please contact your Internet service provider "
           "since part of their network is on our block list (S3140). [DB8EUR05FT012.eop-eur05.prod.protection.outlook.com "
           "2026-11-23T10:00:00.000Z 08DD0123456789AB]")
BANNED = ("550 5.7.511 Access denied, banned sender[192.0.2.10]. To request removal from this list please forward this "
          "message to delist@microsoft.com. AS(1410)")


def at(seconds):
    import datetime
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def seen(value, age=HOUR):
    return {"value": value, "source": "test", "at": at(NOW - age)}


def safe_evidence():
    """Blocked for six days, repaired five days ago; ten thousand mails a day went, since the block from another address."""
    today = NOW // DAY
    days, elsewhere = [], []
    for day in range(today - 40, today + 1):
        before = day < today - 6
        complaints = 1 if day < today - 20 else 40 if before else 0
        row = {"day": at(day * DAY)[:10], "accepted": 10000 + day % 3 if before else 0, "complaints": complaints, "reported": complaints}
        if before:
            rate = {"lower": 0, "upper": 0.1} if day < today - 20 else {"lower": 0.8, "upper": 0.8}
            row["snds"] = {"recipients": 10000, "complaint_rate": rate}
        else:
            elsewhere.append(
                {"day": row["day"], "accepted": 10000, "complaints": day % 2, "reported": day % 2})
        days.append(row)
    return {
        "format_version": 1, "ip": IP, "list": "outlook.com", "now": at(NOW),
        "refusals": seen([{"category": "ip-block", "list": "outlook.com", "code": "S3140", "count": 412,
                           "first": at(NOW - 6 * DAY), "last": at(NOW - 2 * HOUR),
                           "newest": {"text": REFUSAL, "host": "hotmail-com.olc.protection.outlook.com"}}]),
        "deliveries": seen({"last_accepted": at(NOW - 6 * DAY - HOUR),
                            "pause": {"began": at(NOW - 5 * DAY), "ended": at(NOW - 3 * DAY)}, "most_per_minute": 60}),
        "fleet": seen({"addresses": 4, "hit": 1, "first_hit": at(NOW - 6 * DAY), "complaints_rose": False}),
        "address": seen({"is_public": True, "own": True}),
        "pointer": seen({"standing": "confirmed", "names": ["mail.sender.example"], "confirmed": ["mail.sender.example"],
                         "generic": False, "equals_helo": True, "reason": "", "asked_at": at(NOW - HOUR)}),
        "spamhaus": seen([
            {"zone": zone, "subject": subject, "listing": "clean", "codes": [], "reason": "", "asked_at": at(NOW - HOUR),
             "last_listed": None} for zone, subject in (("zen.spamhaus.org", IP), ("dbl.spamhaus.org", "sender.example"))]),
        "from_domains": seen([{"domain": "sender.example", "spf_includes": True, "dkim_seen": True, "dmarc": True}]),
        "repair": seen({"cause": "a list that was bought", "fix": "its addresses are gone.", "at": at(NOW - 5 * DAY)}),
        "complainants": seen({"known": 1120, "suppressed": 1120, "exported": 1120, "unnamed": 2}),
        "leaks": seen({"complained": [at(NOW - 9 * DAY)], "last_in_log": at(NOW - 8 * DAY), "log_was_read": True}),
        "complaints": seen({"days": days, "elsewhere": elsewhere, "ages": [60, 25, 10, 5]}),
        "feed": seen({"last_report": at(NOW - 6 * HOUR), "trials": 0, "trials_reported": 0}),
        "snds": seen({"enrolled": True, "status": None, "trap_hits_since_repair": 0}),
        "requests": seen([]),
        "contact": seen({"hears_microsoft": True, "sends_through_address": False}),
    }


def refused(evidence, verdict, ticket="1234567890"):
    evidence["requests"] = seen([{"ticket": ticket, "sent": at(NOW - 5 * DAY), "verdict": verdict, "answered": at(NOW - 4 * DAY), "withdrawn": False}])
    return evidence


def banned(evidence):
    evidence["list"] = "office365"
    evidence["refusals"]["value"][0].update(
        {"list": "office365", "code": "5.7.511",
         "newest": {"text": BANNED, "host": "sender-com.mail.protection.outlook.com"}})
    for part in ("complaints", "complainants", "snds", "feed"):
        del evidence[part]
    return evidence


NOTICE = """From: MAILER-DAEMON@mail.sender.example
To: bounces+ann=customer.example@sender.example
Subject: Undelivered Mail
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

<ann@customer.example>: host customer-example.mail.protection.outlook.com said: 550
    5.7.511 Access denied, banned sender[192.0.2.10]. To request removal from
    this list please forward this message to delist@messaging.microsoft.com.
    AS(1410)

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.sender.example

Final-Recipient: rfc822; ann@customer.example
Action: failed
Status: 5.7.511

--b--
"""


class Draft(jmrp_test.JmrpTest):
    def setUp(self):
        super().setUp()
        self.config = self.write("jmrp.toml", SETTINGS)
        self.evidence = safe_evidence()

    def run_draft(self, *options, **more):
        path = self.write("evidence.json", json.dumps(self.evidence))
        return self.run_jmrp("delist", "draft", "--evidence", path, *options, **more)

    def draft(self, *options, status=0):
        result = self.run_draft(*options, "--json")
        self.assertEqual((result.status, result.stderr), (status, b""), str(result))
        answer = json.loads(result.stdout)
        with open(os.path.join(os.environ["JMRP_SOURCE"], "schemas", "json", "draft.schema.json"), encoding="utf-8") as file:
            jsonschema.validate(answer, json.load(file))
        return answer

    def text(self, *options, status=0):
        result = self.run_draft(*options)
        self.assertEqual((result.status, result.stderr), (status, b""), str(result))
        return result.stdout.decode()

    def field(self, name, *options, **more):
        return {field["name"]: field["text"] for field in self.draft(*options, **more)["fields"]}[name]

    # ---- the form

    def test_the_form_has_every_field_in_its_order(self):
        answer = self.draft(IP, "--volume", "8000")
        self.assertEqual(answer["door"], "consumer-form")
        self.assertEqual(answer["where"], "http://go.microsoft.com/fwlink/?LinkID=614866")
        self.assertEqual([(field["id"], field["text"]) for field in answer["fields"] if field["id"] != "ErrorMessages"], [
            ("IssueTitle", "Mail is refused from 192.0.2.10 (S3140)"), ("ContactName", "Ann Example"),
            ("DomainTo", "outlook.com, hotmail.com, live.com, msn.com"), ("ContactEmail", "postmaster@other.example"),
            ("ddlTimezones", "W. Europe Standard Time"), ("DomainFrom", "sender.example"), ("SelfDescription", "ESP"),
            ("IpAddresses", "192.0.2.10"), ("ServerType", "Dedicated"), ("WebsiteUrl", "https://sender.example")])
        self.assertEqual(answer["fields"][9]["id"], "ErrorMessages")
        self.assertEqual((answer["missing"], answer["instead"], answer["outcome"]), ([], [], "safe"))

    def test_the_account_says_what_the_evidence_says(self):
        account = self.field("Error messages", "--volume", "8000")
        self.assertTrue(account.startswith(REFUSAL + "\n(hotmail-com.olc.protection.outlook.com, 2026-11-23 10:00 UTC)\n"), account)
        for said in ("Since 2026-11-17 12:00 UTC the servers of Outlook.com have refused mail from 192.0.2.10 (S3140): 412 refusals",
                     "accepted at 2026-11-17 11:00 UTC", "What was wrong: a list that was bought.\n",
                     "What we changed: its addresses are gone.\n", "Since 2026-11-18 12:00 UTC mail is sent without that cause.",
                     "you accepted 10,000 to 10,002 mails a day", "We expect to send you 8,000 mails a day.",
                     "1,120 people who complained. Of these 1,120 are suppressed",
                     "every system that sends our mail has 1,120 on its list",
                     "Since the change none of them was sent mail.", "since 2026-11-19 you accepted 50,000 mails",
                     "2 complaints came about it", "mail.sender.example, which leads back",
                     "Spamhaus was asked at 2026-11-23 11:00 UTC and lists none of these: 192.0.2.10, sender.example.",
                     "SPF includes the address, its mail carries a valid DKIM signature, it has a DMARC record",
                     "registered with SNDS", "the last report reached us at 2026-11-23 06:00 UTC"):
            self.assertIn(said, account)

    def test_what_nobody_knows_is_missing_and_not_made_up(self):
        for part in ("deliveries", "pointer", "spamhaus", "from_domains", "repair", "complainants", "leaks", "complaints", "feed",
                     "snds", "requests", "contact"):
            del self.evidence[part]
        del self.evidence["refusals"]["value"][0]["newest"]
        self.config = self.write("jmrp.toml", "")
        answer = self.draft(status=3)
        account = answer["fields"][9]["text"]
        self.assertEqual(account.count("\n"), 0, account)
        self.assertIn("412 refusals", account)
        missing = "\n".join(answer["missing"])
        for what in ("contact_name", "contact_email", "website", "from_domains", "own words", "what was wrong", "accepted before",
                     "--volume", "who complained", "PTR", "Spamhaus", "SPF, DKIM and DMARC", "JMRP"):
            self.assertIn(what, missing)

    def test_what_speaks_against_us_is_not_claimed(self):
        self.evidence["from_domains"]["value"][0]["dmarc"] = False
        self.evidence["spamhaus"]["value"][0]["listing"] = "unknown"
        self.evidence["leaks"]["value"]["last_in_log"] = at(NOW - HOUR)
        answer = self.draft(status=1)
        account = answer["fields"][9]["text"]
        self.assertNotIn("DMARC", account)
        self.assertNotIn("Spamhaus", account)
        self.assertNotIn("none of them was sent mail", account)
        self.assertIn("SPF includes the address", account)
        self.assertIn("SPF, DKIM and DMARC of sender.example, all three", answer["missing"])

    def test_several_addresses_are_asked_about_together(self):
        answer = self.draft("192.0.2.10,192.0.2.11", "192.0.2.32/28", status=3)
        fields = {field["id"]: field["text"] for field in answer["fields"]}
        self.assertEqual(fields["IpAddresses"], "192.0.2.10; 192.0.2.11; 192.0.2.32/28")
        self.assertEqual((answer["unjudged"], answer["outcome"]), (["192.0.2.11", "192.0.2.32/28"], "unknown"))
        self.assertIn("192.0.2.11: nothing was judged about it", self.text("192.0.2.10,192.0.2.11", status=3))

    # ---- whether it may be sent

    def test_the_answer_of_the_gate_stands_above(self):
        self.assertTrue(self.text().startswith("*** SAFE to send ***\n\n192.0.2.10, outlook.com, as of 2026-11-23 12:00 UTC: safe\n"))
        for change, status, words in (
                (lambda e: e["complainants"]["value"].update(suppressed=1119), 1, "DO NOT SEND: it is not safe"),
                (lambda e: e.update(refused(e, "not-qualified")) or e["requests"]["value"][0].update(answered=at(NOW - HOUR)),
                 1, "DO NOT SEND yet: wait"),
                (lambda e: e.pop("fleet"), 3, "DO NOT SEND yet: something is not known"),
                (lambda e: e["refusals"]["value"][0].update(code="XY-1"), 2, "A PERSON MUST DECIDE")):
            with self.subTest(words):
                self.evidence = safe_evidence()
                change(self.evidence)
                text = self.text(status=status)
                self.assertTrue(text.startswith("*** " + words), text)
                self.assertIn("\n  - ", text.split("***")[2].split("\n\n")[1])

    def test_an_unsafe_draft_is_printed_all_the_same(self):
        self.evidence["complainants"]["value"]["suppressed"] = 1119
        self.assertIn("IssueTitle", self.text(status=1))

    def test_an_open_request_speaks_against_it(self):
        self.evidence["requests"] = seen([{"ticket": "", "sent": at(NOW - DAY), "verdict": None, "answered": None, "withdrawn": False}])
        self.assertIn("a request is open", self.text(status=1))

    # ---- nothing to lift there

    def test_spamhaus_is_asked_first(self):
        self.evidence["spamhaus"]["value"][0]["listing"] = "listed"
        answer = self.draft(status=1)
        self.assertEqual(len(answer["instead"]), 1)
        self.assertIn("https://check.spamhaus.org/", answer["instead"][0])
        self.assertIsNotNone(answer["door"])

    def test_without_a_door_it_says_where_to_go_and_writes_nothing(self):
        for row, said in (({"list": "spamhaus", "code": "OU-001"}, "Spamhaus lists"),
                          ({"category": "third-party-block", "list": None}, "A list of somebody else"),
                          ({"category": "tenant", "list": None}, "administrator"),
                          ({"category": "rate-limit", "list": None}, "Rate limits end"),
                          ({"code": "\x1b[31mXY"}, "No door is known for")):
            with self.subTest(said):
                self.evidence = safe_evidence()
                self.evidence["refusals"]["value"][0].update(row)
                result = self.run_draft("--json")
                answer = json.loads(result.stdout)
                self.assertEqual((answer["door"], answer["where"], answer["fields"]), (None, None, []))
                self.assertIn(said, answer["instead"][0])
                self.assertNotIn(b"\x1b", self.run_draft().stdout)
                out = self.path("request.txt")
                self.assertEqual(self.run_draft("--to", out).status, 64)
                self.assertFalse(os.path.exists(out))

    # ---- the portal

    def test_the_portal_takes_one_mailbox_and_one_address_a_visit(self):
        banned(self.evidence)["refusals"]["value"][0]["code"] = "5.7.606"
        self.evidence["refusals"]["value"][0]["newest"] = None
        answer = self.draft("192.0.2.10,192.0.2.11", status=3)
        self.assertEqual((answer["door"], answer["where"]), ("portal", "https://sender.office.com"))
        self.assertEqual([field["text"] for field in answer["fields"]],
                         ["postmaster@other.example", "192.0.2.10", "postmaster@other.example", "192.0.2.11"])
        self.assertIn("ten minutes", "\n".join(answer["hints"]))
        self.assertNotIn("at Microsoft itself", "\n".join(answer["hints"]))
        self.config = self.write("jmrp.toml", SETTINGS.replace("other.example", "outlook.com"))
        self.assertIn("at Microsoft itself", "\n".join(self.draft(IP, status=2)["hints"]))

    # ---- the mail

    def mail(self, *options, notice=NOTICE, status=2):  # about Microsoft 365 a person always decides
        out = self.path("request.eml")
        path = self.write("notice.eml", notice)
        text = self.text("--notice", path, "--to", out, *options, status=status)
        self.assertIn("Written to " + out, text)
        self.assertEqual(os.stat(out).st_mode & 0o777, 0o600)
        with open(out, "rb") as file:
            raw = file.read()
        return raw, email.message_from_bytes(raw, policy=email.policy.default)

    def test_the_mail_goes_to_the_printed_mailbox_with_the_whole_notice(self):
        banned(self.evidence)
        raw, mail = self.mail()
        self.assertEqual(mail["From"], "Ann Example <postmaster@other.example>")
        self.assertEqual(mail["To"], "delist@microsoft.com")
        self.assertEqual(mail["Subject"], "Please take off the block list: 192.0.2.10 (5.7.511)")
        self.assertEqual(mail["Date"], "Mon, 23 Nov 2026 12:00:00 +0000")
        self.assertEqual([part.get_content_type() for part in mail.iter_parts()], ["text/plain", "message/rfc822"])
        text, attached = mail.iter_parts()
        self.assertIn("What was wrong: a list that was bought.", text.get_content())
        self.assertLessEqual(max(len(line) for line in text.get_content().splitlines()), 72)
        self.assertTrue(text.get_content().endswith("Ann Example\n"))
        self.assertEqual(attached.get_payload(0)["Subject"], "Undelivered Mail")
        self.assertIn(NOTICE.encode(), raw)

    def test_a_mailbox_that_only_the_notice_prints_is_taken_too(self):
        banned(self.evidence)["refusals"]["value"][0]["newest"] = None
        _, mail = self.mail()
        self.assertEqual(mail["To"], "delist@messaging.microsoft.com")
        self.assertIn("may be dead", self.text("--notice", self.path("notice.eml"), status=2))

    def test_a_stranger_does_not_choose_who_gets_the_mail(self):
        for mailbox in ("delist@evil.example", "delist@microsoft.com.evil.example", "delist@notmicrosoft.com",
                        "boss@microsoft.com", "delist@microsoft.com@evil.example", "delist@evil.example,delist@evil2.example"):
            with self.subTest(mailbox):
                banned(self.evidence)["refusals"]["value"][0]["newest"]["text"] = BANNED.replace("delist@microsoft.com", mailbox)
                _, mail = self.mail(notice=NOTICE.replace("delist@messaging.microsoft.com", mailbox))
                self.assertEqual(mail["To"], "delist@microsoft.com")
                self.evidence = safe_evidence()

    def test_a_notice_that_no_mail_can_carry_goes_as_bytes(self):
        banned(self.evidence)
        for body in ("x" * 2000 + "\n", "a\rb\n", "a\0b\n"):
            _, mail = self.mail(notice="Subject: a\n\n" + body)
            attached = list(mail.iter_parts())[1]
            self.assertEqual(attached.get_content_type(), "application/octet-stream")
            self.assertEqual(attached.get_payload(decode=True), ("Subject: a\n\n" + body).encode())

    def test_eight_bit_and_other_line_ends(self):
        banned(self.evidence)
        raw, mail = self.mail(notice="Subject: a\r\n\r\n".encode() + b"caf\xe9\r\n")
        self.assertIn(b"Content-Transfer-Encoding: 8bit", raw)
        self.assertIn(b"Subject: a\n\ncaf\xe9\n", raw)
        self.assertNotIn(b"\r", raw)

    def test_nothing_of_configuration_or_evidence_adds_a_field(self):
        self.config = self.write("jmrp.toml", SETTINGS.replace("Ann Example", "Ann\\r\\nBcc: x@victim.example\\n\\nbody"))
        banned(self.evidence)
        self.evidence["refusals"]["value"][0]["code"] = "5.7.511\r\nBcc: y@victim.example\r\n\r\nbody"
        self.evidence["repair"]["value"]["cause"] = "a\r\nBcc: z@victim.example"
        raw, mail = self.mail()
        self.assertIsNone(mail["Bcc"])
        self.assertNotIn(b"\nBcc:", raw.split(b"\n\n")[0])
        self.assertEqual(mail["To"], "delist@microsoft.com")

    def test_without_the_notice_it_is_missing(self):
        banned(self.evidence)
        answer = self.draft(status=2)
        self.assertEqual(answer["notice_bytes"], 0)
        self.assertIn("--notice", "\n".join(answer["missing"]))

    def test_without_a_contact_no_mail_is_written(self):
        banned(self.evidence)
        self.config = self.write("jmrp.toml", "")
        out = self.path("request.eml")
        result = self.run_draft("--to", out)
        self.assertEqual(result.status, 78, str(result))
        self.assertIn(b"contact_email", result.stderr)
        self.assertFalse(os.path.exists(out))

    def test_to_standard_output_goes_the_mail_alone(self):
        banned(self.evidence)
        result = self.run_draft("--to", "-", "--notice", self.write("notice.eml", NOTICE))
        self.assertEqual(result.status, 2)
        self.assertTrue(result.stderr.startswith(b"*** A PERSON MUST DECIDE"))
        self.assertEqual(email.message_from_bytes(result.stdout)["To"], "delist@microsoft.com")

    def test_without_evidence_it_goes_by_what_is_known_here_and_attaches_the_kept_bounce(self):
        self.config = self.write("jmrp.toml", SETTINGS.replace("[delist]", 'domains = ["sender.example"]\n[delist]'))
        self.assert_kept(self.deliver(NOTICE.encode()))
        out = self.path("request.eml")
        result = self.run_jmrp("delist", "draft", IP, "--to", out)
        self.assertEqual((result.status, result.stderr), (3, b""), str(result))
        self.assertIn("192.0.2.10, office365, as of 2026-11-23 12:00 UTC: ", result.stdout.decode())
        with open(out, "rb") as file:
            raw = file.read()
        self.assertEqual(email.message_from_bytes(raw)["To"], "delist@messaging.microsoft.com")
        self.assertIn(NOTICE.encode(), raw)
        self.assertEqual(self.run_jmrp("delist", "draft", "192.0.2.0/28", "--to", out).status, 3)
        for arguments, why in ((("192.0.2.64/28",), b"no address of these networks is known to be blocked"),
                               ((), b"it says no address")):
            result = self.run_jmrp("delist", "draft", *arguments)
            self.assertEqual(result.status, 64, str(result))
            self.assertIn(why, result.stderr)

    # ---- the reply

    def test_after_a_refusal_one_reply_in_the_thread(self):
        refused(self.evidence, "not-qualified")
        answer = self.draft("--volume", "8000")
        self.assertEqual((answer["door"], answer["where"]), ("reply", "ticket 1234567890"))
        text = self.field("Reply", "--volume", "8000")
        self.assertIn("thank you for your answer of 2026-11-19 12:00 UTC about 1234567890 (192.0.2.10). "
                      "We would ask you to look at this again", text)
        self.assertIn(REFUSAL, text)
        self.assertTrue(text.endswith("Ann Example"))
        self.assertIn("no new form", "\n".join(answer["hints"]))

    def test_a_reply_brings_what_the_last_answer_asked_for(self):
        for verdict, said, days in (("refused-cause", "irregular pattern", True), ("more-info", "Here is what you asked for", True),
                                    ("nothing-detected", "still refused", False)):
            with self.subTest(verdict):
                refused(self.evidence, verdict)
                text = self.field("Reply")
                self.assertIn(said, text)
                self.assertEqual("\n2026-11-16  10001\n" in text, days, text)

    def test_new_addresses_ask_for_room_to_warm_up(self):
        refused(self.evidence, "not-qualified")
        text = self.field("Reply", "--new", "--volume", "500")
        self.assertIn("pre-emptive accommodation", text)
        self.assertIn("We expect to send you 500 mails a day, growing slowly", text)

    def test_a_reply_without_a_ticket_misses_it(self):
        refused(self.evidence, "more-info", ticket="")
        self.assertIn("--ticket", "\n".join(self.draft()["missing"]))

    # ---- people, and hostile texts

    def test_no_address_of_anybody_is_in_it(self):
        text = ("550 5.7.1 <Ann.Secret@hotmail.com> from bounces+bob=hotmail.com@sender.example and \"car ol\"@live.com, "
                "http://x.example/?e=dave%40msn.com evelyn@[192.0.2.1] SRS0=x=hotmail.com=frank@sender.example gr\u00fcn@hotmail.com "
                "on our block list (S3140)")
        self.evidence["refusals"]["value"][0]["newest"]["text"] = text
        self.evidence["repair"]["value"]["cause"] = "henry@hotmail.com was imported"
        for evidence in (self.evidence, refused(copy.deepcopy(self.evidence), "refused-cause")):
            self.evidence = evidence
            everything = json.dumps(self.draft()) + self.text()
            for name in ("Ann.Secret", "bob", "ol\"", "dave", "evelyn", "frank", "gr\u00fcn", "gr\\u00fcn", "henry"):
                self.assertNotIn(name, everything)
            self.assertIn("***@hotmail.com", everything)

    def test_hostile_text_stays_text(self):
        self.evidence["refusals"]["value"][0]["newest"] = {
            "text": "550 \x1b]0;title\x07 \u202etxt on our block list\r\n\r\nIssue title\n" + "x" * 100000, "host": "h\n\x1b[2J"}
        self.evidence["from_domains"]["value"][0]["domain"] = "a\n  (ContactEmail)\nb\x1b[31m"
        text = self.text()
        self.assertNotIn("\x1b", text)
        self.assertNotIn("\u202e", text)
        self.assertEqual(text.count("\nIssue title"), 1)
        self.assertEqual(text.count("\nContact e-mail  (ContactEmail)"), 1)
        self.assertLess(len(text), 10000)

    # ---- the command line

    def test_what_does_not_fit_is_refused(self):
        for options in (("nonsense",), ("198.51.100.1",), (IP, "--list", "office365"), ("--volume", "many"),
                        ("--notice", self.path("not there"))):
            with self.subTest(options):
                result = self.run_draft(*options)
                self.assertIn(result.status, (64, 66), str(result))
                self.assertEqual(result.stdout, b"")
        self.evidence = {"format_version": 1}
        self.assertEqual(self.run_draft().status, 65)

    def test_a_file_gets_what_is_pasted(self):
        out = self.path("request.txt")
        text = self.text("--to", out)
        with open(out, encoding="utf-8") as file:
            written = file.read()
        self.assertTrue(written.startswith("Issue title  (IssueTitle)\n"))
        self.assertNotIn("IssueTitle", text)
        self.assertIn("http://go.microsoft.com", text)

    def test_no_database_is_made(self):
        self.draft()
        self.assertFalse(os.path.exists(self.database))

    def test_a_closed_pipe_ends_it(self):
        path = self.write("evidence.json", json.dumps(self.evidence))
        command = f"{self.program} delist draft --evidence {path} | head -1"
        done = subprocess.run(["sh", "-c", command], env=self.environment(), capture_output=True, check=True)
        self.assertEqual((done.stdout, done.stderr), (b"*** SAFE to send ***\n", b""))


if __name__ == "__main__":
    jmrp_test.main()
