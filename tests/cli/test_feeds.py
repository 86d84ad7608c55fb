"""Feeds with rules and mailboxes of their own, as far as no network is needed."""
import json
import os
import shutil
import sqlite3
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import jmrp_test
import machine
import reports

PASSWORD = "hunter2-and-more"
MAILBOX = """
url = "imaps://imap.reports.example"
user = "fbl@reports.example"
"""
USAGE, CONFIGURATION = 64, 78


class Feeds(jmrp_test.JmrpTest):
    def configure(self, text):
        self.config = self.write("feeds.toml", "[database]\nbusy_timeout_ms = 20000\n" + text)

    def outcomes(self):
        return self.json("status")["outcomes"]

    def test_the_same_mail_ends_by_the_rules_of_its_feed_and_so_it_does_after_a_rebuild(self):
        rules = """
            [policy]
            believe_report_fields = true
            [feed.secret]
            secret_addresses = ["fbl@sender.example"]
            [feed.trusting]
            act_on = "unverified"
            [feed.strict]
            believe_report_fields = false
        """
        for feed, outcome in (("secret", "complaint-suppressed"), ("trusting", "complaint-suppressed"), ("strict", "complaint-held"), ("default", "complaint-held")):
            with self.subTest(feed), self.other_database(feed + ".db"):
                self.configure(rules)
                self.assert_kept(self.deliver(reports.report(4), "--feed", feed))
                self.assertEqual(self.outcomes(), {outcome: 1})
                dump = self.dump()
                self.succeed("rebuild")
                self.assertEqual(self.dump(), dump)
                told = self.json("inspect", "--feed", feed, stdin=reports.report(4))
                self.assertEqual(told["outcome"]["disposition"], outcome)
                # The other way round: what a feed says is in force for what is settled from then on.
                self.configure("[policy]\nbelieve_report_fields = true\nact_on = 'unverified'\n[feed.secret]\nact_on = 'authentic'\n")
                self.succeed("rebuild")
                self.assertEqual(self.outcomes(), {"complaint-held" if feed == "secret" else "complaint-suppressed": 1})

    def test_in_a_batch_and_in_the_queue_the_rules_are_those_of_the_feed(self):
        self.configure("[policy]\nbelieve_report_fields = true\n[feed.trusting]\nact_on = 'unverified'\n")
        for feed, numbers in (("trusting", range(50)), ("other", range(50, 100))):
            self.succeed("ingest", "--feed", feed, "mbox:" + self.write(feed, reports.mbox(reports.report(n) for n in numbers)))
        self.assertEqual(self.outcomes(), {"complaint-suppressed": 50, "complaint-held": 50})
        self.succeed("rebuild")
        self.assertEqual(self.outcomes(), {"complaint-suppressed": 50, "complaint-held": 50})

    # ---- secrets

    def test_no_secret_is_told_whatever_is_asked(self):
        secret = self.write("secret", PASSWORD + "\n")
        os.chmod(secret, 0o600)
        self.configure(f"[feed.snds]{MAILBOX}secret_file = '{secret}'\n[feed.other]{MAILBOX}secret_env = 'JMRP_TEST_SECRET'\n")
        hidden = {"JMRP_TEST_SECRET": PASSWORD}
        for command in (["config", "check"], ["config", "check", "--json"], ["status"], ["doctor"], ["check"], ["dump"], ["ingest", "imap:nowhere"]):
            result = self.run_jmrp(*command, environment=hidden)
            self.assertNotIn(PASSWORD.encode(), result.stdout + result.stderr, command)
        told = json.loads(self.succeed("config", "check", "--json"))["feed"]["snds"]
        self.assertEqual((told["secret_file"], told["secret_env"], told["after"]), (secret, "", "move"))

    def test_a_secret_in_the_configuration_is_refused_and_not_repeated(self):
        for wrong in (f"password = '{PASSWORD}'", f"url = 'imaps://fbl:{PASSWORD}@imap.reports.example'", f"token = '{PASSWORD}'"):
            self.configure(f"[feed.snds]\nuser = 'u'\nsecret_env = 'X'\n{wrong}\n")
            result = self.run_jmrp("config", "check")
            self.assertEqual(result.status, CONFIGURATION)
            said = result.stderr.decode()
            self.assertIn("feeds.toml line 6", said)
            self.assertIn("secret_file", said)
            self.assertNotIn(PASSWORD, said + result.stdout.decode())

    # ---- jmrp ingest imap:FEED

    def stand_in(self):
        """Our program with a jmrp-net beside it that prints its words."""
        folder = self.path("bin")
        os.mkdir(folder)
        try:
            os.link(self.program, os.path.join(folder, "jmrp"))
        except OSError:
            shutil.copy(self.program, folder)
        self.program = os.path.join(folder, "jmrp")
        os.chmod(self.write("bin/jmrp-net", '#!/bin/sh\nprintf "%s\\n" "$@"\n'), 0o755)

    def test_a_mailbox_is_read_by_the_poller(self):
        self.stand_in()
        self.configure(f"[feed.a]{MAILBOX}secret_env = 'X'\n[feed.b]{MAILBOX}secret_env = 'X'\n[feed.piped]\n")
        words = self.succeed("ingest", "imap:b", "imap:a", "imap:b").splitlines()
        self.assertEqual(words, ["poll", "--config", self.config, "--database", self.database, "b", "a"])
        self.assertEqual(self.succeed("ingest", "-q", "imap:a").splitlines()[-2:], ["--quiet", "a"])

    def test_what_is_no_mailbox_or_not_alone_is_refused(self):
        self.stand_in()
        self.configure(f"[feed.a]{MAILBOX}secret_env = 'X'\n[feed.b]{MAILBOX}secret_env = 'X'\n[feed.piped]\n")
        for words, why in ((["imap:c"], "there are: a, b"), (["imap:piped"], "there are: a, b"), (["imap:a", "mbox:x"], "stands with nothing but"),
                           (["--feed", "z", "imap:a"], "names it already"), (["imap:"], "there are: a, b")):
            result = self.run_jmrp("ingest", *words)
            self.assert_try_again(result)  # the contract of ingest
            self.assertIn(why, result.stderr.decode())
        self.configure("")
        self.assertIn("the configuration has no feed with one", self.run_jmrp("ingest", "imap:a").stderr.decode())

    # ---- when it was polled

    def polled(self, feed, minutes):
        with sqlite3.connect(self.database) as database:
            database.execute("INSERT OR REPLACE INTO poll (feed, polled_at) VALUES (?, ?)", (feed, reports.NOW - minutes * 60))
        database.close()

    def test_status_tells_when_a_mailbox_was_polled(self):
        self.configure(f"[feed.a]{MAILBOX}secret_env = 'X'\n[feed.b]{MAILBOX}secret_env = 'X'\n[feed.piped]\n")
        self.assert_kept(self.deliver(reports.report(1)))
        self.assert_kept(self.deliver(reports.report(2), "--feed", "b"))
        self.polled("b", 3)
        feeds = {one["feed"]: one for one in self.json("status")["feeds"]}
        self.assertEqual(list(feeds), ["a", "b", "default"])
        self.assertEqual([(one["mailbox"], one["last_poll"] is not None, one["messages"]) for one in feeds.values()], [(True, False, 0), (True, True, 1), (False, False, 1)])
        text = self.succeed("status")
        self.assertRegex(text, r"(?m)^feed +messages +last message +last report +last poll$")
        self.assertRegex(text, r"(?m)^a +0 +never +never +never$")
        self.assertRegex(text, r"(?m)^b +1 .*2026-11-23 11:57 UTC$")
        self.assertRegex(text, r"(?m)^default +1 .* -$")

    def test_status_without_mailboxes_has_no_word_about_them(self):
        self.assert_kept(self.deliver(reports.report(1)))
        self.assertNotIn("poll", self.succeed("status"))

    def test_a_mailbox_that_is_not_polled_is_told_by_check(self):
        self.configure(f"[feed.a]{MAILBOX}secret_env = 'X'\n" + jmrp_test.TRUSTING)
        self.assert_kept(self.deliver(reports.report(1), "--feed", "a"))

        def level(*options):
            result = self.run_jmrp("check", *options)
            found = [line for line in result.stdout.decode().splitlines() if "] poll: " in line]
            return found[0] if found else None

        self.assertEqual(level(), "[WARNING] poll: a: its mailbox was never polled to the end: 'jmrp poll a' says why")
        self.polled("a", 59)
        self.assertEqual(level(), "[OK] poll: a: its mailbox was last polled 59 minutes ago")
        self.assertIn("poll_age_a=3540s;3600;43200", self.run_jmrp("check").stdout.decode())
        self.assertIn("[CRITICAL] poll: a: ", level("--warning-poll", "10", "--critical-poll", "20"))
        self.polled("a", 61)
        self.assertIn("[WARNING] poll: a: its mailbox was last polled 61 minutes ago", level())
        self.polled("a", 721)
        self.assertIn("[CRITICAL] poll: a: ", level())
        self.assertIsNone(level("--ignore-feed", "a"))


