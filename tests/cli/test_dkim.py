"""Signatures of reports are checked by jmrp-net, later than the delivery; the finding is kept, and decides the verdict."""
import os
import re
import subprocess
import time
import unittest

import dkim
import jmrp_test
import reports

DAY = 86400


class Dkim(jmrp_test.JmrpTest):
    def setUp(self):
        super().setUp()
        self.key = dkim.Key(self.directory, "hotmail.com")
        self.keys(self.key.line())
        self.config = self.write(
            "jmrp.toml",
            f'[own]\ndomains = ["sender.example"]\n[authenticity]\ncheck_dkim = true\ndkim_keys = "{self.path("keys")}"\n',
        )

    def keys(self, *lines):
        self.write("keys", "# public keys\n" + "".join(lines))

    def report(self, n=1):
        return reports.report(n * 3).decode()  # the sparse dialect: nothing but VERP names the recipient

    def deliver_signed(self, *arguments, n=1, change=lambda text: text, **more):
        self.assert_kept(self.deliver(change(dkim.signed(self.report(n), *(arguments or (self.key,)), **more)).encode("latin-1")))

    def at(self, seconds):
        return {"environment": {"JMRP_NOW": str(reports.NOW + seconds)}}

    def finding(self):
        """"result domains" of the one finding, "waits", or None."""
        lines = [line.split("|") for line in self.dump().splitlines()]
        found = ["|".join(line[2:]).replace("|", " ").strip() for line in lines if line[0] == "dkim"]
        waits = ["waits" for line in lines if line[0] == "dkim-wanted"]
        self.assertLessEqual(len(found + waits), 1)
        return (found + waits + [None])[0]

    def suppressed(self):
        return [line for line in self.succeed("suppressions", "list").splitlines() if "@" in line]

    def test_a_delivery_waits_and_settle_checks_and_settles_it(self):
        self.deliver_signed()
        self.assertEqual(self.finding(), "waits")
        self.assertEqual(self.json("status")["unsettled"], 0)
        self.assertEqual(self.suppressed(), [])
        self.assertEqual(self.succeed("settle"), "")
        self.assertEqual(self.finding(), "pass hotmail.com")
        self.assertEqual(len(self.suppressed()), 1)
        before = self.dump()
        self.keys()  # the key leaves the DNS; the finding stays
        self.succeed("rebuild")
        self.assertEqual(self.dump(), before)

    def test_verify_does_it_as_well_also_from_an_mbox(self):
        first, second = (dkim.signed(self.report(n), self.key).encode("latin-1") for n in (1, 2))
        self.succeed("ingest", "mbox:" + self.write("box", reports.mbox([first, second])))
        self.assertEqual(self.suppressed(), [])
        self.succeed("verify")
        self.assertEqual(len(self.suppressed()), 2)

    def check(self, finding, suppressed=0, **at):
        self.succeed("settle", **at)
        self.assertEqual(self.finding(), finding)
        self.assertEqual(len(self.suppressed()), suppressed)

    def test_trace_fields_on_top_and_line_ends_change_nothing(self):
        self.deliver_signed(change=lambda text: ("Delivered-To: fbl@sender.example\n" + text).replace("\n", "\r\n"))
        self.check("pass hotmail.com", 1)

    def test_an_altered_body_is_a_wrong_signature(self):
        self.deliver_signed(change=lambda text: text.replace("abuse report", "abuse rep0rt"))
        self.check("fail")

    def test_an_altered_header_is_a_wrong_signature(self):
        self.deliver_signed(change=lambda text: text.replace("Subject: complaint", "Subject: Complaint", 1))
        self.check("fail")

    def test_an_added_recipient_in_the_returned_header_is_a_wrong_signature(self):
        self.deliver_signed(change=lambda text: text.replace("bounce+", "bounce+x", 1))
        self.check("fail")

    def test_a_wrong_key_is_a_wrong_signature(self):
        self.keys(dkim.Key(self.path(), "hotmail.com", selector="other").line().replace("other.", "s1."))
        self.deliver_signed()
        self.check("fail")

    def test_no_key_is_no_signature_at_once(self):
        self.keys()
        self.deliver_signed()
        self.check("fail")

    def test_a_dns_that_does_not_answer_is_asked_again_and_never_a_no(self):
        self.keys(self.key.name + "\n")
        self.deliver_signed()
        self.check("waits")
        self.keys(self.key.line())
        self.check("waits")  # it rests after a try
        self.check("pass hotmail.com", 1, **self.at(301))

    def test_a_dns_that_is_silent_for_five_days_leaves_the_report_unverified(self):
        self.keys(self.key.name + "\n")
        self.deliver_signed()
        for hours in (0, 1, 8, 16, 24, 48, 119):
            self.check("waits", **self.at(hours * 3600))
        self.check("unknown", **self.at(124 * 3600))
        self.assertEqual(self.json("status")["unsettled"], 0)

    def test_another_domains_right_signature_does_not_end_the_waiting(self):
        other = dkim.Key(self.path(), "forwarder.example")
        self.keys(self.key.name + "\n", other.line())
        self.deliver(dkim.signed(dkim.signed(self.report(), self.key), other).encode("latin-1"))
        self.check("waits")
        self.keys(self.key.line(), other.line())
        self.check("pass forwarder.example hotmail.com", 1, **self.at(301))

    def test_a_right_signature_of_another_domain_makes_nobody_authentic(self):
        other = dkim.Key(self.path(), "evil.example")
        self.keys(other.line())
        self.deliver(dkim.signed(dkim.signed(self.report(), self.key).replace("b=", "b=AAAA", 1), other).encode("latin-1"))
        self.check("pass evil.example")

    def test_a_key_below_1024_bits_proves_nothing(self):
        short = dkim.Key(self.path(), "hotmail.com", bits=768)
        self.keys(short.line())
        self.deliver_signed(short)
        self.check("fail")

    def test_sha_1_proves_nothing(self):
        self.deliver_signed(digest="sha1")
        self.check("fail")

    def test_a_signature_that_had_expired_on_receipt_proves_nothing(self):
        self.deliver_signed(more=f"t={reports.NOW - 200}; x={reports.NOW - 100};")
        self.check("fail")

    def test_a_signature_that_expires_while_the_dns_is_silent_was_right(self):
        self.keys(self.key.name + "\n")
        self.deliver_signed(more=f"t={reports.NOW - 200}; x={reports.NOW + 3600};")
        self.check("waits")
        self.keys(self.key.line())
        self.check("pass hotmail.com", 1, **self.at(DAY))

    def test_a_domain_that_is_testing_proves_nothing(self):
        self.keys(self.key.line(tags=" t=y;"))
        self.deliver_signed()
        self.check("fail")

    def test_a_signature_that_leaves_out_a_part_of_the_body_proves_nothing(self):
        whole = len(dkim.relaxed_body(self.report().split("\n\n", 1)[1].replace("\n", "\r\n")))
        self.deliver_signed(length=whole, change=lambda text: text + "--b\nContent-Type: text/plain\n\nmore\n")
        self.check("fail")

    def test_a_signature_without_from_proves_nothing(self):
        self.deliver_signed(headers=("subject", "to"))
        self.check("fail")

    def test_hostile_signatures_are_findings_like_others(self):
        head = "DKIM-Signature: v=1; a=rsa-sha256; d=hotmail.com; s=s1; "
        for n, signature in enumerate((
            head + "h=from; bh=AAAA; b=" + "A" * 70000,
            head + "h=" + "from:" * 5000 + "; bh=x; b=y",
            head + "h=from:\x00:to; bh=x; b=y",
            head + "c=nonsense/else; q=; l=-1; x=99999999999999999999; t=-5; i=@evil.example; h=from; bh=x; b=y",
            head + "d=hotmail.com; d=evil.example; h=from; bh=; b=",
            head + "s=" + "a." * 200 + "; h=from; bh=x; b=y",
            head + "=; ;;;=;v=1;;h=from;bh=%00;b=\xff\xfe",
            "\n".join([head + "h=from; bh=x; b=y"] * 500),
            head + "h=from; bh=x; b=y\n" + "\n".join("X: " + "x" * 900 for _ in range(3000)),
        )):
            with self.other_database(f"hostile{n}.db"):
                self.deliver((signature + "\n" + self.report()).encode("latin-1"))
                self.succeed("settle")
                self.assertIn(self.finding(), ("fail", "none", None))
                self.assertEqual(self.suppressed(), [])

    def test_switching_the_check_off_settles_what_waits(self):
        self.deliver_signed()
        self.config = self.write("jmrp.toml", '[own]\ndomains = ["sender.example"]\n')
        self.check(None)
        self.assertEqual(self.json("status")["unsettled"], 0)
        refused = self.run_jmrp("verify")
        self.assertEqual(refused.status, 78)
        self.assertIn(b"check_dkim is off", refused.stderr)

    def test_nothing_waits_where_the_border_has_answered(self):
        self.config = self.write(
            "jmrp.toml", '[own]\ndomains = ["sender.example"]\n[authenticity]\ncheck_dkim = true\nauthserv_ids = ["mx.sender.example"]\n'
        )
        received = "Received: from out.hotmail.example (x [203.0.113.9]) by mx.sender.example with ESMTP id 1; Mon, 23 Nov 2026 11:00:00 +0000\n"
        results = "Authentication-Results: mx.sender.example; dmarc=pass header.from=hotmail.com\n"
        self.deliver((results + received + dkim.signed(self.report(), self.key)).encode("latin-1"))
        self.assertEqual(self.finding(), None)
        self.assertEqual(len(self.suppressed()), 1)


