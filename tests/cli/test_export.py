"""jmrp export: once in a format, and to the consumers of the configuration."""
import csv
import io
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import jmrp_test
import reports

HOSTILE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support", "hostile_values.json")


class ExportTest(jmrp_test.JmrpTest):
    def add(self, *arguments):
        self.succeed("suppressions", "add", "--note", "by hand", *arguments)

    def remove(self, *arguments):
        self.succeed("suppressions", "remove", "--note", "by hand", *arguments)

    def exports(self, text):
        self.write("jmrp.toml", jmrp_test.TRUSTING + text.replace("DIR", self.directory))

    def read(self, name):
        with open(self.path(name), encoding="utf-8") as file:
            return file.read()

    def behind(self):
        return {one["export"]: one["behind"] for one in self.json("status")["exports"]}


class Once(ExportTest):
    def test_a_list_that_is_read_in_parts_is_whole_and_in_order(self):
        people = sorted(f"person{number}@example.com" for number in range(120_000))
        self.write("people", "\n".join(people))
        self.succeed("suppressions", "import", "--format", "text", self.path("people"))
        self.remove(people[50_000], people[50_001], people[119_999])
        for gone in (119_999, 50_001, 50_000):
            del people[gone]
        self.assertEqual(self.succeed("export", "--format", "text").splitlines(), people)
        rows = list(csv.reader(io.StringIO(self.succeed("export", "--format", "csv"))))
        self.assertEqual([row[0] for row in rows], ["email", *people])
        self.assertEqual(json.loads(self.succeed("export", "--format", "sendgrid"))["recipient_emails"], people)
        self.assertIn("119,997 added", self.succeed("export", "--format", "csv", "--dry-run"))

    def test_a_form_of_servers_says_how_it_is_used(self):
        result = self.run_jmrp("export", "--format", "webhook")
        self.assertEqual(result.status, 64, str(result))
        self.assertIn(b"the format webhook is one of servers", result.stderr)
        self.assertIn(b"[export.NAME]", result.stderr)

    def test_exports_hold_who_is_suppressed_and_nobody_else(self):
        for number in (1, 2):
            self.assert_kept(self.deliver(reports.report(number)))
        self.add("by.hand@example.com")
        self.remove(reports.recipient(2))
        wanted = sorted(["by.hand@example.com", reports.recipient(1)])
        self.assertEqual(self.succeed("export", "--format", "text").splitlines(), wanted)
        rows = list(csv.DictReader(io.StringIO(self.succeed("export", "--format", "csv"))))
        self.assertEqual([row["email"] for row in rows], wanted)
        self.assertEqual([row["reason"] for row in rows], ["manual", "complaint"])
        lines = self.succeed("export", "--format", "jsonl").splitlines()
        self.assertEqual([json.loads(line)["address"] for line in lines], wanted)

    def test_scope_and_reason_choose(self):
        self.add("all@example.com")
        self.add("news@example.com", "--scope", "list:news")
        self.add("left@example.com", "--reason", "unsubscribe")
        self.assertEqual(len(self.succeed("export", "--format", "text").splitlines()), 3)
        self.assertEqual(self.succeed("export", "--format", "text", "--scope", "list:shop").splitlines(),
                         ["all@example.com", "left@example.com"])
        self.assertEqual(self.succeed("export", "--format", "text", "--reason", "unsubscribe,import"), "left@example.com\n")

    def test_since_a_cursor_tells_what_changed_and_the_next_cursor(self):
        self.add("a@example.com", "b@example.com")
        first = self.run_jmrp("export", "--format", "jsonl", "--since", "0")
        self.assertEqual(len(first.stdout.splitlines()), 2)
        cursor = first.stderr.decode().split()[-1]
        self.add("c@example.com")
        self.remove("a@example.com")
        second = self.run_jmrp("export", "--format", "jsonl", "--since", cursor)
        self.assertEqual([(one["address"], one["active"]) for one in map(json.loads, second.stdout.splitlines())],
                         [("a@example.com", False), ("c@example.com", True)])
        text = self.run_jmrp("export", "--format", "text", "--since", cursor)
        self.assertEqual(text.stdout, b"c@example.com\n")
        self.assertIn(b"1 are not suppressed any more", text.stderr)
        self.assertEqual(self.run_jmrp("export", "--format", "text", "--since", "yesterday").status, 64)

    def test_into_a_file_in_one_step(self):
        self.add("a@example.com")
        self.write("list", "old")
        os.chmod(self.path("list"), 0o604)
        self.succeed("export", "--format", "text", "--to", self.path("list"))
        self.assertEqual(self.read("list"), "a@example.com\n")
        self.assertEqual(os.stat(self.path("list")).st_mode & 0o777, 0o604)
        self.assertEqual(self.run_jmrp("export", "--format", "text", "--to", self.path("none", "list")).status, 66)

    def test_hostile_values_that_get_into_the_list_are_told_where_they_do_not_get_out(self):
        with open(HOSTILE, encoding="utf-8") as file:
            values = json.load(file)
        lines = "".join(json.dumps({"address": value}) + "\n" for value in values)
        self.run_jmrp("suppressions", "import", "--format", "jsonl", stdin=lines.encode())
        have = {one["address"] for one in self.json("suppressions", "list")["suppressions"] if one["address"]}
        self.assertGreater(len(have), 20)
        self.assertLessEqual({value.strip() for value in have}, {value.strip() for value in values})
        for one in json.loads(self.succeed("export", "--formats", "--json"))["formats"]:
            result = self.run_jmrp("export", "--format", one["format"], "--list", "news")
            self.assertEqual(result.status, 0, str(result))
            rows = result.stdout.decode().split("\n")
            self.assertLessEqual(len(rows), len(have) + 4)
        cells = [row["email"] for row in csv.DictReader(io.StringIO(self.succeed("export", "--format", "csv"), newline=""))]
        self.assertLessEqual(set(cells), have)
        self.assertFalse([cell for cell in cells if cell[0] in "=+-@\t\r"])
        left_out = self.run_jmrp("export", "--format", "csv").stderr.decode()
        self.assertIn(f"{len(self.json('suppressions', 'list')['suppressions']) - len(cells)} left out", left_out)

    def test_what_makes_no_sense_is_refused(self):
        for arguments in (["--format", "postfix"], ["--format", "text", "name"], ["--format", "text", "--full"], ["name"], [],
                          ["--format", "majordomo"], ["--to", "x"]):
            self.assertIn(self.run_jmrp("export", *arguments).status, (64, 78), arguments)


