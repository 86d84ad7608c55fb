"""Tokens on the command line: keys are made and retired, texts are sealed and opened, and secrets stay where they are."""
import base64
import json
import os
import re
import stat
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import jmrp_test
import reports

DAY = 86400
ALICE = "alice@outlook.example"


class Token(jmrp_test.JmrpTest):
    def at(self, days):
        return {"environment": {"JMRP_NOW": str(reports.NOW + days * DAY)}}

    def keys_file(self):
        return self.path("token.keys")

    def seal(self, *options, **more):
        return self.succeed("token", "seal", *options, **more).rstrip("\n")

    def open(self, text, status=0, **more):
        result = self.run_jmrp("token", "open", text, "--json", **more)
        self.assertEqual(result.status, status, str(result))
        return json.loads(result.stdout)

    def test_a_sealed_address_comes_back_and_is_not_to_be_seen(self):
        self.succeed("token", "key", "new")
        token = self.seal("--recipient", ALICE, "--list=weekly", "--campaign=2026-47", "--id=4711")
        self.assertRegex(token, r"\Ajt1[A-Za-z0-9_-]+\Z")
        self.assertNotIn(b"alice", base64.urlsafe_b64decode(token[3:] + "==="))
        self.assertNotEqual(token, self.seal("--recipient", ALICE))
        opened = self.open(token)
        self.assertEqual((opened["status"], opened["key"]), ("opened", 1))
        self.assertEqual({key: opened["claims"][key] for key in ("recipient", "list", "campaign", "id")},
                         {"recipient": ALICE, "list": "weekly", "campaign": "2026-47", "id": "4711"})
        self.assertEqual(self.open("X-Jmrp-Token: " + token[:30] + "\n\t" + token[30:])["claims"], opened["claims"])
        self.assertIn("recipient  " + ALICE, self.succeed("token", "open", token))

    def test_a_short_one_fits_a_return_path_in_capitals(self):
        self.succeed("token", "key", "new")
        token = self.seal("--short", "--recipient", "a.rather.long.name@hotmail.com")
        self.assertLessEqual(len("b+" + token), 64)
        self.assertRegex(token, r"\Ajs1[a-z2-7]+\Z")
        self.assertEqual(self.open(("b+" + token + "@sender.example").upper())["claims"]["recipient"],
                         "a.rather.long.name@hotmail.com")
        result = self.run_jmrp("token", "seal", "--short", "--recipient", "x" * 40 + "@users.example")
        self.assertEqual(result.status, 64)
        self.assertIn(b"--id", result.stderr)
        self.assertNotIn(b"xxx", result.stderr)
        self.assertEqual(self.open(self.seal("--short", "--id", "4711"))["claims"]["id"], "4711")

    def test_without_a_key_it_says_how_to_make_one(self):
        result = self.run_jmrp("token", "seal", "--recipient", ALICE)
        self.assertEqual(result.status, 66)
        self.assertIn(b"jmrp token key new", result.stderr)
        self.assertEqual(result.stdout, b"")
        self.assertFalse(os.path.exists(self.keys_file()))
        self.assertIn("jmrp token key new", self.succeed("token", "key", "list"))

    def test_wrong_command_lines_say_nothing_of_the_mail(self):
        self.succeed("token", "key", "new")
        for options in ([], ["--list", "weekly"], ["--recipient", "secretperson"], ["--recipient", "secretperson@"]):
            result = self.run_jmrp("token", "seal", *options)
            self.assertEqual(result.status, 64, str(result))
            self.assertEqual(result.stdout, b"")
            self.assertNotIn(b"secretperson", result.stderr)
        for arguments in (["key"], ["key", "retire"], ["key", "retire", "x"], ["open"], ["shut"], ["seal", "more"]):
            self.assertEqual(self.run_jmrp("token", *arguments).status, 64)
        self.assertEqual(self.run_jmrp("token", "key", "retire", "9").status, 66)

    def test_the_key_file_is_private_and_its_secrets_are_never_printed(self):
        said = self.succeed("token", "key", "new") + self.succeed("token", "key", "new", "--json")
        said += self.succeed("token", "key", "list") + self.succeed("token", "key", "list", "--json")
        said += self.succeed("token", "key", "retire", "1") + self.succeed("config", "check")
        self.assertEqual(stat.S_IMODE(os.stat(self.keys_file()).st_mode), 0o600)
        with open(self.keys_file(), encoding="ascii") as file:
            secrets = re.findall(r"[A-Za-z0-9+/]{43}=", file.read())
        self.assertEqual(len(secrets), 2)
        for secret in secrets:
            self.assertNotIn(secret[:12], said)
        os.chmod(self.keys_file(), 0o644)
        result = self.run_jmrp("token", "seal", "--recipient", ALICE)
        self.assertEqual(result.status, 77)
        self.assertIn(b"chmod 600", result.stderr)

    def test_keys_are_listed_and_a_retired_one_opens_through_its_days_of_grace(self):
        self.succeed("token", "key", "new")
        old = self.seal("--recipient", ALICE)
        self.succeed("token", "key", "new", **self.at(1))
        self.assertEqual(self.open(self.seal("--recipient", ALICE, **self.at(1)), **self.at(1))["key"], 2)
        self.succeed("token", "key", "retire", "1", **self.at(1))
        listed = self.json("token", "key", "list", **self.at(2))["keys"]
        self.assertEqual([(key["id"], key["state"]) for key in listed], [(1, "opens"), (2, "current")])
        self.assertEqual(self.open(old, **self.at(31))["status"], "opened")
        self.assertEqual(self.open(old, status=65, **self.at(32))["status"], "retired-key")
        self.assertEqual(self.json("token", "key", "list", **self.at(32))["keys"][0]["state"], "retired")
        self.assertIn("key new", self.succeed("token", "key", "retire", "2", **self.at(2)))
        self.assertEqual(self.run_jmrp("token", "seal", "--id", "1", **self.at(2)).status, 66)

    def test_what_does_not_open_is_told_apart(self):
        self.succeed("token", "key", "new")
        token = self.seal("--recipient", ALICE)
        self.assertEqual(self.open(token, **self.at(400))["status"], "opened")
        self.assertEqual(self.open(token, status=65, **self.at(401))["status"], "expired")
        self.assertEqual(self.open(token[:-1] + ("A" if token[-1] != "A" else "B"), status=65)["status"], "wrong")
        self.assertEqual(self.open("nothing", status=65), {"format_version": 1, "status": "wrong", "key": None, "claims": None})
        os.rename(self.keys_file(), self.path("away"))
        self.assertEqual(self.open(token, status=65)["status"], "unknown-key")
        self.succeed("token", "key", "new")
        self.assertEqual(self.open(token, status=65)["status"], "wrong")

    def test_the_configuration_names_another_file_and_other_bounds(self):
        self.config = self.write("jmrp.toml", f'[token]\nkeys = "{self.path("keys", "k")}"\nmax_age_days = 2\ngrace_days = 1\n')
        self.succeed("token", "key", "new")
        self.assertTrue(os.path.exists(self.path("keys", "k")))
        token = self.seal("--recipient", ALICE)
        self.assertEqual(self.open(token, **self.at(2))["status"], "opened")
        self.assertEqual(self.open(token, status=65, **self.at(3))["status"], "expired")
        self.succeed("token", "key", "retire", "1")
        self.assertEqual(self.open(token, status=65, **self.at(2))["status"], "retired-key")
        self.config = self.write("jmrp.toml", '[token]\nheader = "X Y"\n')
        self.assertEqual(self.run_jmrp("token", "key", "list").status, 78)
        self.config = self.write("jmrp.toml", '[attribution]\nsubscriber_patterns = ["X-A: ^[0-9]+$"]\n')
        self.assertEqual(self.run_jmrp("token", "key", "list").status, 78)

    def test_keys_made_at_the_same_time_are_all_there(self):
        makers = [self.popen("token", "key", "new", stdin=subprocess.DEVNULL) for _ in range(8)]
        for maker in makers:
            maker.communicate(timeout=jmrp_test.PATIENCE)
            self.assertEqual(maker.returncode, 0)
        self.assertEqual([key["id"] for key in self.json("token", "key", "list")["keys"]], list(range(1, 9)))
        self.assertEqual(os.listdir(self.directory).count("token.keys"), 1)
        self.assertFalse([name for name in os.listdir(self.directory) if name.startswith(".")])

    def test_a_delivery_does_not_look_for_keys_where_no_token_is(self):
        self.write("token.keys", "damaged\n")
        os.chmod(self.keys_file(), 0o666)
        self.assert_kept(self.deliver(reports.report(1)))
        self.assertEqual(self.json("rates")["total"]["complaints"], 1)

    def anonymous(self, number, *fields):
        """A report that names nobody, about a mail with these fields."""
        message = reports.report(number).decode()
        self.assertIn("JMRP/1.0", message)
        message = re.sub(r"(?m)^To: person.*$", "To: redacted@outlook.example", message)
        message = re.sub(r"(?m)^Return-Path: .*$", "Return-Path: <redacted@bounce.sender.example>", message)
        return message.replace("List-ID:", "\n".join([*fields, "List-ID:"])).encode()

    def sparse(self, count):
        """Numbers of reports of the dialect that names nobody."""
        return [n for n in range(3 * count) if b"JMRP/1.0" in reports.report(n)][:count]

    def suppressed(self):
        return sorted(one["address"] for one in self.json("suppressions", "list")["suppressions"])

    def test_a_report_that_names_nobody_suppresses_whom_the_token_names(self):
        self.succeed("token", "key", "new")
        people = [f"person-{n}@hotmail.com" for n in range(4)]
        long = [self.seal("--recipient", person) for person in people[:3]]
        short = self.seal("--short", "--recipient", people[3])
        fields = ["X-Jmrp-Token: " + long[0][:50] + "\n\t" + long[0][50:], f"CFBL-Feedback-ID: {long[1]}",
                  f"List-Unsubscribe: <mailto:u@sender.example>,\n <https://sender.example/u?t={long[2]}&x=1>",
                  f"Original-Sender: x\nReturn-Path: <B+{short.upper()}@BOUNCES.SENDER.EXAMPLE>"]
        numbers = self.sparse(5)
        for number, field in zip(numbers, fields):
            self.assert_kept(self.deliver(self.anonymous(number, field)))
        self.assert_kept(self.deliver(self.anonymous(numbers[4], "X-Nothing: here")))
        self.assertEqual(self.suppressed(), sorted(people))
        self.assertEqual(self.json("rates")["total"]["attributed"], 4)

    def test_two_mails_of_one_day_with_one_short_token_are_two_complaints(self):
        self.succeed("token", "key", "new")
        short = self.seal("--short", "--recipient", "person@hotmail.com")
        for number in self.sparse(2):
            self.assert_kept(self.deliver(self.anonymous(number, f"Return-Path: <b+{short}@bounces.sender.example>")))
        self.assertEqual(self.json("rates")["total"]["complaints"], 2)
        self.assertEqual(self.suppressed(), ["person@hotmail.com"])

    def test_a_key_file_that_cannot_be_used_costs_no_report(self):
        self.succeed("token", "key", "new")
        token = self.seal("--recipient", "person@hotmail.com")
        os.chmod(self.keys_file(), 0o644)
        self.assert_kept(self.deliver(self.anonymous(self.sparse(1)[0], "X-Jmrp-Token: " + token)))
        self.assertEqual(self.suppressed(), [])
        result = self.run_jmrp("settle")
        self.assertIn(b"chmod 600", result.stderr)
        os.chmod(self.keys_file(), 0o600)
        self.succeed("settle")
        self.assertEqual(self.suppressed(), ["person@hotmail.com"])


if __name__ == "__main__":
    jmrp_test.main()
