"""`jmrp doctor`: what it says of machines that are made up, with something missing on each."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import jmrp_test
import machine
import reports

SECRET = "fbl-3f9c01d2ab77@sender.example"
TRUSTED = "Authentication-Results: mx.sender.example; dmarc=pass header.from=hotmail.com\n"
RECEIVED = (
    "Received: from mail-a.outbound.protection.outlook.com (mail-a.outbound.protection.outlook.com [203.0.113.9])\n"
    "\tby mx.sender.example (Postfix) with ESMTPS id 4XYZ; Mon, 23 Nov 2026 11:00:00 +0000\n"
)
WELL = f"""
[own]
networks = ["192.0.2.0/24"]
domains = ["sender.example", "mx.sender.example"]
addresses = ["{SECRET}"]
[authenticity]
authserv_ids = ["mx.sender.example"]
secret_addresses = ["{SECRET}"]
"""


class Doctor(machine.MachineTest):
    def setUp(self):
        super().setUp()
        self.write("jmrp.toml", WELL)

    def checks(self, **more):
        result = self.run_jmrp("doctor", "--json", environment=self.on_the_machine(), **more)
        told = jmrp_test.json.loads(result.stdout)
        self.assertEqual(result.status, 0 if told["well"] else 1, str(result))
        self.assertEqual(told["well"], all(one["state"] in ("ok", "unknown") for one in told["checks"]))
        for one in told["checks"]:
            self.assertTrue(one["found"], one)
            self.assertTrue(one["state"] in ("ok", "unknown") or one["remedy"], one)
        return {one["check"]: one for one in told["checks"]}

    def assert_state(self, check, state, text="", remedy=""):
        one = self.checks()[check]
        self.assertEqual(one["state"], state, one)
        self.assertIn(text, one["found"])
        self.assertIn(remedy, "\n".join(one["remedy"]))

    def make_well(self):
        self.install_postfix(alias_maps="hash:/etc/aliases, hash:/etc/jmrp/postfix/aliases")
        self.install_opendmarc()
        self.write("root/etc/jmrp/postfix/aliases", 'fbl-3f9c01d2ab77: "|/usr/bin/jmrp ingest"\n')
        self.succeed("token", "key", "new")
        for number in range(3):
            self.assert_kept(self.deliver(TRUSTED.encode() + RECEIVED.encode() + reports.report(number)))

    def test_the_road_of_a_report_is_looked_at_from_its_beginning(self):
        self.make_well()
        checks = self.checks()
        for name, one in checks.items():
            # Nobody seals tokens or reads logs here.
            self.assertEqual(one["state"], "missing" if name in ("tokens", "send log") else "ok", one)
        self.assertEqual(list(checks)[:5], ["configuration", "database", "disk space", "mail server", "delivery"])

    def test_people_see_what_to_do_and_what_for(self):
        self.make_well()
        result = self.run_jmrp("doctor", environment=self.on_the_machine())
        self.assertEqual(result.status, 1)
        text = result.stdout.decode()
        self.assertRegex(text, r"(?m)^ok +mail server +Postfix$")
        self.assertRegex(text, r"(?m)^missing +send log +there is none\n +good for: .*\n +> .*jmrp import sent")

    def test_before_anything_is_there(self):
        self.write("jmrp.toml", "")
        checks = {name: one["state"] for name, one in self.checks().items()}
        self.assertEqual(checks["database"], "missing")
        self.assertEqual(checks["mail server"], "missing")
        self.assertEqual(checks["own networks"], "missing")
        self.assertFalse(os.path.exists(self.database), "a doctor makes no database")

    def test_a_broken_configuration_is_told_and_the_rest_is_looked_at(self):
        self.make_well()
        self.write("jmrp.toml", "[own]\nnetwork = []\n")
        self.assert_state("configuration", "broken", "did you mean 'own.networks'?", "jmrp config check")
        self.assert_state("mail server", "ok")

    def test_a_broken_database_is_told(self):
        self.write("jmrp.db", b"no database\n" * 1000)
        self.assert_state("database", "broken")

    def test_an_alias_that_postfix_does_not_read(self):
        self.make_well()
        self.install_postfix()
        self.assert_state("delivery", "broken", "Postfix does not read /etc/jmrp/postfix/aliases", "postconf")

    def test_an_alias_in_the_file_of_root_runs_as_nobody(self):
        self.install_postfix()
        self.write("root/etc/aliases", 'fbl-3f9c01d2ab77: "|/usr/bin/jmrp ingest"\n')
        self.assert_state("delivery", "broken", "runs as nobody", "postalias /etc/jmrp/postfix/aliases")

    def test_no_pipe_at_all(self):
        self.install_exim("# command = /usr/bin/jmrp ingest\n")
        self.assert_state("delivery", "missing", "nothing was found", "examples/exim/jmrp.conf")
        self.install_exim("  command = /usr/bin/jmrp ingest --feed exim\n")
        self.assert_state("delivery", "ok", "command = /usr/bin/jmrp ingest --feed exim")

    def test_the_name_that_the_border_writes_is_taken_from_the_reports(self):
        self.make_well()
        self.write("jmrp.toml", WELL.replace('authserv_ids = ["mx.sender.example"]', ""))
        self.assert_state("authserv-ids", "missing", "mx.sender.example", 'authserv_ids = ["mx.sender.example"]')
        self.write("jmrp.toml", WELL.replace('authserv_ids = ["mx.sender.example"]', 'authserv_ids = ["old.sender.example"]'))
        self.assert_state("authserv-ids", "broken", "old.sender.example stands in 0 of the newest 3 reports", 'authserv_ids = ["mx.sender.example"]')

    def test_what_a_stranger_wrote_is_no_name_of_the_border(self):
        self.install_postfix(smtpd_milters="")
        self.write("jmrp.toml", WELL.replace('authserv_ids = ["mx.sender.example"]', ""))
        for number in range(3):
            self.assert_kept(self.deliver(RECEIVED.encode() + b"Authentication-Results: evil.example; dmarc=pass header.from=hotmail.com\n" + reports.report(number)))
        one = self.checks()["authserv-ids"]
        self.assertEqual(one["state"], "missing")
        self.assertNotIn("evil", str(one))

    def test_unverified_reports_say_what_they_lack(self):
        self.make_well()
        for number in range(10, 20):
            self.assert_kept(self.deliver(RECEIVED.encode() + reports.report(number)))
        self.assert_state("verdicts", "missing", "3 are authentic, 10 unverified", "secret-address: it was not sent to a secret address")

    def test_a_secret_that_everybody_guesses(self):
        self.write("jmrp.toml", WELL.replace(SECRET, "abuse@sender.example"))
        self.assert_state("secret address", "broken", "abuse@sender.example is not hard to guess")
        self.write("jmrp.toml", "[own]\naddresses = [\"%s\"]\n" % SECRET)
        self.assert_state("secret address", "missing", SECRET, "secret_addresses")

    def test_keys_that_others_read(self):
        self.succeed("token", "key", "new")
        self.assert_state("token keys", "ok")
        os.chmod(self.path("token.keys"), 0o644)
        self.assert_state("token keys", "broken", "open to others", "chmod 600")
        os.unlink(self.path("token.keys"))
        self.assert_state("token keys", "missing", "", "jmrp token key new")

    def test_the_second_program_is_looked_for_where_it_is_needed(self):
        self.write("jmrp.toml", WELL + "check_dkim = true\n")
        self.assert_state("signatures", "ok", "jmrp-net runs")
        alone = jmrp_test.shutil.copy(self.program, self.path("jmrp"))
        self.program = alone
        self.assert_state("signatures", "missing", "not installed")
        self.write("jmrp-net", "#!/bin/sh\nexit 1\n")
        os.chmod(self.path("jmrp-net"), 0o755)
        self.assert_state("signatures", "broken", "does not run")

    def test_what_the_user_jmrp_cannot_reach_root_sees(self):
        if not jmrp_test.IS_ROOT:
            self.skipTest("only root can look as somebody else")
        self.make_well()
        nobody = jmrp_test.pwd.getpwnam("nobody")
        try:
            jmrp_test.pwd.getpwnam("jmrp")
            self.skipTest("there is a real user jmrp here")
        except KeyError:
            pass
        os.chown(self.database, nobody.pw_uid, nobody.pw_gid)
        os.chmod(self.path("jmrp.toml"), 0o600)
        checks = self.checks()
        self.assertEqual(checks["configuration"]["state"], "broken", checks["configuration"])
        self.assertIn("nobody", checks["configuration"]["found"])
        self.assertEqual(checks["database"]["state"], "broken")

    def test_text_of_a_mail_reaches_no_terminal(self):
        self.install_postfix()
        self.write("jmrp.toml", WELL)
        for number in range(3):
            self.assert_kept(self.deliver(b"X-Original-To: \x1b[2J@x\nFrom: \x1b]0;x\x07 <a@b.example>\n" + RECEIVED.encode() + reports.report(number)))
        self.assertNotIn(b"\x1b", self.run_jmrp("doctor", environment=self.on_the_machine()).stdout)


if __name__ == "__main__":
    jmrp_test.main()
