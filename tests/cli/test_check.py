"""`jmrp check` as a monitor calls it, and the share of known recipients in `jmrp status`."""
import json
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import jmrp_test
import reports

DAY = 86400
OK, WARNING, CRITICAL, UNKNOWN = range(4)
FIRST_LINE = re.compile(r"JMRP (OK|WARNING|CRITICAL|UNKNOWN) - [^|\n]+(?: \|(?: [A-Za-z0-9_.-]+=[0-9.e+-]+(?:%|s)?(?:;[0-9.e+-]+;[0-9.e+-]+)?)+)?")


class Check(jmrp_test.JmrpTest):
    def check(self, *options, at=reports.NOW, **more):
        result = self.run_jmrp("check", *options, environment={"JMRP_NOW": str(at)}, **more)
        self.assertEqual(result.stderr, b"", str(result))
        lines = result.stdout.decode().splitlines()
        if "--json" not in options:
            self.assertTrue(FIRST_LINE.fullmatch(lines[0]), lines[0])
            self.assertEqual(lines[0].split()[1], ["OK", "WARNING", "CRITICAL", "UNKNOWN"][result.status])
        return result.status, lines

    def findings(self, *options, at=reports.NOW):
        status, lines = self.check("--json", *options, at=at)
        told = json.loads(lines[0])
        self.assertEqual(told["status"], ["ok", "warning", "critical", "unknown"][status])
        return {(one["rule"], one["feed"]): one["status"] for one in told["findings"]}

    def deliver_at(self, day, numbers, known=True, feed="jmrp"):
        """Reports that were received some days before NOW."""
        files = []
        for number in numbers:
            report = reports.report(number)
            if not known:
                name = reports.recipient(number)
                for text in (name, name.replace("@", "=")):
                    report = report.replace(text.encode(), b"redacted")
            files.append(self.write(f"mail-{day}/{number:05}.eml", report))
        self.succeed("ingest", "--feed", feed, *files, environment={"JMRP_NOW": str(reports.NOW - day * DAY)})

    def make_history(self):
        for day in range(30, 2, -1):
            self.deliver_at(day, [1000 + day * 2, 1001 + day * 2])

    def test_before_the_first_report_nothing_is_known(self):
        self.succeed("status")
        status, lines = self.check()
        self.assertEqual(status, UNKNOWN)
        self.assertIn("no feedback report has come yet", lines[0])

    def test_a_feed_that_works_is_well(self):
        self.make_history()
        self.deliver_at(0, range(10))
        status, lines = self.check()
        self.assertEqual(status, OK, lines)
        self.assertIn("attributed_jmrp=100%", lines[0])
        self.assertTrue(any(line.startswith("[OK] silence: jmrp: last report") for line in lines[1:]), lines)

    def test_the_share_of_known_recipients_falls_and_the_check_is_critical(self):
        self.make_history()
        self.deliver_at(1, range(3))
        self.deliver_at(0, range(10, 20), known=False)
        status, lines = self.check()
        self.assertEqual(status, CRITICAL, lines)
        self.assertIn("jmrp: 3 of 13 complaints (23 %) of the last 3 days attributed, 56 of 56 complaints (100 %)", lines[0])
        self.assertEqual(self.findings("--critical-share", "20")[("share", "jmrp")], "warning")
        self.assertEqual(self.findings("--critical-share", "20", "--warning-share", "20")[("share", "jmrp")], "ok")

    def test_a_feed_that_falls_silent_is_told_until_somebody_gives_it_up(self):
        self.make_history()
        at = lambda days: reports.NOW + days * DAY
        self.assertEqual(self.findings(at=at(-1))[("silence", "jmrp")], "ok")
        self.assertEqual(self.findings(at=at(0))[("silence", "jmrp")], "warning")
        self.assertEqual(self.findings(at=at(2))[("silence", "jmrp")], "critical")
        self.assertEqual(self.findings(at=at(200))[("silence", "jmrp")], "critical")
        self.assertNotIn(("silence", "jmrp"), self.findings("--ignore-feed", "other,jmrp", at=at(200)))

    def test_what_waits_for_a_person_is_told(self):
        self.deliver_at(0, range(3))
        self.assert_kept(self.deliver(b"Subject: your code\n\n1234\n"))
        status, lines = self.check()
        self.assertEqual(status, WARNING)
        self.assertIn("1 messages in quarantine", lines[0])
        self.assertEqual(self.check("--warning-quarantine", "2")[0], OK)

    def test_held_reports_are_told_after_a_day_and_a_flood_at_once(self):
        self.write("jmrp.toml", "[policy]\nact_on = \"unverified\"\npace_per_hour = 5\n")
        for number in range(4):
            self.assert_kept(self.deliver(reports.report(number)))
        self.assertEqual(self.findings()[("held", None)], "ok")
        self.write("jmrp.toml", "[policy]\nact_on = \"authentic\"\n")
        self.assert_kept(self.deliver(reports.report(100)))
        self.assertEqual(self.findings()[("held", None)], "ok")
        self.assertEqual(self.findings(at=reports.NOW + 2 * DAY)[("held", None)], "warning")
        self.assertEqual(self.findings(at=reports.NOW + 8 * DAY)[("held", None)], "critical")
        self.write("jmrp.toml", "[policy]\nact_on = \"unverified\"\nbelieve_report_fields = true\npace_per_hour = 5\n")
        for number in range(10, 20):
            self.assert_kept(self.deliver(reports.report(number)))
        self.assertEqual(self.findings()[("pace", None)], "critical")
        self.assertEqual(self.check()[0], CRITICAL)

    def test_whatever_fails_inside_is_unknown_and_told_on_standard_output(self):
        status, lines = self.check()
        self.assertEqual(status, UNKNOWN)
        self.assertIn("does not exist", lines[0])
        self.assertFalse(os.path.exists(self.database), "a monitor makes no database")
        for options in (["--no-such-option"], ["--warning-share", "many"], ["superfluous"], ["--warning-held", "nan"]):
            self.assertEqual(self.check(*options)[0], UNKNOWN, options)
        self.write("jmrp.db", b"no database\n" * 1000)
        self.assertEqual(self.check()[0], UNKNOWN)
        self.write("jmrp.toml", "[own]\nnonsense = | 1\n")
        self.assertEqual(self.check()[0], UNKNOWN)
        self.assertEqual(self.findings(), {})

    def test_the_name_of_a_feed_begins_no_line_and_no_figures_of_its_own(self):
        self.succeed("ingest", "--feed", "x|y=1\nJMRP OK - 'z", self.write("one.eml", reports.report(1)))
        status, lines = self.check()
        self.assertEqual(status, OK)
        self.assertEqual(lines[0].count("|"), 1)
        self.assertFalse(any(line.startswith("JMRP") for line in lines[1:]), lines)

    def test_status_shows_the_share_of_every_feed(self):
        self.deliver_at(20, range(100, 110), feed="other")
        self.deliver_at(5, range(3), known=False)
        self.deliver_at(0, range(10, 13))
        text = self.succeed("status")
        self.assertRegex(text, r"jmrp +100 %  3 of 3 +50 %  3 of 6 +50 %  3 of 6\n")
        self.assertRegex(text, r"other +- +- +100 %  10 of 10\n")
        feeds = {feed["feed"]: feed["shares"] for feed in self.json("status")["feeds"]}
        self.assertEqual(feeds["jmrp"]["days_7"], {"complaints": 6, "attributed": 3, "percent": 50.0})
        self.assertEqual(feeds["other"]["today"], {"complaints": 0, "attributed": 0, "percent": None})

    def test_a_decision_about_a_held_report_counts_it_once(self):
        self.write("jmrp.toml", "[policy]\nact_on = \"authentic\"\n")
        self.deliver_at(0, range(3))
        self.assertEqual(self.json("status")["held"], 3)
        self.succeed("review", "accept", "1")
        self.assertEqual(self.json("status")["feeds"][0]["shares"]["today"]["complaints"], 3)
        one_reviewed = self.dump()
        self.succeed("rebuild")
        self.assertEqual(self.dump(), one_reviewed)
        self.succeed("review", "reject", "--all")
        reviewed = self.dump()
        self.assertEqual(self.json("status")["feeds"][0]["shares"]["today"], {"complaints": 3, "attributed": 3, "percent": 100.0})
        self.succeed("rebuild")
        self.assertEqual(self.dump(), reviewed)


if __name__ == "__main__":
    jmrp_test.main()
