"""jmrp delist check: the evidence of a blocked address, gathered by the real program, and what it decides; a name server that answers,
fails and lies; what was saved decides the same again."""
import json
import os
import stat
import time
import unittest

import dns_server
import jmrp_test
import jsonschema
import reports

NOW = reports.NOW
HOUR = 3600
DAY = 24 * HOUR
IP, OTHER_IP = "192.0.2.10", "192.0.2.11"
HELO = "mail.sender.example"
OLC = "hotmail-com.olc.protection.outlook.com"
EOP = "customer-example.mail.protection.outlook.com"
KEY = "k3yofthetestsk3yofthetests"
RECORDS = {
    ("10.2.0.192.in-addr.arpa", "PTR"): [HELO],
    (HELO, "A"): [IP],
    (HELO, "TXT"): [b"v=spf1 a -all"],
    ("sender.example", "TXT"): [b"v=spf1 ip4:192.0.2.0/24 -all"],
    ("_dmarc.sender.example", "TXT"): [b"v=DMARC1; p=none"],
    ("2.0.0.127.zen.spamhaus.org", "A"): ["127.0.0.2"],
    ("dbltest.com.dbl.spamhaus.org", "A"): ["127.0.1.2"],
}
ZEN = ("10.2.0.192.zen.spamhaus.org", "A")
CONFIG = """
[own]
networks = ["192.0.2.0/24"]
domains = ["sender.example"]
[attribution]
verp_patterns = []
[policy]
act_on = "unverified"
believe_report_fields = true
pace_per_hour = 0
[export.mta]
format = "text"
to = "{directory}/list"
[delist]
contact_name = "A Person"
contact_email = "postmaster@contact.example"
contact_elsewhere = true
contact_hears_microsoft = true
helo = "mail.sender.example"
without_snds = true
[send_log]
source_ips = ["mta1={ip}", "mta2={other}"]
[dns]
servers = ["{server}"]
timeout_ms = 300
tries = 1
fresh_seconds = 0
"""


def schema(name):
    with open(os.path.join(os.environ["JMRP_SOURCE"], "schemas", "json", f"{name}.schema.json"), encoding="utf-8") as file:
        return json.load(file)


def date(at):
    return time.strftime("%a, %d %b %Y %H:%M:%S +0000", time.gmtime(at))


def report(number, at, sent, ip=IP, dkim="pass"):
    """A complaint that came at `at` about a mail that was sent at `sent`."""
    return (
        f"From: staff@hotmail.com\nTo: fbl@sender.example\nDate: {date(at)}\nSubject: complaint\nMIME-Version: 1.0\n"
        f"Message-ID: <report-{number}@hotmail.example>\n"
        'Content-Type: multipart/report; report-type=feedback-report; boundary="b"\n\n'
        "--b\nContent-Type: text/plain\n\nThis is an abuse report.\n\n--b\nContent-Type: message/feedback-report\n\n"
        f"Feedback-Type: abuse\nUser-Agent: JMRP/1.0\nVersion: 1\nSource-IP: {ip}\nArrival-Date: {date(sent)}\n"
        f"Original-Rcpt-To: <person{number}@hotmail.com>\n\n--b\nContent-Type: text/rfc822-headers\n\n"
        f"Authentication-Results: spf=pass (sender IP is {ip}) smtp.mailfrom=sender.example; dkim={dkim} (signature was verified)\n"
        f" header.d=sender.example;dmarc=pass action=none header.from=sender.example\n"
        f"Received: from {HELO} ([{ip}]) by mx.hotmail.example; {date(sent)}\n"
        f"Date: {date(sent)}\nFrom: News <news@sender.example>\nMessage-ID: <mail-{number}@sender.example>\n\n--b--\n").encode()


