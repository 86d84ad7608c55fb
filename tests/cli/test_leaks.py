"""jmrp leaks: mail that went to people whom an export had as suppressed, with real exports and the alarm of jmrp check."""
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import jmrp_test
import reports

HOUR = 3600
DAY = 24 * HOUR
# reports.report(1) is about mail of that minute; report(4001) about mail to the same person two days and 18 hours later.
FIRST = int(reports.FIRST_DAY.timestamp())
SECOND = FIRST + 4001 * 60
EXPORT = '[export.mta]\nformat = "text"\nto = "DIR/list"\n'


class Leaks(jmrp_test.JmrpTest):
    def setUp(self):
        super().setUp()
        self.configure()

    def configure(self, text=EXPORT, policy=jmrp_test.TRUSTING):
        self.write("jmrp.toml", policy + text.replace("DIR", self.directory))

    def at(self, when, *arguments, **more):
        return self.succeed(*arguments, environment={"JMRP_NOW": str(int(when))}, **more)

    def receive(self, number, when):
        self.assertEqual(self.deliver(reports.report(number), environment={"JMRP_NOW": str(int(when))}).status, 0)

    def suppress_and_export(self):
        self.receive(1, FIRST + 2 * HOUR)
        self.at(FIRST + 4 * HOUR, "export")

    def leaks(self, *options, status=None, at=reports.NOW):
        result = self.run_jmrp("leaks", "--json", *options, environment={"JMRP_NOW": str(int(at))})
        told = json.loads(result.stdout)
        self.assertEqual(result.status, 1 if told["total"]["leaks"] else 0, str(result))
        self.assert_described(told, "leaks")
        return told

    def numbers(self, *options, **more):
        return self.leaks(*options, **more)["total"]["leaks"]

    def test_a_mail_to_somebody_who_was_exported_is_a_leak_and_tells_who_sent_it_and_who_had_the_list(self):
        self.suppress_and_export()
        self.assertEqual(self.numbers(), 0)
        self.receive(4001, SECOND + DAY)
        told = self.leaks()
        self.assertEqual(told["total"], {"leaks": 1, "unverified": 0, "undated": 0})
        self.assertEqual(told["by_source_ip"], [{"source_ip": "192.0.2.2", "leaks": 1, "unverified": 0}])
        self.assertEqual(told["by_consumer"], [{"consumer": "mta", "leaks": 1}])
        self.assertEqual(told["leaks"], [{
            "address": reports.recipient(1),
            "source_ip": "192.0.2.2",
            "sent_at": "2026-11-04T02:41:00Z",
            "sent_from": "arrival",
            "certain": True,
            "reported_message_id": "mail-4001@sender.example",
            "message": 2,
            "received_at": "2026-11-05T02:41:00Z",
            "exports": [{"consumer": "mta", "suppressed_at": "2026-11-01T10:00:00Z", "exported_at": "2026-11-01T12:00:00Z"}],
        }])
        result = self.run_jmrp("leaks")
        self.assertEqual(result.status, 1)
        self.assertIn(f"192.0.2.2  {reports.recipient(1)}  2026-11-01 10:00 UTC  2026-11-01 12:00 UTC  mta ", result.stdout.decode())
        self.assertIn("1 leak: 192.0.2.2 1\n", result.stdout.decode())

    def test_the_days_and_the_source_ip_choose(self):
        self.suppress_and_export()
        self.receive(4001, SECOND + DAY)  # on the 5th; it is the 23rd
        self.assertEqual([self.numbers("--days", days) for days in ("18", "19", "400")], [0, 1, 1])
        self.assertEqual([self.numbers("--ip", ip) for ip in ("192.0.2.1", "192.0.2.2")], [0, 1])
        for wrong in (["--days", "0"], ["--days", "401"], ["--ip", "nowhere"], ["superfluous"]):
            self.assertEqual(self.run_jmrp("leaks", *wrong).status, 64, wrong)

    def test_check_warns_of_those_of_a_week(self):
        self.suppress_and_export()
        self.receive(4001, SECOND + DAY)

        def finding(when, *options):
            result = self.run_jmrp("check", "--json", *options, environment={"JMRP_NOW": str(int(when))})
            return next(one for one in json.loads(result.stdout)["findings"] if one["rule"] == "leaks")

        self.assertEqual(finding(SECOND + 2 * DAY)["status"], "warning")
        self.assertIn("some sender ignores the list (mta 1): 'jmrp leaks'", finding(SECOND + 2 * DAY)["sentence"])
        self.assertEqual(finding(SECOND + 2 * DAY, "--critical-leaks", "1")["status"], "critical")
        self.assertEqual(finding(SECOND + 2 * DAY, "--warning-leaks", "2")["status"], "ok")
        self.assertEqual(finding(SECOND + 10 * DAY)["status"], "ok")

    def test_mail_that_was_on_its_way_is_none(self):
        self.receive(1, FIRST + 2 * HOUR)
        self.at(SECOND - HOUR / 2, "export")
        self.receive(4001, SECOND + DAY)
        self.assertEqual(self.numbers(), 0)
        self.configure(EXPORT + "[leaks]\ngrace_minutes = 29\n")
        self.assertEqual(self.numbers(), 1)
        self.configure(EXPORT + "[leaks]\ngrace_minutes = 30\n")
        self.assertEqual(self.numbers(), 0)

    def test_an_export_that_failed_or_was_made_once_by_hand_gave_nobody_the_list(self):
        self.configure(EXPORT + 'after = ["false"]\n')
        self.receive(1, FIRST + 2 * HOUR)
        self.run_jmrp("export", environment={"JMRP_NOW": str(FIRST + 4 * HOUR)})
        self.at(FIRST + 4 * HOUR, "export", "--format", "text")
        self.receive(4001, SECOND + DAY)
        self.assertEqual(self.numbers(), 0)

    def test_who_was_taken_off_the_list_may_be_written_to(self):
        self.suppress_and_export()
        self.at(FIRST + DAY, "suppressions", "remove", "--note", "asked to be back", reports.recipient(1))
        self.receive(4001, SECOND + DAY)
        self.assertEqual(self.numbers(), 0)

    def test_who_was_suppressed_by_hand_is_on_the_list_as_well_until_that_expires(self):
        self.at(FIRST, "suppressions", "add", "--note", "by hand", "--expires", "2026-11-03", reports.recipient(4001))
        self.at(FIRST, "suppressions", "add", "--note", "by hand", "--expires", "2026-12-03", reports.recipient(4002))
        self.at(FIRST + HOUR, "export")
        for number in (4001, 4002):
            self.receive(number, SECOND + DAY)
        told = self.leaks()
        self.assertEqual([one["address"] for one in told["leaks"]], [reports.recipient(4002)])

    def test_a_held_report_proves_nothing_until_somebody_accepts_it(self):
        self.suppress_and_export()
        self.configure(policy="")
        self.receive(4001, SECOND + DAY)
        told = self.leaks()
        self.assertEqual(told["total"], {"leaks": 0, "unverified": 1, "undated": 0})
        self.assertFalse(told["leaks"][0]["certain"])
        self.assertIn("0 leaks; 1 told by reports that are held", self.succeed("leaks"))
        self.succeed("review", "accept", "2")
        self.assertEqual(self.numbers(), 1)

    def test_a_rebuild_finds_the_same_leaks_and_invents_none(self):
        self.suppress_and_export()
        self.receive(4001, SECOND + DAY)
        self.configure(policy="")
        self.receive(2, FIRST + 3 * HOUR)  # held: nobody is suppressed
        self.configure()
        self.at(FIRST + 5 * HOUR, "export")
        before = self.leaks()
        self.assertEqual(before["total"]["leaks"], 1)
        self.succeed("rebuild")
        self.assertEqual(self.leaks(), before)
        self.receive(4002, SECOND + DAY)  # about mail sent before the rebuild, which suppressed report 2's recipient
        self.assertEqual(self.leaks(), before)
        self.assertIn(reports.recipient(2), self.succeed("export", "--format", "text"))
        self.succeed("rebuild")
        self.assertEqual(self.leaks(), before)

    def test_mail_after_a_rebuild_to_whom_it_suppressed_is_a_leak(self):
        self.configure(policy="")
        self.receive(1, FIRST + 2 * HOUR)
        self.configure()
        self.at(FIRST + 4 * HOUR, "rebuild")
        self.at(FIRST + 5 * HOUR, "export")
        self.receive(4001, SECOND + DAY)
        self.assertEqual(self.leaks()["leaks"][0]["exports"][0]["suppressed_at"], "2026-11-01T12:00:00Z")

    def test_without_a_consumer_nobody_has_the_list(self):
        self.suppress_and_export()
        self.receive(4001, SECOND + DAY)
        self.configure("")
        self.assertIn("No export is configured", self.succeed("leaks"))
        self.configure(EXPORT.replace("mta", "another"))
        self.assertIn("No complaint of the last 30 days", self.succeed("leaks"))

    def test_who_is_forgotten_is_named_no_more(self):
        self.suppress_and_export()
        self.receive(4001, SECOND + DAY)
        self.succeed("suppressions", "forget", reports.recipient(1))
        self.assertEqual(self.numbers(), 0)


if __name__ == "__main__":
    jmrp_test.main()
