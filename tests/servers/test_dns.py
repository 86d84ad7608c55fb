"""jmrp dns check against NSD: the answers of a server that others wrote, over UDP, and TCP where they are long."""
import json
import sys
import unittest

import jmrp_test
import nsd

IP, IP6 = "192.0.2.10", "2001:db8::25"
LONG_SPF = " ".join(f"ip4:198.51.100.{n}" for n in range(1, 200))


def strings(text):
    return " ".join(f'"{text[at:at + 200]}"' for at in range(0, len(text), 200))


ZONES = {
    "sender.example": f"""
@ MX 10 mail
@ TXT "v=spf1 mx -all"
@ TXT "another=record"
_dmarc TXT "v=DMARC1; p=reject; sp=none"
mail A {IP}
mail AAAA {IP6}
mail TXT "v=spf1 a -all"
long TXT {strings("v=spf1 " + LONG_SPF + " mx:sender.example -all")}
alias CNAME target
target TXT "v=spf1 include:sender.example ~all"
macro TXT "v=spf1 exists:%{{ir}}.%{{v}}.allowed.sender.example -all"
10.2.0.192.in-addr.allowed A 127.0.0.2
loop TXT "v=spf1 include:loop.sender.example -all"
""",
    "bad.example": '@ TXT "v=spf1 ip4:203.0.113.1 -all"',
    "2.0.192.in-addr.arpa": "10 PTR mail.sender.example.\n11 PTR mail.sender.example.\n12 PTR 192-0-2-12.isp.sender.example.",
    "8.b.d.0.1.0.0.2.ip6.arpa": "5.2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0 PTR mail.sender.example.",
    "zen.spamhaus.org": "2.0.0.127 A 127.0.0.2\n2.0.0.127 A 127.0.0.10\n11.2.0.192 A 127.0.0.4\n11.2.0.192 A 127.0.0.10\n"
                        "12.2.0.192 A 127.255.255.254",
    "dbl.spamhaus.org": "dbltest.com A 127.0.1.2\nbad.example A 127.0.1.2",
}


@unittest.skipIf(nsd.missing(), nsd.missing())
class DnsOfNsd(jmrp_test.JmrpTest):
    def check(self, ip, *options):
        with nsd.serving(ZONES) as server:
            self.config = self.write("jmrp.toml", f'[dns]\nservers = ["{server}"]\ntimeout_ms = 5000\n')
            result = self.run_jmrp("dns", "check", ip, "--json", *options)
        self.assertIn(result.status, (0, 1), str(result))
        return json.loads(result.stdout)

    def test_a_sender_in_order_is_well_over_both_protocols_of_the_internet(self):
        for ip in (IP, IP6):
            answer = self.check(ip, "--helo", "mail.sender.example", "--from", "sender.example")
            self.assertIs(answer["well"], True, json.dumps(answer, indent=1))

    def test_records_of_every_kind(self):
        domains = ["sender.example", "long.sender.example", "alias.sender.example", "bad.example", "macro.sender.example",
                   "loop.sender.example", "nowhere.sender.example"]
        answer = self.check(IP, "--envelope", ",".join(domains), "--from", "news.sender.example")
        self.assertEqual([one["result"] for one in answer["spf"]],
                         ["pass", "pass", "pass", "fail", "pass", "permerror", "none"], json.dumps(answer["spf"], indent=1))
        self.assertEqual((answer["dmarc"][0]["found_at"], answer["dmarc"][0]["policy"]), ("sender.example", "none"))
        listed = [one["subject"] for one in answer["lists"] if one["listing"] == "listed"]
        self.assertEqual(listed, ["bad.example"])

    def test_a_listed_address_whose_name_belongs_to_another(self):
        answer = self.check("192.0.2.11")
        self.assertEqual(answer["ptr"]["standing"], "unconfirmed")
        self.assertEqual((answer["lists"][0]["listing"], answer["lists"][0]["codes"]), ("listed", ["127.0.0.10", "127.0.0.4"]))

    def test_an_error_code_is_no_listing(self):
        self.assertEqual(self.check("192.0.2.12")["lists"][0]["listing"], "unknown")

    def test_a_zone_that_the_server_does_not_have_is_refused_and_so_unknown(self):
        answer = self.check("203.0.113.9", "--from", "stranger.example")
        self.assertEqual(answer["ptr"]["standing"], "unknown")
        self.assertIn("REFUSED", answer["ptr"]["reason"])
        self.assertEqual(answer["spf"][0]["result"], "temperror")


if __name__ == "__main__":
    if nsd.missing():
        print(nsd.missing())
        sys.exit(77)
    jmrp_test.main()
