"""jmrp delist: what was asked of Microsoft, what was answered, what was repaired, and what check says of it."""
import datetime
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import jmrp_test
import reports
import jsonschema

TICKET = "1303529797"
IP = "192.0.2.10"
HOUR = 3600
SCHEMA = os.path.join(os.environ["JMRP_SOURCE"], "schemas", "json", "delist.schema.json")
CONFIG = """
[own]
networks = ["192.0.2.0/24", "2001:db8:1::/48"]
addresses = ["trial@outlook.example"]
[authenticity]
authserv_ids = ["mx.ours.example"]
[policy]
act_on = "unverified"
believe_report_fields = true
pace_per_hour = 0
"""
RECEIPT = "Hello,\nThank you for your delisting request. Your ticket number is in the subject line of this email.\n"
REFUSED = "Not qualified for mitigation\n%s\nOur investigation has determined that the above IP(s) do not qualify for mitigation.\n"
LIFTED = "I have implemented mitigation for your IP and this process may take 24 - 48 hours to replicate.\n"
CONDITIONAL = "Conditionally mitigated\n%s\nThe above IP(s) qualify for conditional mitigation.\n"
MORE = "More information needed\n\nPlease provide us with the volume that you expect each day.\n"


def at(hours):
    """So many hours before NOW, as --at takes it."""
    return datetime.datetime.fromtimestamp(reports.NOW - int(hours * HOUR), datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def reply(body, hours=0, subject="RE: " + TICKET, passed="dmarc=pass header.from=css.one.microsoft.com"):
    date = datetime.datetime.fromtimestamp(reports.NOW - int(hours * HOUR), datetime.timezone.utc).strftime("%a, %d %b %Y %H:%M:%S +0000")
    border = f"Authentication-Results: mx.ours.example; {passed}\n" if passed else ""
    return (f"{border}Received: from out.example (out.example [203.0.113.9])\n\tby mx.ours.example (Postfix) with ESMTPS id 4X1"
            f"\n\tfor <postmaster@ours.example>; {date}\nFrom: Support <x@css.one.microsoft.com>\nTo: postmaster@ours.example\n"
            f"Subject: {subject}\nDate: {date}\nContent-Type: text/plain; charset=utf-8\n\n{body}").encode()


class Requests(jmrp_test.JmrpTest):
    def setUp(self):
        super().setUp()
        self.config = self.write("jmrp.toml", CONFIG)

    def delist(self, *arguments, schema=True, **more):
        told = self.json("delist", *arguments, **more)
        if schema:
            with open(SCHEMA, encoding="utf-8") as file:
                jsonschema.Draft202012Validator(json.load(file)).validate(told)
        return told

    def submit(self, *arguments, hours=48):
        return self.delist("submitted", *arguments, "--at", at(hours))["done"]

    def receive(self, *arguments, **more):
        self.assert_kept(self.deliver(reply(*arguments, **more)))

    def state(self, ip=IP, name="outlook.com"):
        lists = self.delist("show", ip, "--list", name)["lists"]
        return lists[0]["state"]

    def waiting(self):
        return [one["doubt"] for one in self.delist("list")["answers"]]

    def refuse(self, status, *arguments):
        result = self.run_jmrp("delist", *arguments)
        self.assertEqual(result.status, status, str(result))
        self.assertEqual(result.stdout, b"")
        return result.stderr.decode()

    def findings(self, **environment):
        result = self.run_jmrp("check", "--json", environment=environment)
        return {one["rule"]: one for one in json.loads(result.stdout)["findings"]}


class Answers(Requests):
    def test_a_request_goes_its_way_by_mail(self):
        self.assertEqual(self.submit(IP, "--list", "outlook.com", "--ticket", TICKET), "request")
        self.assertEqual(self.state(), "requested")
        self.receive(RECEIPT, 47, subject=f"SRX{TICKET}ID - Outlook.com")
        self.receive("We will be looking into this issue.\n", 46)
        self.assertEqual(self.state(), "in-review")
        self.receive(REFUSED % IP, 45)
        self.assertEqual(self.state(), "refused-auto")
        self.assertEqual(self.submit("--ticket", f"SRX{TICKET}ID", hours=40), "reply")
        self.assertEqual(self.state(), "in-review")
        self.assertEqual(self.submit("--ticket", TICKET, hours=39), "known")
        self.receive(MORE, 30)
        self.assertEqual((self.state(), self.waiting()), ("needs-reply", [None]))
        self.assertEqual(self.submit(IP, "--ticket", TICKET, hours=20), "reply")
        self.assertEqual(self.waiting(), [])
        self.receive(LIFTED, 10)
        self.assertEqual(self.state(), "mitigated-pending")
        shown = self.delist("show", IP)["lists"][0]
        self.assertEqual([one["outcome"] or one["what"] for one in shown["history"]],
                         ["request", "ack", "ack-agent", "not-qualified", "reply", "more-info", "reply", "mitigated"])
        self.assertIn("hold for 38 hours", shown["next"])
        self.assertIn("hold for 38 hours", self.succeed("delist", "show", IP))
        self.assertEqual(self.delist("list")["requests"][0]["state"], "mitigated-pending")

    def test_what_mail_said_survives_a_rebuild_and_the_order_of_receipt_does_not_matter(self):
        self.submit(IP, "--list", "outlook.com", "--ticket", TICKET)
        self.receive(LIFTED, 10)
        self.receive(REFUSED % IP, 40)
        self.assertEqual(self.state(), "mitigated-pending")
        before = self.dump()
        self.assertIn("|mitigated|", before)
        self.succeed("rebuild")
        self.assertEqual(self.dump(), before)

    def test_sections_speak_of_their_own_addresses(self):
        self.submit("192.0.2.10,192.0.2.11", "192.0.2.16/28", "--list", "outlook.com", "--ticket", TICKET)
        self.receive("Conditionally mitigated\n192.0.2.16/28;\nThe above IP(s) qualify for conditional mitigation.\n\n"
                     "Not qualified for mitigation\n192.0.2.10\nThe above IP(s) do not qualify for mitigation.\n\n"
                     "Nothing was detected\n198.51.100.9\nWe were unable to identify anything on our side.\n", 4)
        self.assertEqual([self.state(ip) for ip in (IP, "192.0.2.11", "192.0.2.20", "198.51.100.9")],
                         ["refused-auto", "requested", "mitigated-limited", "clear"])
        self.assertEqual(self.state("192.0.2.20", "office365"), "clear")
        rows = {row["network"]: row["state"] for row in self.delist("list")["requests"]}
        self.assertEqual(rows, {"192.0.2.10": "refused-auto", "192.0.2.11": "requested", "192.0.2.16/28": "mitigated-limited"})

    def test_a_quoted_thread_says_nothing(self):
        self.submit(IP, "--list", "outlook.com", "--ticket", TICKET)
        self.receive("We will be looking into this issue.\n\n-----Original Message-----\nFrom: Support\nSent: today\n\n" + LIFTED, 4)
        self.assertEqual(self.state(), "in-review")

    def test_a_receipt_brings_the_ticket(self):
        self.assertEqual(self.submit(IP, "--list", "outlook.com"), "request")
        self.assertEqual(self.submit(IP, "--list", "outlook.com"), "known")
        self.receive(RECEIPT, 47, subject=f"SRX{TICKET}ID - Outlook.com")
        self.receive(LIFTED, 10)
        self.assertEqual((self.state(), self.waiting()), ("mitigated-pending", []))
        self.assertIn(f"Ticket {TICKET} came with the receipt", self.succeed("delist", "show", IP))
        self.assertEqual(self.delist("list")["requests"][0]["ticket"], TICKET)

    def test_two_requests_without_a_ticket_leave_it_to_a_person(self):
        self.submit(IP, "--list", "outlook.com")
        self.submit("192.0.2.11", "--list", "outlook.com")
        self.receive(RECEIPT, 47, subject=f"SRX{TICKET}ID - Outlook.com")
        self.assertEqual(self.waiting(), ["unknown-ticket"])
        self.assertEqual(self.delist("submitted", "192.0.2.11", "--ticket", TICKET)["done"], "ticket")
        self.assertEqual(self.waiting(), [])

    def test_mail_that_is_not_proved_opens_no_gate(self):
        self.submit(IP, "--list", "outlook.com", "--ticket", TICKET)
        self.receive(LIFTED, 10, passed="")
        self.receive(LIFTED + "!", 10, passed="dkim=pass header.d=evil.example")
        self.receive(LIFTED + "!!", 10, passed="spf=pass smtp.mailfrom=css.one.microsoft.com")
        self.receive(LIFTED + "?", 10, passed="dmarc=fail header.from=css.one.microsoft.com")
        self.assertEqual((self.state(), self.waiting()), ("requested", ["unverified"] * 3))
        self.assertEqual(self.json("status")["outcomes"]["forged-reply"], 1)
        everything = [one["doubt"] for one in self.delist("list", "--all")["answers"]]
        self.assertEqual(sorted(everything), ["forged"] + ["unverified"] * 3)
        text = self.succeed("delist", "list")
        self.assertIn("nothing proves that Microsoft sent it", text)
        self.assertIn("jmrp quarantine show", text)

    def test_a_stranger_s_ticket_and_other_languages_wait_for_a_person_until_he_says_so(self):
        self.submit(IP, "--list", "outlook.com", "--ticket", TICKET)
        self.receive(LIFTED, 10, subject="RE: 2222222222")
        self.receive("Guten Tag,\nwir haben Ihr Anliegen geprüft und melden uns wieder.\n", 9)
        self.receive(LIFTED + "IP: 198.51.100.7\n", 8)
        self.assertEqual((self.state(), self.waiting()), ("requested", ["unknown-ticket", "unknown-words", "other-addresses"]))
        found = self.findings()["replies"]
        self.assertEqual(found["status"], "warning")
        self.assertIn("3 answers of sender support wait", found["sentence"])
        strange, german, other = [one["message"] for one in self.delist("list")["answers"]]
        self.delist("close", "--answer", str(strange))
        self.delist("close", "--answer", str(german), "--outcome", "mitigated", "--note", "read on the telephone")
        self.delist("close", "--answer", str(other))
        self.assertEqual((self.state(), self.waiting(), self.findings()["replies"]["status"]), ("mitigated-pending", [], "ok"))
        before = self.dump()
        self.succeed("rebuild")
        self.assertEqual((self.dump(), self.waiting()), (before, []))

    def test_an_answer_that_was_replayed_changes_nothing(self):
        self.submit(IP, "--list", "outlook.com", "--ticket", TICKET, hours=100)
        self.receive(LIFTED, 90)
        self.submit("--ticket", TICKET, hours=20)
        self.receive(LIFTED.replace("24", "12"), 90)
        self.assertEqual(self.state(), "requested")

    def test_a_date_of_tomorrow_is_that_of_receipt(self):
        self.submit(IP, "--list", "outlook.com", "--ticket", TICKET)
        self.receive(LIFTED, -30)
        self.assertEqual(self.delist("show", IP)["lists"][0]["verdict_at"], at(0))


class People(Requests):
    def test_a_person_tells_what_comes_by_no_mail(self):
        self.submit("192.0.2.10,192.0.2.11", "--list", "office365")
        self.delist("close", IP, "--outcome", "removed", "--at", at(20), "--note", "the portal lets it through")
        self.assertEqual([self.state(ip, "office365") for ip in (IP, "192.0.2.11")], ["mitigated-pending", "requested"])
        self.delist("close", "192.0.2.11", "--outcome", "withdrawn")
        self.assertEqual(self.state("192.0.2.11", "office365"), "blocked")
        self.assertEqual([row["network"] for row in self.delist("list")["requests"]], [IP])
        self.assertEqual(len(self.delist("list", "--all")["requests"]), 2)
        self.assertIn("the portal lets it through", self.succeed("delist", "show", IP))

    def test_what_makes_no_sense_is_refused_with_what_to_do(self):
        self.submit(IP, "--list", "outlook.com", "--ticket", TICKET)
        self.receive(LIFTED, 5, subject="RE: 2222222222")
        before = self.dump()
        for arguments, why in (
                (("submitted", "--list", "outlook.com"), "it says no address"),
                (("submitted", "192.0.2.77"), "--list outlook.com or --list office365"),
                (("submitted", "192.0.2.77", "--list", "spamhaus"), "none of Microsoft's lists"),
                (("submitted", "nonsense", "--list", "outlook.com"), "is no IP address"),
                (("submitted", "198.51.100.7", "--list", "outlook.com"), "not within own.networks"),
                (("submitted", IP, "--list", "outlook.com", "--ticket", "12"), "is no ticket"),
                (("submitted", "192.0.2.77", "--ticket", TICKET), "is about 192.0.2.10 at outlook.com"),
                (("submitted", IP, "--ticket", TICKET, "--list", "office365"), "is about 192.0.2.10 at outlook.com"),
                (("submitted", "192.0.2.77", "--list", "outlook.com", "--at", at(-1)), "is yet to come"),
                (("submitted", "192.0.2.77", "--list", "outlook.com", "--at", "yesterday"), "is no time"),
                (("submitted", "192.0.2.77", "--list", "outlook.com", "--ticket", "2222222222"), "say with --at when"),
                (("submitted", "192.0.2.77", "--list", "office365", "--door", "reply"), "delist-mail"),
                (("cause", IP, "--text", "a list was bought"), "it needs --fix"),
                (("cause", IP, "--fix", "it was deleted"), "it needs --text"),
                (("cause", "--text", "a", "--fix", "b"), "it says no address"),
                (("close", IP), "it needs --outcome"),
                (("close", IP, "--outcome", "mitigate"), "did you mean 'mitigated'?"),
                (("close", IP, "--outcome", "ack"), "is none"),
                (("close", IP, "--outcome", "mitigated", "--at", at(99)), "it was sent later"),
                (("close", "--outcome", "mitigated"), "it is not said which"),
                (("trial", "somebody@outlook.example"), "own.addresses"),
                (("trial", "@mailman:7"), "address of a mailbox"),
                (("show", "nonsense"), "is no IP address"),
                (("sumbitted", IP), "did you mean 'submitted'?")):
            self.assertIn(why, self.refuse(64, *arguments), arguments)
        for arguments in (("close", "--answer", "99"), ("close", "--answer", "x"), ("close", "192.0.2.77", "--list", "outlook.com", "--outcome", "removed"),
                          ("close", "--ticket", "3333333333", "--outcome", "removed")):
            self.refuse(66, *arguments)
        self.assertEqual(self.dump(), before)

    def test_times_are_utc_unless_they_say_otherwise(self):
        for text, stored in (("2026-11-20 10:00", "2026-11-20T10:00:00Z"), ("2026-11-20T10:00:05+01:00", "2026-11-20T09:00:05Z"),
                             ("2026-11-20T10:00Z", "2026-11-20T10:00:00Z")):
            told = self.delist("cause", IP, "--text", "a", "--fix", "b", "--at", text)
            self.assertEqual(told["repaired_at"], stored)

    def test_the_newest_cause_counts(self):
        self.assertTrue(self.delist("cause", IP, "--text", "a list was bought", "--fix", "it was deleted", "--at", at(10))["counts"])
        self.assertFalse(self.delist("cause", "192.0.2.0/28", "--text", "no DKIM", "--fix", "signed", "--at", at(99))["counts"])
        self.assertIn("What counts is the newest", self.succeed("delist", "cause", IP, "--text", "c", "--fix", "d", "--at", at(98)))
        shown = self.succeed("delist", "show", IP)
        self.assertIn("a list was bought -> it was deleted", shown)
        self.assertIn("no DKIM -> signed", shown)

    def test_terminals_are_safe_from_what_people_and_mails_write(self):
        self.submit(IP, "--list", "outlook.com", "--ticket", TICKET, "--note", "\x1b[2Jgone")
        self.delist("cause", IP, "--text", "\x1b[2J", "--fix", "b")
        self.receive(LIFTED, 4, passed="dkim=pass header.d=\"\x1b[2J\"")
        for command in (("show", IP), ("list", "--all")):
            self.assertNotIn("\x1b", self.succeed("delist", *command))

    def test_a_trial_is_reported_by_the_report_that_names_it(self):
        self.succeed("delist", "trial", "trial@outlook.example", "--at", at(100))
        self.succeed("delist", "trial", "Trial@outlook.example", "--at", at(90))
        self.assertFalse(self.delist("trial", "trial@outlook.example", "--at", at(90))["noted"])
        report = reports.report(0).replace(reports.recipient(0).encode(), b"trial@outlook.example")
        report = report.replace(reports.recipient(0).replace("@", "=").encode(), b"trial=outlook.example")
        proved = (b"Authentication-Results: mx.ours.example; dmarc=pass header.from=hotmail.com\n"
                  b"Received: from out.example (out.example [203.0.113.9])\n\tby mx.ours.example with ESMTPS id 1; "
                  b"Mon, 23 Nov 2026 11:00:00 +0000\n")
        sender = next(line for line in report.splitlines() if line.startswith(b"From: "))
        report = proved + report.replace(sender, b"From: staff@hotmail.com", 1)
        self.assert_kept(self.deliver(report, environment={"JMRP_NOW": str(reports.NOW - 50 * HOUR)}))
        trials = self.delist("trial")["trials"]
        self.assertEqual([one["reported_at"] for one in trials], [at(50), None])
        self.assertEqual(self.json("suppressions", "list")["suppressions"], [])
        self.assertIn("trial@outlook.example", self.succeed("delist", "trial"))
        self.succeed("suppressions", "forget", "trial@outlook.example")
        self.assertEqual(self.delist("trial")["trials"], [])


class Watch(Requests):
    def complain(self, hours_sent, ip=IP):
        """A complaint about mail that arrived so long ago."""
        sent = datetime.datetime.fromtimestamp(reports.NOW - hours_sent * HOUR, datetime.timezone.utc).strftime("%a, %d %b %Y %H:%M:%S +0000")
        self.assert_kept(self.deliver((
            "From: staff@hotmail.com\nSubject: complaint\nContent-Type: multipart/report; report-type=feedback-report; boundary=b\n\n"
            "--b\nContent-Type: text/plain\n\ncomplaint\n--b\nContent-Type: message/feedback-report\n\n"
            f"Feedback-Type: abuse\nVersion: 1\nUser-Agent: x\nSource-IP: {ip}\nArrival-Date: {sent}\n"
            f"Original-Rcpt-To: person{hours_sent}@outlook.example\n\n--b\nContent-Type: message/rfc822\n\n"
            f"From: news@sender.example\nTo: person{hours_sent}@outlook.example\nMessage-ID: <{hours_sent}.{ip}@sender.example>\n"
            f"Date: {sent}\nSubject: x\n\ny\n--b--\n").encode()))

    def test_after_a_mitigation_each_complaint_about_newer_mail_speaks(self):
        self.succeed("status")
        self.assertEqual(self.findings()["mitigated"]["status"], "ok")
        self.submit("192.0.2.10,192.0.2.11", "--list", "outlook.com", "--ticket", TICKET)
        self.receive("Mitigated\n192.0.2.10\n\nConditionally mitigated\n192.0.2.11\n", 30)
        self.complain(31)
        self.complain(40, "192.0.2.11")
        result = self.run_jmrp("check", "--json")
        found = [one for one in json.loads(result.stdout)["findings"] if one["rule"] == "mitigated"]
        self.assertEqual([one["status"] for one in found], ["ok", "ok"])
        self.assertIn("hold for 18 hours", found[0]["sentence"])
        self.complain(29)
        self.complain(28, "192.0.2.11")
        result = self.run_jmrp("check", "--json")
        found = [one for one in json.loads(result.stdout)["findings"] if one["rule"] == "mitigated"]
        self.assertEqual([one["status"] for one in found], ["warning", "critical"])
        self.assertIn("1 complaint came about mail sent since", found[1]["sentence"])


if __name__ == "__main__":
    jmrp_test.main()
