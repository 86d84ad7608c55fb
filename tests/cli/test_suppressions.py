"""jmrp suppressions: scopes, notes, ends, what is sticky; check and import."""
import json
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import jmrp_test
import reports

DAY = 86400


class SuppressionsTest(jmrp_test.JmrpTest):
    def suppressions(self, *arguments, command, **more):
        return self.run_jmrp("suppressions", command, *arguments, **more)

    def listed(self, *arguments, **more):
        return [(one["address"] or "@" + one["system"] + ":" + one["identifier"], one["scope"], one["reason"])
                for one in self.json("suppressions", "list", *arguments, **more)["suppressions"]]

    def add(self, *arguments):
        self.succeed("suppressions", "add", "--note", "by hand", *arguments)

    def later(self, seconds):
        return {"JMRP_NOW": str(reports.NOW + seconds)}


class Decisions(SuppressionsTest):
    def test_a_scope_is_added_listed_and_removed_alone(self):
        self.add("a@example.com", "b@example.com")
        self.add("a@example.com", "--scope", "list:News")
        self.assertEqual(self.listed(), [("a@example.com", "global", "manual"), ("a@example.com", "list:news", "manual"),
                                         ("b@example.com", "global", "manual")])
        self.assertEqual(len(self.listed("--scope", "list:shop")), 2)
        self.assertEqual(len(self.listed("--scope", "list:news")), 3)
        self.succeed("suppressions", "remove", "a@example.com", "--scope", "list:news", "--note", "x")
        self.assertEqual(len(self.listed()), 2)
        self.succeed("suppressions", "remove", "a@example.com", "b@example.com", "--note", "x")
        self.assertEqual(self.listed(), [])

    def test_a_decision_of_a_person_needs_a_note(self):
        for arguments in (["add", "a@example.com"], ["remove", "a@example.com"], ["add", "a@example.com", "--note", " "]):
            result = self.run_jmrp("suppressions", *arguments)
            self.assertEqual(result.status, 64, str(result))
            self.assertIn(b"--note", result.stderr)
        self.succeed("suppressions", "add", "a@example.com", "--reason", "unsubscribe")
        self.assertEqual(self.listed(), [("a@example.com", "global", "unsubscribe")])

    def test_one_that_is_not_suppressed_keeps_all_of_a_removal_from_happening(self):
        self.add("a@example.com")
        self.assertEqual(self.run_jmrp("suppressions", "remove", "a@example.com", "b@example.com", "--note", "x").status, 66)
        self.assertEqual(len(self.listed()), 1)

    def test_what_is_sticky_is_removed_by_who_means_it(self):
        self.add("a@example.com", "--sticky")
        result = self.run_jmrp("suppressions", "remove", "a@example.com", "--note", "x")
        self.assertEqual(result.status, 64)
        self.assertIn(b"--sticky-too", result.stderr)
        self.assertEqual(len(self.listed()), 1)
        self.succeed("suppressions", "remove", "a@example.com", "--note", "x", "--sticky-too")
        self.assertEqual(self.listed(), [])

    def test_an_end_comes(self):
        self.add("a@example.com", "--expires", "3d")
        self.add("b@example.com", "--expires", "2026-11-25")
        self.assertEqual(len(self.listed(environment=self.later(DAY))), 2)
        self.assertEqual(self.listed(environment=self.later(2 * DAY)), [("a@example.com", "global", "manual")])
        self.assertEqual(self.listed(environment=self.later(3 * DAY)), [])
        self.assertIn("2026-11-26", self.succeed("suppressions", "list"))
        self.assertEqual(self.run_jmrp("suppressions", "add", "x@example.com", "--note", "x", "--expires", "soon").status, 64)

    def test_the_story_tells_all_of_it(self):
        self.assert_kept(self.deliver(reports.report(1)))
        address = reports.recipient(1)
        self.add(address, "--scope", "stream:offers")
        story = self.json("suppressions", "show", address)
        self.assertTrue(story["active"])
        self.assertEqual([one["scope"] for one in story["suppressions"]], ["global", "stream:offers"])
        self.assertEqual(story["suppressions"][0]["message"], story["reports"][0]["message"])
        self.assertEqual(story["reports"][0]["verdict"], "unverified")
        self.assertTrue(story["reports"][0]["recipient_from"])
        self.assertEqual((story["decisions"][0]["note"], story["decisions"][0]["scope"]), ("by hand", "stream:offers"))
        shown = self.succeed("suppressions", "show", address)
        self.assertIn("is suppressed (global: complaint, stream:offers: manual)", shown)

    def test_policy_says_what_a_report_suppresses_for(self):
        self.write("jmrp.toml", "[policy]\nact_on = \"unverified\"\nbelieve_report_fields = true\nsuppression_scope = \"list\"\n")
        self.assert_kept(self.deliver(reports.report(1)))
        self.assertEqual(self.listed(), [(reports.recipient(1), "list:weekly.sender.example", "complaint")])
        self.write("jmrp.toml", "[policy]\nact_on = \"unverified\"\nbelieve_report_fields = true\nsuppression_scope = \"domain\"\n")
        self.succeed("rebuild")
        self.assertEqual(self.listed(), [(reports.recipient(1), "domain:sender.example", "complaint")])