class TwoPrograms(jmrp_test.JmrpTest):
    """jmrp maps none of the libraries that only the network needs."""

    NETWORK = r"opendkim|libcrypto|libssl|libresolv|libdb-|libbsd|libcurl"

    def test_jmrp_names_none_of_them(self):
        for tool in (["readelf", "-d"], ["ldd"]):
            listed = subprocess.run([*tool, self.program], check=True, capture_output=True, text=True).stdout
            self.assertIn("libc.so", listed)
            self.assertNotRegex(listed, self.NETWORK)

    @unittest.skipIf(jmrp_test.SANITIZED, "the sanitizers bring their own")
    def test_a_delivery_maps_none_of_them(self):
        with self.popen("ingest") as process:
            process.stdin.write(reports.report(1)[:100])
            process.stdin.flush()
            deadline = time.monotonic() + jmrp_test.PATIENCE
            while True:
                with open(f"/proc/{process.pid}/maps", encoding="utf-8") as file:
                    mapped = file.read()
                if re.search(r"libc\.so", mapped) or time.monotonic() > deadline:
                    break
                time.sleep(0.01)
            process.stdin.write(reports.report(1)[100:])
            process.stdin.close()
            self.assertEqual(process.wait(jmrp_test.PATIENCE), 0)
        self.assertIn("libc.so", mapped)
        self.assertNotRegex(mapped, self.NETWORK)

    def test_jmrp_net_has_them(self):
        listed = subprocess.run(["ldd", os.path.join(os.path.dirname(self.program), "jmrp-net")], check=True,
                                capture_output=True, text=True).stdout
        self.assertRegex(listed, "opendkim")

    def test_help_and_usage_of_a_network_command_are_told_by_jmrp_itself(self):
        copy = self.path("bin", "jmrp")
        os.makedirs(self.path("bin"))
        os.link(self.program, copy) if os.stat(self.program).st_dev == os.stat(self.directory).st_dev else subprocess.run(
            ["cp", self.program, copy], check=True)
        self.program = copy
        self.assertIn("usage: jmrp verify", self.succeed("help", "verify"))
        self.assertEqual(self.run_jmrp("verify", "--nonsense").status, 64)
        missing = self.run_jmrp("verify")
        self.assertEqual(missing.status, 66, str(missing))
        self.assertIn(b"jmrp-net", missing.stderr)

    def test_it_is_found_in_libexec_beside_bin(self):
        os.makedirs(self.path("bin"))
        os.makedirs(self.path("libexec", "jmrp"))
        network = os.path.join(os.path.dirname(self.program), "jmrp-net")
        subprocess.run(["cp", self.program, self.path("bin", "jmrp")], check=True)
        subprocess.run(["cp", network, self.path("libexec", "jmrp", "jmrp-net")], check=True)
        self.program = self.path("bin", "jmrp")
        self.config = self.write("jmrp.toml", "[authenticity]\ncheck_dkim = true\n")
        self.succeed("verify")


if __name__ == "__main__":
    jmrp_test.main()