class Consumers(ExportTest):
    TWO = """
[export.mta]
format = "text"
to = "DIR/mta"
[export.news]
format = "mlmmj"
to = "DIR/news"
scope = "list:news"
after = ["sh", "-c", "cat DIR/news >> DIR/taken && test ! -e DIR/broken"]
"""

    def setUp(self):
        super().setUp()
        self.exports(self.TWO)

    def test_every_consumer_gets_what_it_lacks_in_silence(self):
        self.add("a@example.com")
        self.add("n@example.com", "--scope", "list:news")
        self.add("s@example.com", "--scope", "list:shop")
        self.assertEqual(self.behind(), {"mta": 3, "news": 3})
        result = self.run_jmrp("export")
        self.assertEqual((result.status, result.stdout, result.stderr), (0, b"", b""))
        self.assertEqual(self.read("mta"), "a@example.com\nn@example.com\ns@example.com\n")
        self.assertEqual(self.read("taken"), "a@example.com\nn@example.com\n")
        self.assertEqual(self.behind(), {"mta": 0, "news": 0})
        self.add("b@example.com")
        self.succeed("export", "news")
        self.assertEqual(self.read("taken"), "a@example.com\nn@example.com\nb@example.com\n")
        self.assertEqual(self.behind(), {"mta": 1, "news": 0})
        self.assertEqual([one["result"] for one in self.json("export")["exports"]], ["done", "nothing-new"])

    def test_a_failing_target_is_told_stays_behind_and_is_retried_and_holds_up_nobody(self):
        self.add("a@example.com")
        self.write("broken", "")
        result = self.run_jmrp("export")
        self.assertEqual(result.status, 75, str(result))
        self.assertIn(b"news: ", result.stderr)
        self.assertEqual(self.behind(), {"mta": 0, "news": 1})
        check = self.run_jmrp("check", environment={"JMRP_NOW": str(reports.NOW + 2 * 86400)})
        self.assertEqual(check.status, 2)
        self.assertIn(b"the export news lacks 1 changes", check.stdout)
        os.unlink(self.path("broken"))
        self.succeed("export")
        self.assertEqual(self.behind(), {"mta": 0, "news": 0})
        self.assertEqual(self.read("taken"), "a@example.com\n" * 2)

    def test_a_dry_run_says_what_would_be_written(self):
        self.add("a@example.com")
        said = self.succeed("export", "--dry-run")
        self.assertIn(f"mta: would write 1 suppressions, the whole list to {self.path('mta')}", said)
        self.assertFalse(os.path.exists(self.path("mta")))
        self.succeed("export")
        self.assertIn("mta: would write nothing", self.succeed("export", "--dry-run", "mta"))

    def test_full_brings_everything_again(self):
        self.add("a@example.com")
        self.succeed("export")
        self.succeed("export", "--full")
        self.assertEqual(self.read("taken"), "a@example.com\n" * 2)

    def test_the_list_after_a_rebuild_with_other_rules_reaches_the_consumers(self):
        self.assert_kept(self.deliver(reports.report(1)))
        self.succeed("export")
        self.assertEqual(self.read("mta"), reports.recipient(1) + "\n")
        self.write("jmrp.toml", self.TWO.replace("DIR", self.directory))  # nothing is believed
        self.succeed("rebuild")
        self.succeed("export")
        self.assertEqual(self.read("mta"), "")

    def test_wrong_sections_are_told_with_their_place(self):
        for text, word in (("[export.x]\nto = \"/x\"\n", "format"), ("[export.x]\nformat = \"text\"\n", "to"),
                           ("[export.x]\nformat = \"txt\"\nto = \"/x\"\n", "txt"),
                           ("[export.x]\nformat = \"text\"\nto = \"x\"\n", "whole path"),
                           ("[export.x]\nformat = \"majordomo\"\nto = \"/x\"\n", "list"),
                           ("[export.x]\nformat = \"text\"\nto = \"/x\"\nscope = \"all\"\n", "scope"),
                           ("[export.x]\nformat = \"text\"\nto = \"/x\"\nreasons = [\"why\"]\n", "reason"),
                           ("[export.x]\nformat = \"text\"\nto = \"/x\"\n[export.y]\nformat = \"text\"\nto = \"/x\"\n", "same file"),
                           ("[export.X]\nformat = \"text\"\nto = \"/x\"\n", "")):
            self.exports(text)
            result = self.run_jmrp("export")
            self.assertEqual(result.status, 78, str(result))
            self.assertIn(word.encode(), result.stderr, text)


if __name__ == "__main__":
    jmrp_test.main()
