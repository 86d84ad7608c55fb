"""jmrp publish prometheus: what it writes, held against Debian's promtool."""
import os
import re
import stat
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import jmrp_test
import reports

PROMTOOL = "/usr/local/lib/jmrp-test/prometheus/usr/bin/promtool"
SAMPLE = re.compile(r'(\w+)(?:\{((?:\w+="(?:[^"\\\n]|\\.)*",?)*)\})? (\S+)')


class Publish(jmrp_test.JmrpTest):
    def publish(self):
        text = self.succeed("publish", "prometheus")
        checked = subprocess.run([PROMTOOL, "check", "metrics"], input=text, capture_output=True, text=True, check=False)
        self.assertEqual((checked.returncode, checked.stdout, checked.stderr), (0, "", ""), text)
        out = {}
        for line in text.splitlines():
            if not line.startswith("#"):
                match = SAMPLE.fullmatch(line)
                self.assertTrue(match, line)
                out[(match[1], match[2])] = float(match[3])
        return out

    def value(self, name, labels=None):
        return self.publish()[(name, labels)]

    def test_an_empty_database_has_metrics_and_a_missing_one_is_an_error(self):
        result = self.run_jmrp("publish", "prometheus", "--to", self.path("jmrp.prom"))
        self.assertNotEqual(result.status, 0)
        self.assertFalse(os.path.exists(self.database) or os.path.exists(self.path("jmrp.prom")))
        self.succeed("status")
        told = self.publish()
        self.assertEqual(told[("jmrp_unsettled_messages", None)], 0)
        self.assertNotIn("jmrp_complaints", {name for name, _ in told})

    def test_what_came_what_waits_and_what_is_known(self):
        self.write("jmrp.toml", jmrp_test.TRUSTING + '[own]\nnetworks = ["192.0.2.0/24"]\n[export.mta]\nformat = "text"\n'
                   f'to = "{self.path("list")}"\n')
        # Of the 1st of November; of the 22nd, to the last minute of the window.
        for number in (1, 19000):
            self.assert_kept(self.deliver(reports.report(number), "--feed", "jmrp"))
        self.assert_kept(self.deliver(b"Subject: your code\n\n1234\n"))
        at = {"JMRP_NOW": str(int(reports.FIRST_DAY.timestamp()) + 19000 * 60 + 3600)}
        told = self.publish_at(at)
        self.assertEqual(told[("jmrp_complaints", 'source_ip="192.0.2.1",days="7"')], 1)
        self.assertEqual(told[("jmrp_quarantined_messages", None)], 1)
        self.assertEqual(told[("jmrp_suppressions", None)], 2)
        self.assertEqual(told[("jmrp_attributed_ratio", 'feed="jmrp",days="7"')], 1)
        self.assertEqual(told[("jmrp_export_missing_changes", 'export="mta"')], 2)
        self.assertEqual(told[("jmrp_feed_last_report_timestamp_seconds", 'feed="jmrp"')], reports.NOW)
        self.succeed("export")
        self.assertEqual(self.value("jmrp_export_missing_changes", 'export="mta"'), 0)
        self.assertEqual(self.value("jmrp_export_last_success_timestamp_seconds", 'export="mta"'), reports.NOW)

    def publish_at(self, environment):
        saved = self.succeed
        self.succeed = lambda *arguments: saved(*arguments, environment=environment)
        try:
            return self.publish()
        finally:
            self.succeed = saved

    def test_the_share_of_complaints_needs_a_count_of_mails(self):
        self.assert_kept(self.deliver(reports.report(19000)))
        at = {"JMRP_NOW": str(int(reports.FIRST_DAY.timestamp()) + 19000 * 60 + 3600)}
        labels = 'source_ip="192.0.2.1",days="7"'
        self.assertNotIn(("jmrp_complaint_ratio_upper", labels), self.publish_at(at))
        log = self.write("sent.csv", "time,recipient,message_id,queue_id,source_ip,provider,status\n" + "".join(
            f"2026-11-14T{hour:02}:00:{second:02}Z,person{hour}.{second}@outlook.com,,q{hour}.{second},192.0.2.1,outlook.com,accepted\n"
            for hour in range(10) for second in range(50)))
        self.succeed("import", "sent", "--format", "csv", log)
        told = self.publish_at(at)
        self.assertEqual(told[("jmrp_accepted_messages", labels)], 500)
        # One of 500, by the F distribution: 5.06e-5 and 0.01109.
        self.assertAlmostEqual(told[("jmrp_complaint_ratio_lower", labels)], 5.06e-5, 6)
        self.assertAlmostEqual(told[("jmrp_complaint_ratio_upper", labels)], 0.01109, 4)

    def test_addresses_that_are_not_ours_have_no_rows_of_their_own(self):
        self.write("jmrp.toml", jmrp_test.TRUSTING)
        for number in (19000, 19001, 19002):
            self.assert_kept(self.deliver(reports.report(number)))
        at = {"JMRP_NOW": str(int(reports.FIRST_DAY.timestamp()) + 19000 * 60 + 3600)}
        count = lambda told: {labels: value for (name, labels), value in told.items() if name == "jmrp_complaints"}
        self.assertEqual(len(count(self.publish_at(at))), 3)
        self.write("jmrp.toml", jmrp_test.TRUSTING + '[own]\nnetworks = ["192.0.2.1/32"]\n')
        self.assertEqual(count(self.publish_at(at)), {'source_ip="192.0.2.1",days="7"': 1, 'source_ip="other",days="7"': 2})

    def test_a_leak_is_told(self):
        self.write("jmrp.toml", jmrp_test.TRUSTING + f'[export.mta]\nformat = "text"\nto = "{self.path("list")}"\n')
        first = int(reports.FIRST_DAY.timestamp())
        self.deliver(reports.report(1), environment={"JMRP_NOW": str(first + 7200)})
        self.succeed("export", environment={"JMRP_NOW": str(first + 4 * 3600)})
        self.assert_kept(self.deliver(reports.report(4001)))
        self.assertEqual(self.value("jmrp_leaks", 'proof="certain",days="7"'), 1)

    def test_the_name_of_a_feed_ends_no_label(self):
        self.succeed("ingest", "--feed", 'x"} 1\njmrp_leaks{proof="certain"} 99 \\', self.write("one.eml", reports.report(1)))
        told = self.publish()
        self.assertEqual({name for name, labels in told if labels and "99" in labels} & {"jmrp_leaks"}, set())
        self.assertIn(("jmrp_feed_last_report_timestamp_seconds", r'feed="x\"} 1\njmrp_leaks{proof=\"certain\"} 99 \\"'), told)

    def test_the_file_is_replaced_in_one_step_and_everybody_may_read_it(self):
        self.succeed("status")
        path = self.path("jmrp.prom")
        old_mask = os.umask(0o077)
        self.addCleanup(os.umask, old_mask)
        self.assertEqual(self.succeed("publish", "prometheus", "--to", path), "")
        self.assertEqual(stat.S_IMODE(os.stat(path).st_mode), 0o644)
        inode = os.stat(path).st_ino
        self.succeed("publish", "prometheus", "--to", path)
        self.assertNotEqual(os.stat(path).st_ino, inode)
        self.assertEqual([name for name in os.listdir(self.directory) if name.endswith(".prom")], ["jmrp.prom"])
        result = self.run_jmrp("publish", "prometheus", "--to", self.path("nowhere", "jmrp.prom"))
        self.assertNotEqual(result.status, 0)
        self.assertIn(b"nowhere", result.stderr)

    def test_a_wrong_form_is_told(self):
        result = self.run_jmrp("publish", "promteheus")
        self.assertEqual(result.status, 64)
        self.assertIn(b"did you mean 'prometheus'?", result.stderr)


if __name__ == "__main__":
    jmrp_test.main()