class Doctor(machine.MachineTest):
    def state(self, text):
        self.write("jmrp.toml", text)
        result = self.run_jmrp("doctor", "--json", environment=self.on_the_machine())
        self.assertNotIn(PASSWORD.encode(), result.stdout + result.stderr)
        one = {check["check"]: check for check in json.loads(result.stdout)["checks"]}
        for check in one.values():
            self.assertTrue(check["state"] in ("ok", "unknown") or check["remedy"], check)
        return one["mailboxes"]["state"], one["mailboxes"]["found"], one

    def test_what_keeps_a_mailbox_from_being_polled_is_seen_without_asking_its_server(self):
        secret = self.write("secret", PASSWORD + "\n")
        mailbox = f"[feed.snds]{MAILBOX}secret_file = '{secret}'\n"
        os.chmod(secret, 0o644)
        self.assertEqual(self.state(mailbox)[:2], ("broken", f"snds: {secret}: everybody may read it"))
        os.chmod(secret, 0o600)
        self.assertEqual(self.state(mailbox)[:2], ("ok", "snds"))
        self.assertEqual(self.state(mailbox + "ca_file = '/nowhere/ca.pem'\n")[:2], ("missing", "snds: there is no /nowhere/ca.pem"))
        self.assertEqual(self.state(mailbox.replace("secret'", "absent'"))[:2], ("missing", f"snds: there is no {self.path('absent')}"))
        self.assertEqual(self.state(mailbox.replace(secret, "/run/credentials/jmrp-poll.service/snds"))[0], "ok")
        token = self.write("token", "#!/bin/sh\n")
        command = f"[feed.m365]{MAILBOX}secret_command = ['{token}']\n"
        self.assertEqual(self.state(mailbox + command)[0], "broken")
        os.chmod(token, 0o755)
        self.assertEqual(self.state(mailbox + command)[:2], ("ok", "m365, snds"))
        self.assertEqual(self.state("")[:2], ("ok", "no feed has one"))

    def test_what_keeps_an_export_from_its_target_is_seen_without_asking_it(self):
        def exports(text):
            one = self.state("[export.x]\n" + text)[2]["exports"]
            return one["state"], one["found"]
        secret = self.write("secret", PASSWORD + "\n")
        server = f"format = 'webhook'\nurl = 'http://127.0.0.1:9'\nsecret_file = '{secret}'\n"
        os.chmod(secret, 0o644)
        self.assertEqual(exports(server), ("broken", f"x: {secret}: everybody may read it"))
        os.chmod(secret, 0o600)
        self.assertEqual(exports(server), ("ok", "x"))
        self.assertEqual(exports(server + "ca_file = '/nowhere/ca.pem'\n"), ("missing", "x: there is no /nowhere/ca.pem"))
        self.assertEqual(exports(f"format = 'text'\nto = '{self.path('list')}'\nafter = ['postmap', 'x']\n"), ("ok", "x"))
        self.assertEqual(exports("format = 'text'\nto = '/nowhere/list'\n"), ("missing", "x: there is no /nowhere"))
        self.assertEqual(exports("format = 'text'\ncommand = ['/nowhere/take']\n"), ("missing", "x: there is no /nowhere/take"))
        self.assertEqual(exports(f"format = 'text'\ncommand = ['{secret}']\n")[0], "broken")
        self.assertEqual(self.state("")[2]["exports"]["found"], "the list is handed to nobody")

    def test_where_mailboxes_are_polled_no_mail_server_is_missed(self):
        checks = self.state(f"[feed.snds]{MAILBOX}secret_env = 'X'\n")[2]
        self.assertEqual((checks["mail server"]["state"], checks["delivery"]["state"]), ("ok", "ok"))
        checks = self.state("[feed.snds]\n")[2]
        self.assertEqual((checks["mail server"]["state"], checks["delivery"]["state"]), ("missing", "missing"))

    def test_an_address_that_can_be_guessed_is_no_secret_of_a_feed_either(self):
        checks = self.state("[feed.snds]\nsecret_addresses = ['fbl@sender.example']\n")[2]
        self.assertEqual(checks["secret address"]["state"], "broken")
        self.assertIn("feed.snds.secret_addresses", checks["secret address"]["remedy"][0])


if __name__ == "__main__":
    jmrp_test.main()
