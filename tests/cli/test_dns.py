"""jmrp dns check: what a name server says, also one that lies, is silent, truncates or fails, and what is known offline."""
import json
import os
import sqlite3
import unittest

import dns_server
import jmrp_test
import jsonschema
import reports

IP = "192.0.2.10"
HELO = "mail.sender.example"
KEY = "k3yofthetestsk3yofthetests"
RECORDS = {
    ("10.2.0.192.in-addr.arpa", "PTR"): [HELO],
    (HELO, "A"): [IP],
    (HELO, "TXT"): [b"v=spf1 a -all"],
    ("sender.example", "TXT"): [b"v=spf1 mx -all", b"unrelated=1"],
    ("sender.example", "MX"): [(10, HELO)],
    ("_dmarc.sender.example", "TXT"): [b"v=DMARC1; p=quarantine"],
    ("2.0.0.127.zen.spamhaus.org", "A"): ["127.0.0.2", "127.0.0.4", "127.0.0.10"],
    ("dbltest.com.dbl.spamhaus.org", "A"): ["127.0.1.2"],
}
OF_IP = "10.2.0.192.zen.spamhaus.org"


class Dns(jmrp_test.JmrpTest):
    def setUp(self):
        super().setUp()
        self.records = dict(RECORDS)
        self.behavior = {}

    def configure(self, server, more=""):
        self.config = self.write(
            "jmrp.toml", f'[dns]\nservers = ["{server}"]\ntimeout_ms = 300\ntries = 1\nfresh_seconds = 0\n' + more)

    def check(self, *options, expected=None, at=0, more=""):
        """The JSON answer of a run against a server with these records and this behavior."""
        with dns_server.DnsServer(self.records, self.behavior) as server:
            self.configure(server.address, more)
            result = self.run_jmrp("dns", "check", IP, "--helo", HELO, "--from", "sender.example", "--json", *options,
                                   environment={"JMRP_NOW": str(reports.NOW + at)})
            self.asked = server.asked
        self.assertEqual(result.stderr, b"", str(result))
        answer = json.loads(result.stdout)
        self.assertEqual(result.status, 0 if answer["well"] else 1, str(result))
        if expected is not None:
            self.assertEqual(answer["well"], expected, json.dumps(answer, indent=1))
        return answer

    def zen(self, **more):
        found = [one for one in self.check(**more)["lists"] if one["subject"] == IP]
        self.assertEqual(len(found), 1)
        return found[0]

    def test_a_sender_in_order_is_well(self):
        answer = self.check(expected=True)
        self.assertEqual(answer["ptr"]["confirmed"], [HELO])
        self.assertIs(answer["ptr"]["equals_helo"], True)
        self.assertEqual([(one["domain"], one["identity"], one["result"]) for one in answer["spf"]],
                         [(HELO, "helo", "pass"), ("sender.example", "mailfrom", "pass")])
        self.assertEqual([(one["found_at"], one["policy"]) for one in answer["dmarc"]], [("sender.example", "quarantine")])
        self.assertEqual([(one["zone"], one["subject"], one["listing"]) for one in answer["lists"]],
                         [("zen.spamhaus.org", IP, "clean"), ("dbl.spamhaus.org", HELO, "clean"),
                          ("dbl.spamhaus.org", "sender.example", "clean")])

    def test_every_question_is_asked_once(self):
        self.check()
        self.assertEqual(len(self.asked), len(set(self.asked)), self.asked)

    def test_a_listing_is_told_with_every_code(self):
        self.records[(OF_IP, "A")] = ["127.0.0.3", "127.0.0.4"]
        found = self.zen(expected=False)
        self.assertEqual((found["listing"], found["codes"], found["reason"]), ("listed", ["127.0.0.3", "127.0.0.4"], "CSS; XBL"))

    def test_error_codes_are_unknown(self):
        for code in ("127.255.255.252", "127.255.255.254", "127.255.255.255", "127.0.0.1", "198.51.100.1"):
            with self.subTest(code):
                self.records[(OF_IP, "A")] = ["127.0.0.2", code]
                found = self.zen(expected=False)
                self.assertEqual(found["listing"], "unknown")
                self.assertIn(code, found["reason"])

    def test_a_resolver_that_says_no_such_name_to_everything_is_not_believed(self):
        del self.records[("2.0.0.127.zen.spamhaus.org", "A")]
        self.assertEqual(self.zen(expected=False)["listing"], "unknown")
        self.assertNotIn((OF_IP, "A", "udp"), self.asked)

    def test_failures_are_unknown_and_say_why(self):
        for what, why in (("silent", "no answer in time"), ("servfail", "SERVFAIL"), ("refused", "REFUSED"),
                          ("garbage", "cannot be read"), ("wrong-id", "no answer in time"),
                          ("no-question", "no answer in time"), ("cut", "")):
            with self.subTest(what):
                self.behavior = {OF_IP: what}
                self.records[(OF_IP, "A")] = ["127.0.0.4"]
                found = self.zen(expected=False)
                self.assertEqual(found["listing"], "unknown")
                self.assertTrue(found["reason"])
                self.assertIn(why, found["reason"])

    def test_answers_of_a_stranger_that_come_first_count_for_nothing(self):
        self.behavior = {HELO: "spoofed", OF_IP: "spoofed"}
        answer = self.check(expected=True)
        self.assertEqual(answer["ptr"]["standing"], "confirmed")

    def test_a_truncated_answer_is_fetched_over_tcp(self):
        self.behavior = {"sender.example": "truncated"}
        self.records[("sender.example", "TXT")] = [b"v=spf1 " + b"ip4:198.51.100.1 " * 100 + b"mx -all"]
        answer = self.check(expected=True)
        self.assertEqual(answer["spf"][1]["result"], "pass")
        self.assertIn(("sender.example", "TXT", "tcp"), self.asked)

    def test_an_answer_without_end_is_a_failure(self):
        self.behavior = {HELO: "truncated"}
        self.records[(HELO, "A")] = [f"198.51.{n // 256}.{n % 256}" for n in range(3000)] + [IP]
        answer = self.check(expected=False)
        self.assertEqual(answer["ptr"]["standing"], "unknown")

    def test_a_dead_server_is_given_up_early(self):
        self.behavior = dict.fromkeys(
            ["10.2.0.192.in-addr.arpa", HELO, "sender.example", "_dmarc.sender.example", "2.0.0.127.zen.spamhaus.org",
             "dbltest.com.dbl.spamhaus.org"], "silent")
        answer = self.check(expected=False)
        self.assertEqual(len(self.asked), 3)
        self.assertEqual(answer["ptr"]["standing"], "unknown")
        self.assertEqual({one["result"] for one in answer["spf"]}, {"temperror"})
        self.assertEqual({one["standing"] for one in answer["dmarc"]}, {"unknown"})
        self.assertEqual({one["listing"] for one in answer["lists"]}, {"unknown"})

    def test_the_next_server_is_asked_where_one_fails(self):
        self.behavior = {OF_IP: "refused", "sender.example": "servfail"}
        with dns_server.DnsServer(self.records, self.behavior) as first, dns_server.DnsServer(self.records) as second:
            self.configure(first.address + '", "' + second.address)
            result = self.run_jmrp("dns", "check", IP, "--helo", HELO, "--from", "sender.example")
        self.assertEqual(result.status, 0, str(result))
        self.assertEqual({name for name, _, _ in second.asked}, {OF_IP, "sender.example"})

    def test_offline_answers_from_before_and_says_how_old_they_are(self):
        self.check(expected=True)
        answer = self.check("--offline", at=86400, expected=True)
        self.assertEqual(self.asked, [])
        self.assertIs(answer["offline"], True)
        self.assertEqual({one["age_seconds"] for one in answer["lists"]}, {86400})
        self.assertEqual(answer["ptr"]["age_seconds"], 86400)
        text = self.run_jmrp("dns", "check", IP, "--helo", HELO, "--offline",
                             environment={"JMRP_NOW": str(reports.NOW + 3 * 86400)}).stdout.decode()
        self.assertTrue(text.startswith("offline: "), text)
        self.assertIn("3 d ago", text)

    def test_offline_what_was_never_asked_is_unknown(self):
        answer = self.check("--offline", expected=False)
        self.assertEqual(self.asked, [])
        self.assertEqual(answer["ptr"]["standing"], "unknown")
        self.assertEqual({one["listing"] for one in answer["lists"]}, {"unknown"})

    def test_a_fresh_answer_is_not_asked_for_again(self):
        self.check()
        self.config = self.write("jmrp.toml", '[dns]\nservers = ["127.0.0.1:1"]\n')
        again = self.run_jmrp("dns", "check", IP, "--helo", HELO, "--from", "sender.example", "--json",
                              environment={"JMRP_NOW": str(reports.NOW + 200)})
        self.assertEqual(again.status, 0, str(again))
        self.assertEqual(json.loads(again.stdout)["ptr"]["age_seconds"], 200)

    def keyed(self):
        self.records[("2.0.0.127." + KEY + ".zen.dq.spamhaus.net", "A")] = ["127.0.0.2"]
        os.chmod(self.write("key", KEY + "\n"), 0o600)
        return (f'address_lists = ["key.zen.dq.spamhaus.net"]\ndomain_lists = []\nsecret_file = "{self.path("key")}"\n')

    def test_the_key_of_a_list_is_asked_with_and_kept_nowhere(self):
        more = self.keyed()
        found = self.zen(more=more, expected=True)
        self.assertEqual(found["zone"], "zen.dq.spamhaus.net")
        self.assertIn(("10.2.0.192." + KEY + ".zen.dq.spamhaus.net", "A", "udp"), self.asked)
        self.assertNotIn(KEY, json.dumps(found))
        with open(self.database, "rb") as file:
            self.assertNotIn(KEY.encode(), file.read())
        self.assertNotIn(KEY, self.dump())
        os.remove(self.path("key"))
        offline = self.check("--offline", more=more, expected=True)
        self.assertEqual([one["listing"] for one in offline["lists"]], ["clean"])

    def test_a_list_that_wants_a_key_without_one_is_a_wrong_configuration(self):
        with dns_server.DnsServer(self.records) as server:
            self.configure(server.address, 'address_lists = ["key.zen.dq.spamhaus.net"]\n')
            result = self.run_jmrp("dns", "check", IP)
            self.assertEqual(result.status, 78, str(result))
            self.assertIn(b"dns.secret_file", result.stderr)
            self.write("key", "no key, but a sentence\n")
            os.chmod(self.path("key"), 0o600)
            self.configure(server.address,
                           f'address_lists = ["key.zen.dq.spamhaus.net"]\nsecret_file = "{self.path("key")}"\n')
            result = self.run_jmrp("dns", "check", IP)
            self.assertEqual(result.status, 78, str(result))
            self.assertNotIn(b"sentence", result.stderr)

    def test_hostile_texts_reach_no_terminal(self):
        self.records[("10.2.0.192.in-addr.arpa", "PTR")] = ["\x1b[31mevil.example"]
        self.records[("sender.example", "TXT")] = [b"v=spf1 \x1b[31m -all"]
        with dns_server.DnsServer(self.records) as server:
            self.configure(server.address)
            result = self.run_jmrp("dns", "check", IP, "--from", "sender.example")
        self.assertEqual(result.status, 1, str(result))
        self.assertNotIn(b"\x1b", result.stdout)
        self.assertIn(b"permerror", result.stdout)

    def test_answers_survive_a_rebuild_and_stand_in_a_dump(self):
        self.check()
        before = self.dump()
        self.assertIn(f"dns|{HELO} A|answer|{IP}", before)
        self.succeed("rebuild")
        self.assertEqual(self.dump(), before)
        with sqlite3.connect(self.database) as database:
            self.assertGreater(database.execute("SELECT count(*) FROM dns_answer").fetchone()[0], 8)

    def test_what_is_no_address_domain_or_server_is_said(self):
        for arguments in (("dns",), ("dns", "look"), ("dns", "check"), ("dns", "check", "mail.sender.example"),
                          ("dns", "check", IP, "--helo", "-x-"), ("dns", "check", IP, "--from", "a..b")):
            self.assertEqual(self.run_jmrp(*arguments).status, 64, arguments)
        for server in ("ns.example", "127.0.0.1:0", "127.0.0.1:99999", "[::1", "[127.0.0.1]:53", ""):
            self.configure(server)
            self.assertEqual(self.run_jmrp("dns", "check", IP).status, 78, server)

    def test_the_answer_is_what_the_schema_says(self):
        with open(os.path.join(os.environ["JMRP_SOURCE"], "schemas", "json", "dns.schema.json"), encoding="utf-8") as file:
            schema = json.load(file)
        self.records[(OF_IP, "A")] = ["127.0.0.3"]
        validator = jsonschema.Draft202012Validator(schema)
        for answer in (self.check(), self.check("--offline")):
            validator.validate(answer)


if __name__ == "__main__":
    unittest.main(verbosity=2)