def line(at, number, said="", to="user@hotmail.com", host=OLC, server="mta1"):
    """A line of Postfix's log: accepted, or with what the server said against it."""
    what = (f"dsn=5.7.1, status=bounced (host {host}[104.47.8.33] said: {said} (in reply to MAIL FROM command))" if said else
            "dsn=2.6.0, status=sent (250 2.6.0 Queued mail for delivery)")
    return (f"{time.strftime('%b %e %H:%M:%S', time.gmtime(at))} {server} postfix/smtp[7]: 4Zq{number:08x}z1: to=<{to}>, "
            f"relay={host}[104.47.8.33]:25, delay=1, delays=0.1/0/0.4/0.5, {what}\n")


def blocked(ip=IP, code="S3140"):
    return (f"550 5.7.1 Unfortunately, messages from [{ip}] weren't sent. Please contact your Internet service provider since part of "
            f"their network is on our block list ({code}).")


BANNED = f"550 5.7.606 Access denied, banned sending IP [{IP}]. To request removal from this list please visit https://sender.office.com/"


class DelistCheck(jmrp_test.JmrpTest):
    """Mail went well until the block six days ago; the cause was repaired five days ago."""

    def setUp(self):
        super().setUp()
        self.records, self.behavior = dict(RECORDS), {}
        self.configure("127.0.0.1:9")
        self.lines = 0

    def configure(self, server, more=""):
        self.config = self.write("jmrp.toml",
                                 CONFIG.format(directory=self.directory, ip=IP, other=OTHER_IP, server=server) + more)

    def run_at(self, at, *arguments, expected=0, **more):
        result = self.run_jmrp(*arguments, environment={"JMRP_NOW": str(at)}, **more)
        self.assertEqual(result.status, expected, str(result))
        return result

    def log(self, *lines):
        self.run_at(NOW, "import", "sent", "--timezone", "UTC", "--year", "2026", self.write("mail.log", "".join(lines)))

    def complain(self, number, at, sent, **more):
        self.run_at(at, "ingest", stdin=report(number, at, sent, **more))

    def export(self, at):
        self.run_at(at, "export", "mta")

    def repair(self, at=NOW - 5 * DAY):
        self.run_at(NOW, "delist", "cause", IP, "--text", "a list that was bought", "--fix", "its addresses are gone", "--at",
                    time.strftime("%Y-%m-%d %H:%M", time.gmtime(at)))

    def history(self):
        """Everything in order but the last word: nothing was decided yet."""
        rows = ["day,source_ip,provider,attempted,accepted\n"]
        rows += [f"{time.strftime('%Y-%m-%d', time.gmtime(NOW - back * DAY))},{IP},outlook.com,10000,10000\n" for back in range(7, 31)]
        self.run_at(NOW, "import", "traffic", "--format", "csv", self.write("counts.csv", "".join(rows)))
        for number in range(3):
            self.complain(number, NOW - (9 + number) * DAY, NOW - (10 + number) * DAY)
        self.export(NOW - 6 * DAY)
        self.repair()
        self.log(*(line(NOW - 6 * DAY + hour * HOUR, 100 + hour, blocked()) for hour in range(0, 6 * 24 - 1, 6)),
                 *(line(NOW - back * DAY, 500 + back, server="mta2") for back in range(0, 8)), line(NOW - HOUR, 600, blocked()))
        self.complain(50, NOW - 6 * HOUR, NOW - DAY, ip=OTHER_IP)
        self.export(NOW - HOUR // 2)

    def check(self, *options, expected, at=NOW, ip=(IP,)):
        with dns_server.DnsServer(self.records, self.behavior) as server:
            self.configure(server.address)
            result = self.run_at(at, "delist", "check", *ip, *options, expected=expected)
            self.asked = server.asked
        self.assertEqual(result.stderr, b"", str(result))
        return result.stdout

    def decision(self, *options, expected, **more):
        decision = json.loads(self.check("--json", *options, expected=expected, **more))
        jsonschema.validate(decision, schema("decision"))
        return decision

    def rulings(self, decision):
        return {one["rule"]: one for one in decision["reasons"]}

    def assertRules(self, decision, **states):
        got = {rule: one["state"] for rule, one in self.rulings(decision).items()}
        expected = {rule: "met" for rule in got} | {rule.replace("_", "-"): state for rule, state in states.items()}
        self.assertEqual(got, expected, json.dumps(decision, indent=1))

    def test_all_in_order_is_safe_and_says_where_to_ask(self):
        self.history()
        decision = self.decision(expected=0)
        self.assertRules(decision)
        self.assertEqual((decision["outcome"], decision["door"]), ("safe", "consumer-form"))
        text = self.check(expected=0).decode()
        self.assertTrue(text.startswith(f"SAFE to ask Outlook.com about {IP} now\n"), text)
        self.assertIn("http://go.microsoft.com/fwlink/?LinkID=614866", text)
        self.assertLessEqual(max(len(one) for one in text.splitlines()), 80, text)

    def test_what_was_saved_decides_the_same_without_database_network_or_clock(self):
        self.history()
        saved = self.path("evidence.json")
        live = self.check("--json", "--save", saved, expected=0)
        self.assertEqual(stat.S_IMODE(os.stat(saved).st_mode), 0o600)
        with open(saved, encoding="utf-8") as file:
            jsonschema.validate(json.load(file), schema("evidence"))
        os.rename(self.database, self.database + ".away")
        again = self.check("--json", "--evidence", saved, expected=0, at=NOW + 99 * DAY, ip=())
        self.assertEqual(again, live)
        self.assertEqual(self.asked, [])
        self.assertFalse(os.path.exists(self.database))

    def test_mail_to_a_suppressed_person_is_not_safe(self):
        self.history()
        self.log(line(NOW - 2 * DAY, 700, to="person1@hotmail.com", server="mta2"))
        decision = self.decision(expected=1)
        self.assertEqual(decision["outcome"], "not-safe")
        self.assertRules(decision, leaks="not-met")
        text = self.check(expected=1).decode()
        self.assertTrue(text.startswith("NOT SAFE to ask"), text)
        self.assertIn("What to do:\n  1. leaks: find the sender that ignores the list: 'jmrp leaks'\n", text)

    def test_complainants_must_be_suppressed_and_exported(self):
        self.history()
        self.complain(60, NOW - 2 * HOUR, NOW - 8 * DAY)
        self.assertRules(self.decision(expected=0))  # exported since then
        self.run_at(NOW, "suppressions", "remove", "person60@hotmail.com", "--note", "asked for it")
        self.assertRules(self.decision(expected=1), suppressed="not-met")

    def test_time_alone_is_to_wait_for(self):
        self.history()
        self.repair(NOW - 50 * HOUR)
        self.complain(70, NOW - HOUR, NOW - DAY, ip=OTHER_IP)
        decision = self.decision(expected=1)
        self.assertEqual(decision["outcome"], "wait")
        self.assertRules(decision, clean="not-met")
        self.assertEqual(decision["wait_until"], time.strftime("%Y-%m-%dT%H:%M:00Z", time.gmtime(NOW + 22 * HOUR)))
        text = self.check(expected=1).decode()
        self.assertTrue(text.startswith("WAIT until 2026-11-24 10:00 UTC (in 22 h) before you ask Outlook.com"), text)

    def test_a_code_that_no_door_is_known_for_is_for_a_person(self):
        self.history()
        self.log(line(NOW - HOUR // 2, 800, blocked(code="S9999")))
        decision = self.decision(expected=2)
        self.assertEqual((decision["outcome"], decision["door"]), ("person", None))

    def test_what_nobody_knows_is_unknown_and_a_listing_of_spamhaus_is_not_safe(self):
        self.history()
        self.behavior = {ZEN[0]: "servfail"}
        self.assertRules(self.decision(expected=3), spamhaus="unknown")
        self.behavior = {}
        self.records[ZEN] = ["127.0.0.4"]
        self.assertRules(self.decision(expected=1), spamhaus="not-met")
        del self.records[ZEN]
        decision = self.decision(expected=1, at=NOW + 60)
        self.assertEqual(decision["outcome"], "wait")  # Microsoft sees it later
        self.assertRules(decision, spamhaus="not-met")
        self.records[("2.0.0.127.zen.spamhaus.org", "A")] = ["198.51.100.1"]
        self.assertRules(self.decision(expected=3), spamhaus="unknown")

    def test_offline_asks_nobody_and_goes_by_answers_of_before(self):
        self.history()
        self.assertRules(self.decision("--offline", expected=3), spamhaus="unknown", pointer="unknown", authentication="unknown")
        self.assertEqual(self.asked, [])
        self.decision(expected=0)
        self.assertRules(self.decision("--offline", expected=0, at=NOW + 60))
        text = self.check("--offline", expected=0, at=NOW + 60).decode()
        self.assertTrue(text.startswith("offline: "), text)
        self.assertIn("SAFE", text.splitlines()[2])

    def test_both_lists_are_decided_and_the_worse_one_is_the_status(self):
        self.history()
        self.log(line(NOW - HOUR, 900, BANNED, host=EOP, to="user@customer.example"))
        lines = self.check("--json", expected=2).splitlines()
        decisions = [json.loads(one) for one in lines]
        self.assertEqual([one["list"] for one in decisions], ["outlook.com", "office365"])
        self.assertEqual([one["outcome"] for one in decisions], ["safe", "person"])  # nobody tells of complaints there
        self.assertEqual(decisions[1]["door"], "portal")
        result = self.run_at(NOW, "delist", "check", IP, "--offline", "--save", self.path("x"), expected=64)
        self.assertIn(b"--list", result.stderr)
        self.decision("--list", "outlook.com", expected=0)

    def test_an_address_that_nothing_is_known_of_is_not_asked_about(self):
        decision = self.decision(expected=1, ip=("192.0.2.99",))
        self.assertEqual(decision["outcome"], "not-safe")
        self.assertIsNone(decision["door"])

    def test_thresholds_are_those_of_the_configuration(self):
        self.history()
        with dns_server.DnsServer(self.records, self.behavior) as server:
            self.configure(server.address, "[gate]\nclean_hours = 240\n")
            result = self.run_at(NOW, "delist", "check", IP, "--json", expected=1)
        self.assertRules(json.loads(result.stdout), clean="not-met")

    def test_a_damaged_or_foreign_file_is_refused_by_the_name_of_the_member(self):
        for text, words in (("{", "no JSON"), ('{"format_version": 1, "ip": "x"}', "ip"), ('{"format_version": 9}', "9")):
            with self.subTest(text):
                result = self.run_jmrp("delist", "check", "--evidence", self.write("broken.json", text))
                self.assertEqual(result.status, 65, str(result))
        result = self.run_jmrp("delist", "check", IP, "--evidence", self.path("broken.json"))
        self.assertEqual(result.status, 64, str(result))

    def test_usage(self):
        for arguments in (("check",), ("check", "x"), ("check", IP, "--list", "spamhaus"), ("check", IP, IP)):
            with self.subTest(arguments):
                self.assertEqual(self.run_jmrp("delist", *arguments).status, 64)

    def test_decisions_are_kept(self):
        self.history()
        self.decision(expected=0)
        self.decision(expected=0, at=NOW + 60)
        kept = [one for one in self.run_at(NOW, "dump").stdout.decode().splitlines() if one.startswith("gate|")]
        self.assertEqual(kept, [f"gate|{IP}|outlook.com|{NOW}|{NOW + 60}|safe"])
        states = json.loads(self.run_at(NOW + 60, "blocks", "--json").stdout)["blocks"]
        self.assertEqual([one["state"] for one in states], ["ready"])
        self.records[ZEN] = ["127.0.0.4"]
        self.decision(expected=1, at=NOW + 120)
        states = json.loads(self.run_at(NOW + 120, "blocks", "--json").stdout)["blocks"]
        self.assertEqual([one["state"] for one in states], ["blocked"])


if __name__ == "__main__":
    unittest.main()
