"""jmrp snds import and show, without a network: files that were saved by hand."""
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import jmrp_test
import snds_server
from snds_server import ago, row

DATA = row("192.0.2.10", ago(2)) + row("203.0.113.9", ago(2), color="RED")
STATUS = "192.0.2.0,192.0.2.1,Yes,Blocked due to user complaints or other evidence of spamming\r\n"


class ImportTest(jmrp_test.JmrpTest):
    def setUp(self):
        super().setUp()
        self.write("jmrp.toml", '[own]\nnetworks = ["192.0.2.0/24"]\n')

    def environment(self, **changes):
        return super().environment(**{"JMRP_NOW": snds_server.NOON, **changes})

    def show(self, *arguments):
        return self.json("snds", "show", *arguments)

    def refuse(self, status, *arguments, **more):
        result = self.run_jmrp("snds", "import", *arguments, **more)
        self.assertEqual(result.status, status, str(result))
        return result.stderr.decode()

    def test_data_and_standing_are_told_apart_and_the_same_again_changes_nothing(self):
        files = [self.write("data.csv", DATA), self.write("status.csv", STATUS)]
        self.assertEqual(self.succeed("snds", "import", *files), "")
        before = self.dump()
        self.succeed("snds", "import", *files)
        self.assertEqual(self.dump(), before)
        shown = self.show()
        self.assertEqual([(day["ip"], day["own"]) for day in shown["days"]], [("192.0.2.10", True), ("203.0.113.9", False)])
        self.assertEqual(shown["standing"]["ranges"], [{"first": "192.0.2.0", "last": "192.0.2.1", "blocked": True,
                                                        "details": "Blocked due to user complaints or other evidence of spamming"}])
        self.assertEqual({one["reason"] for one in shown["missing"]}, {"not-asked"})

    def test_standard_input_and_a_day_that_was_asked_for(self):
        self.succeed("snds", "import", "--day", ago(3), "-", stdin=row("192.0.2.10", ago(2)).encode())
        self.assertEqual([day["day"] for day in self.show()["days"]], [ago(3)])
        self.succeed("snds", "import", "--day", ago(4), "-")
        self.assertEqual({one["day"]: one["reason"] for one in self.show()["missing"]}[ago(4)], "no-data")

    def test_dates_of_another_zone(self):
        text = row("192.0.2.10", ago(2)).replace("8:00 AM", "12:00 AM")
        self.succeed("snds", "import", "--timezone", "-0800", "-", stdin=text.encode())
        self.assertEqual(self.show()["days"][0]["period_start"], ago(2) + "T08:00:00Z")
        self.assertEqual(self.show()["days"][0]["day"], ago(2))
        self.assertIn("UTC", self.refuse(64, "--timezone", "local", "-"))

    def test_a_line_that_cannot_be_read_is_told_with_its_number_and_the_rest_is_used(self):
        bad = self.write("data.csv", row("192.0.2.10", ago(2)) + row("192.0.2.11", ago(2), color="BLUE\x1b[2J") + row("192.0.2.12", ago(2)))
        result = self.run_jmrp("snds", "import", bad)
        self.assertEqual(result.status, 0, str(result))
        self.assertIn(b"line 2 is not used: the filter result", result.stderr)
        self.assertNotIn(b"\x1b", result.stderr)
        self.assertEqual([day["ip"] for day in self.show()["days"]], ["192.0.2.10", "192.0.2.12"])
        self.assertEqual(self.show()["deviations"][0]["refused_rows"], 1)
        text = self.succeed("snds", "show")
        self.assertIn("1 rows are not used, line 2", text)
        self.assertNotIn("\x1b", text)
        told = self.json("snds", "import", bad)
        self.assertEqual((told["files"][0]["rows"], told["files"][0]["refused"][0]["line"]), (2, 2))

    def test_a_web_page_and_nonsense_are_errors_and_nothing_is_kept(self):
        self.succeed("status")
        before = self.dump()
        for text, why in ((snds_server.SIGN_IN_PAGE, "link expired"), ("This address is retired.", "none of it can be read"),
                          ("x" * (5 << 20), "longer than anything")):
            self.assertIn(why, self.refuse(65, "-", stdin=text.encode()))
        self.assertIn("empty", self.refuse(64, "-"))
        self.refuse(66, self.path("none"))
        self.assertIn("no file was named", self.refuse(64))
        self.assertEqual(self.dump(), before)

    def test_one_bad_file_does_not_hold_up_the_others(self):
        files = [self.write("page.html", snds_server.SIGN_IN_PAGE), self.write("data.csv", DATA)]
        self.assertIn("page.html", self.refuse(65, *files))
        self.assertEqual(len(self.show()["days"]), 2)

    def test_an_empty_standing_clears_the_one_before(self):
        self.succeed("snds", "import", self.write("status.csv", STATUS))
        self.succeed("snds", "import", "--status", "-", environment={"JMRP_NOW": str(int(snds_server.NOON) + 60)})
        self.assertEqual(self.show()["standing"]["ranges"], [])
        self.assertIn("No IP is listed as blocked or junked", self.succeed("snds", "show"))

    def test_a_rebuild_reads_the_kept_answers_again(self):
        self.succeed("snds", "import", self.write("data.csv", DATA), self.write("status.csv", STATUS))
        before = self.dump()
        self.succeed("rebuild")
        self.assertEqual(self.dump(), before)

    def test_show_takes_an_ip_and_days_and_says_what_is_unknown(self):
        self.assertIn("unknown, which is not clean", self.succeed("snds", "show"))
        self.assertIn("Never asked for: " + ago(30) + " to " + ago(1), self.succeed("snds", "show"))
        self.succeed("snds", "import", self.write("data.csv", DATA))
        self.assertEqual(len(self.show("--ip", "192.0.2.10")["days"]), 1)
        self.assertEqual(self.show("--days", "1")["days"], [])
        self.assertIn("< 0.1 %", self.succeed("snds", "show"))
        for wrong in (("--days", "0"), ("--ip", "example.com"), ("more",)):
            self.assertEqual(self.run_jmrp("snds", "show", *wrong).status, 64)

    def test_check_tells_of_snds_only_where_they_are_in_use(self):
        def findings():
            result = self.run_jmrp("check", "--json")
            return {one["rule"]: one["status"] for one in json.loads(result.stdout)["findings"] if one["rule"].startswith("snds-")}
        self.succeed("status")
        self.assertEqual(findings(), {})
        self.succeed("snds", "import", self.write("data.csv", row("192.0.2.10", ago(2), color="RED", rate="0.2%")), self.write("status.csv", STATUS))
        found = findings()
        self.assertEqual(len(found), 11)
        self.assertEqual((found["snds-status"], found["snds-filter"], found["snds-rate"]), ("critical", "critical", "warning"))
        self.write("jmrp.toml", '[own]\nnetworks = ["192.0.2.0/24"]\n[snds]\nwarning_rate = 0.25\naccess_since = "2026-02-01"\n')
        found = findings()
        self.assertEqual((found["snds-rate"], found["snds-access"]), ("ok", "critical"))

    def test_no_secret_is_repeated_where_somebody_writes_it_into_the_configuration(self):
        self.write("jmrp.toml", '[snds]\ndata_link = "https://example.com/?key=secret"\n')
        result = self.run_jmrp("snds", "show")
        self.assertEqual(result.status, 78)
        self.assertNotIn(b"secret", result.stderr)

    def test_the_json_is_what_the_schema_says(self):
        try:
            import jsonschema
        except ImportError:
            self.skipTest("jsonschema is not installed")
        self.succeed("snds", "import", self.write("data.csv", DATA + "odd\n"), self.write("status.csv", STATUS))
        with open(os.path.join(os.environ["JMRP_SOURCE"], "schemas", "json", "snds.schema.json"), encoding="utf-8") as file:
            jsonschema.validate(self.show(), json.load(file))


if __name__ == "__main__":
    jmrp_test.main()