class Check(SuppressionsTest):
    def setUp(self):
        super().setUp()
        self.add("Bad@Example.com")
        self.add("news@example.com", "--scope", "list:news")

    def test_each_address_is_answered_in_order_and_the_status_sums_up(self):
        result = self.run_jmrp("suppressions", "check", "good@example.com", "BAD@example.com", "nonsense")
        self.assertEqual(result.status, 1)
        self.assertEqual(result.stdout, b"good@example.com\tok\nBAD@example.com\tsuppressed\nnonsense\tinvalid\n")
        self.assertEqual(self.run_jmrp("suppressions", "check", "good@example.com").status, 0)
        quiet = self.run_jmrp("suppressions", "check", "-q", "bad@example.com")
        self.assertEqual((quiet.status, quiet.stdout), (1, b""))

    def test_without_a_scope_any_suppression_counts(self):
        self.assertEqual(self.run_jmrp("suppressions", "check", "news@example.com").status, 1)
        self.assertEqual(self.run_jmrp("suppressions", "check", "--scope", "list:news", "news@example.com").status, 1)
        self.assertEqual(self.run_jmrp("suppressions", "check", "--scope", "list:shop", "news@example.com").status, 0)
        self.assertEqual(self.run_jmrp("suppressions", "check", "--scope", "list:shop", "bad@example.com").status, 1)
        self.assertEqual(self.run_jmrp("suppressions", "check", "--scope", "global", "news@example.com").status, 0)

    def test_a_list_on_standard_input(self):
        lines = [f"person{n}@example.com" for n in range(20000)]
        lines[7000] = " bad@example.com\r"
        result = self.run_jmrp("suppressions", "check", "-", stdin="\n".join(lines).encode())
        self.assertEqual(result.status, 1)
        answers = result.stdout.decode().splitlines()
        self.assertEqual(len(answers), len(lines))
        self.assertEqual([answer for answer in answers if not answer.endswith("\tok")], ["bad@example.com\tsuppressed"])

    def test_whoever_waits_for_an_answer_gets_it(self):
        with self.popen("suppressions", "check", "-") as process:
            for address, answer in (("bad@example.com", "suppressed"), ("good@example.com", "ok")):
                process.stdin.write((address + "\n").encode())
                process.stdin.flush()
                self.assertEqual(process.stdout.readline().decode(), f"{address}\t{answer}\n")
            process.stdin.close()
            self.assertEqual(process.wait(60), 1)

    def test_lines_that_are_no_addresses_break_nothing(self):
        odd = b"\xff\xfe\x00@\n" + b"a" * 3_000_000 + b"@example.com\n\n \nbad@example.com\n@listmonk:" + b"9" * 100_000
        result = self.run_jmrp("suppressions", "check", "-", stdin=odd)
        self.assertEqual([line.split(b"\t")[-1] for line in result.stdout.splitlines()],
                         [b"invalid", b"invalid", b"suppressed", b"invalid"])
        self.assertLess(len(result.stdout), 10_000)

    def test_json(self):
        result = self.run_jmrp("suppressions", "check", "--json", "bad@example.com", "x")
        self.assertEqual([json.loads(line) for line in result.stdout.splitlines()],
                         [{"address": "bad@example.com", "answer": "suppressed", "reason": "manual", "scope": "global",
                           "suppressed_as": "Bad@example.com"},
                          {"address": "x", "answer": "invalid", "reason": None, "scope": None, "suppressed_as": None}])

    def answers(self, lines, *options):
        result = self.run_jmrp("suppressions", "check", *options, "-", stdin="\n".join(lines).encode())
        return [line.split("\t")[1] for line in result.stdout.decode().splitlines()]

    def test_other_spellings_of_a_mailbox_count_only_when_asked(self):
        self.add("ab@gmail.com", "C.d+news@Gmail.com", "e.f@outlook.com")
        lines = ["a.b+x@gmail.com", "cd@gmail.com", "cd+other@googlemail.com", "C.D@gmail.com", "ef@outlook.com", "e.f+x@outlook.com",
                 "a.b@example.com", "+@gmail.com", "ab@gmail.com"]
        self.assertEqual(self.answers(lines), ["ok"] * 8 + ["suppressed"])
        self.assertEqual(self.answers(lines, "--fold"),
                         ["suppressed", "suppressed", "ok", "suppressed", "ok", "suppressed", "ok", "ok", "suppressed"])
        said = json.loads(self.run_jmrp("suppressions", "check", "--fold", "--json", "cd@gmail.com").stdout)
        self.assertEqual((said["address"], said["suppressed_as"]), ("cd@gmail.com", "C.d+news@gmail.com"))

    def test_rules_of_folding_are_those_of_the_configuration(self):
        self.write("jmrp.toml", '[folding]\nplus = ["own.example"]\ndots = []\n')
        self.add("ab+x@own.example", "g@gmail.com")
        self.assertEqual(self.answers(["ab@own.example", "a.b@own.example", "g+x@gmail.com"], "--fold"), ["suppressed", "ok", "ok"])

    def test_a_spelling_that_is_suppressed_meanwhile_is_found(self):
        with self.popen("suppressions", "check", "--fold", "-") as process:
            for answer in ("ok", "suppressed"):
                process.stdin.write(b"ab@gmail.com\n")
                process.stdin.flush()
                self.assertEqual(process.stdout.readline().decode(), f"ab@gmail.com\t{answer}\n")
                self.add("a.b@gmail.com")
            process.stdin.close()
            self.assertEqual(process.wait(60), 1)


