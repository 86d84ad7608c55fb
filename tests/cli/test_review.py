"""Reports that are not sure enough are held: they count, they suppress nobody, and a person decides."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import jmrp_test
import reports


class Review(jmrp_test.JmrpTest):
    COUNT = 6

    def setUp(self):
        super().setUp()
        self.messages = [reports.report(n) for n in range(self.COUNT)]
        self.config = self.write("strict.toml", "")
        self.box = self.write("box", reports.mbox(self.messages))
        self.succeed("ingest", "mbox:" + self.box)

    def suppressed(self):
        return [one["address"] for one in self.json("suppressions", "list")["suppressions"]]

    def ids(self, *options):
        return [str(report["id"]) for report in self.json("review", "list", *options)["reports"]]

    def test_what_nothing_proves_is_counted_and_held(self):
        self.assertEqual(self.suppressed(), [])
        total = self.json("rates", "--days", "400")["total"]
        self.assertEqual((total["complaints"], total["unverified"]), (self.COUNT, self.COUNT))
        self.assertEqual(self.json("status")["held"], self.COUNT)
        held = self.json("review", "list")["reports"]
        self.assertEqual({report["reason"] for report in held}, {"unverified"})
        self.assertEqual(held[1]["persons"], [reports.recipient(1)])
        self.assertIn("unverified", self.succeed("review", "list"))

    def test_a_person_accepts_and_rejects(self):
        first, second, *others = self.ids()
        self.succeed("review", "accept", first)
        self.succeed("review", "reject", second)
        self.assertEqual(self.suppressed(), [reports.recipient(0)])
        self.assertEqual(self.ids(), others)
        self.assertEqual(self.json("rates", "--days", "400")["total"]["complaints"], self.COUNT)
        outcomes = self.json("status")["outcomes"]
        self.assertEqual((outcomes["complaint-suppressed"], outcomes["complaint-rejected"]), (1, 1))

    def test_all_can_be_decided_at_once(self):
        self.succeed("review", "accept", "--all", "--reason", "pace")
        self.assertEqual(self.suppressed(), [])
        self.succeed("review", "accept", "--all")
        self.assertEqual(len(self.suppressed()), self.COUNT)
        self.assertEqual(self.ids(), [])

    def test_a_rebuild_keeps_what_a_person_decided(self):
        first, second, *_ = self.ids()
        self.succeed("review", "accept", first)
        self.succeed("review", "reject", second)
        before = self.dump()
        self.succeed("rebuild")
        self.assertEqual(self.dump(), before)

    def test_the_same_report_again_is_not_held_again(self):
        first = self.ids()[0]
        self.succeed("review", "reject", first)
        self.assert_kept(self.deliver(reports.by_another_route(0)))
        self.succeed("settle")
        self.assertNotIn(reports.recipient(0), self.suppressed())
        self.assertEqual(len(self.ids()), self.COUNT - 1)

    def test_what_is_not_held_cannot_be_decided(self):
        result = self.run_jmrp("review", "accept", "4711")
        self.assertEqual(result.status, 66, str(result))
        self.assertIn(b"not held", result.stderr)
        self.assertEqual(self.run_jmrp("review", "accept").status, 64)
        self.assertEqual(self.run_jmrp("review", "list", "--reason", "mood").status, 64)

    def test_a_flood_is_held_and_not_obeyed(self):
        self.config = self.write("flood.toml", jmrp_test.TRUSTING.replace("pace_per_hour = 0", "pace_per_hour = 4"))
        with self.other_database("flood.db"):
            self.succeed("ingest", "mbox:" + self.box)
            self.assertEqual(len(self.suppressed()), 4)
            self.assertEqual(len(self.ids("--reason", "pace")), 2)
            before = self.dump()
            self.succeed("rebuild")
            self.assertEqual(self.dump(), before)
            self.succeed("review", "accept", "--all", "--reason", "pace")
            self.assertEqual(len(self.suppressed()), self.COUNT)

    def test_a_report_about_somebody_elses_ip_is_not_counted_against_us(self):
        self.config = self.write("own.toml", jmrp_test.TRUSTING + '[own]\nnetworks = ["198.51.100.0/24"]\n')
        with self.other_database("foreign.db"):
            self.succeed("ingest", "mbox:" + self.box)
            self.assertEqual(self.suppressed(), [])
            self.assertEqual(self.json("rates", "--days", "400")["total"]["complaints"], 0)
            self.assertEqual(self.json("status")["outcomes"], {"foreign-report": self.COUNT})


if __name__ == "__main__":
    jmrp_test.main()