class Import(SuppressionsTest):
    CSV = ("Email,Reason,Scope,Note\r\n"
           "a@example.com,,,\r\n"
           "\"B@example.com\",unsubscribe,list:news,\"said \"\"no\"\"\"\r\n"
           "nobody\r\n"
           "c@example.com,whim,,\r\n"
           "d@example.com,,everywhere,\r\n"
           "e@example.com,,,\"open\r\n"
           "=f@example.com,complaint,,\r\n")

    def test_csv_is_read_and_bad_rows_are_kept_aside(self):
        path = self.write("list.csv", self.CSV)
        result = self.run_jmrp("suppressions", "import", path, "--rejected", self.path("bad"))
        self.assertEqual(result.status, 65, str(result))
        for line in (4, 5, 6, 7):
            self.assertIn(b"line %d: " % line, result.stderr)
        self.assertNotIn(b"example.com", result.stderr)
        self.assertEqual(self.listed(), [("=f@example.com", "global", "complaint"), ("a@example.com", "global", "import"),
                                         ("B@example.com", "list:news", "unsubscribe")])
        with open(self.path("bad"), encoding="utf-8") as file:
            self.assertEqual(file.read().splitlines()[0], "nobody")

    def test_reading_again_changes_nothing(self):
        path = self.write("list.txt", "# ours\na@example.com\n\nb@example.com\n")
        first = self.json("suppressions", "import", "--format", "text", path)
        before = self.dump()
        again = self.json("suppressions", "import", "--format", "text", path)
        self.assertEqual((first["used"], first["new"], again["used"], again["new"]), (2, 2, 2, 0))
        self.assertEqual(self.dump(), before)

    def test_what_is_exported_as_jsonl_or_csv_is_imported_as_the_same_list(self):
        self.add("a@example.com", "--scope", "list:news", "--expires", "30d")
        self.add("@listmonk:5d1f", "--reason", "complaint")
        self.assert_kept(self.deliver(reports.report(1)))
        for form, wanted in (("jsonl", self.listed()), ("csv", [one for one in self.listed() if one[0][0] != "@"])):
            text = self.succeed("export", "--format", form)
            with self.other_database(form + ".db"):
                self.succeed("suppressions", "import", "--format", form, "-", stdin=text.encode())
                self.assertEqual(self.listed(), wanted)

    def test_options_say_what_rows_do_not(self):
        self.succeed("suppressions", "import", "--format", "text", "--scope", "stream:offers", "--note", "from the old system",
                     "--reason", "unsubscribe", "--expires", "30d", "--sticky", stdin=b"a@example.com\n")
        one = self.json("suppressions", "list")["suppressions"][0]
        self.assertEqual((one["scope"], one["reason"], one["decision"]["note"], one["decision"]["sticky"]),
                         ("stream:offers", "unsubscribe", "from the old system", True))

    def test_what_is_no_list_is_told(self):
        self.assertEqual(self.run_jmrp("suppressions", "import", stdin=b"a@example.com\nb@example.com\n").status, 65)
        self.assertEqual(self.run_jmrp("suppressions", "import", "--format", "xls", stdin=b"").status, 64)
        self.assertEqual(self.run_jmrp("suppressions", "import", self.path("none")).status, 66)
        result = self.run_jmrp("suppressions", "import", "--format", "jsonl", stdin=b'[1]\n{"a":\n{"address":["x"]}\n\x00\n')
        self.assertEqual(result.status, 65)
        self.assertEqual(self.listed(), [])

    def test_a_packed_list(self):
        packed = subprocess.run(["gzip"], input=b"a@example.com\n", stdout=subprocess.PIPE, check=True).stdout
        self.succeed("suppressions", "import", "--format", "text", "-", stdin=packed)
        self.assertEqual(len(self.listed()), 1)


if __name__ == "__main__":
    jmrp_test.main()
