"""The lines of cron and the units of systemd that poll a mailbox, as they stand, as their user and with its rights alone."""
import glob
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import installed
import jmrp_test
import poll_test
from milter import SOURCE, example
from poll_test import messages


class Examples(poll_test.PollTest):
    def setUp(self):
        super().setUp()
        if not jmrp_test.IS_ROOT:
            raise AssertionError("this test runs programs as a service user in a namespace of their own, which only root can")
        os.chmod(self.directory, 0o755)
        self.machine = installed.Installed(self.path("machine"), self.program)
        self.server = self.dovecot()
        self.server.deliver(messages(range(20)))
        password = self.machine.write("etc/jmrp/password", poll_test.PASSWORD + "\n")
        self.machine.owned(password, 0o600)
        with open(poll_test.authority().file, encoding="ascii") as file:
            self.machine.write("etc/jmrp/ca.pem", file.read())
        self.configure()

    def configure(self, **keys):
        self.feed(self.server.port, secret_file="/etc/jmrp/password", ca_file="/etc/jmrp/ca.pem", **keys)
        with open(self.config, encoding="utf-8") as file:
            self.machine.write("etc/jmrp/jmrp.toml", file.read().replace(self.database, "/var/lib/jmrp/jmrp.db"))

    def assert_did_it(self, result):
        self.assertEqual((result.returncode, result.stdout, result.stderr), (0, "", ""), "cron mails whatever is said")
        self.assert_holds(self.server, [], "INBOX")
        self.assert_holds(self.server, range(20), "jmrp")
        status = self.machine.run_cron_line("* * * * * jmrp /usr/bin/jmrp status --json")
        self.assertRegex(status.stdout, r'"messages": ?20\b')
        for name in os.listdir(self.machine.path("lib/jmrp")):
            found = os.stat(self.machine.path("lib/jmrp", name))
            self.assertEqual((found.st_uid, found.st_mode & 0o077), (installed.UID, 0), name)

    def cron_line(self):
        lines = [line.lstrip("#") for line in example("cron", "jmrp").splitlines() if "/usr/bin/jmrp poll" in line]
        self.assertEqual(len(lines), 1, "the example polls")
        return lines[0]

    def units(self):
        found = [path for path in glob.glob(os.path.join(SOURCE, "examples", "systemd", "*.service"))
                 if any(line.startswith("ExecStart=/usr/bin/jmrp poll") for line in example("systemd", os.path.basename(path)).splitlines())]
        self.assertTrue(found, "an example polls")
        return [os.path.basename(path) for path in found]

    def test_the_line_of_cron_empties_the_mailbox_and_says_nothing(self):
        self.assert_did_it(self.machine.run_cron_line(self.cron_line()))

    def test_the_line_of_cron_tells_what_went_wrong(self):
        self.configure(user="stranger")
        result = self.machine.run_cron_line(self.cron_line())
        self.assertNotEqual(result.returncode, 0)
        self.assertIn("feed jmrp", result.stderr)
        self.assertNotIn(poll_test.PASSWORD, result.stderr)

    def test_the_unit_of_systemd_empties_the_mailbox_under_its_restrictions(self):
        for name in self.units():
            with self.subTest(unit=name):
                self.assert_did_it(self.machine.run_unit(example("systemd", name)))

    def test_systemd_understands_all_units_and_timers(self):
        names = [os.path.basename(path) for path in glob.glob(os.path.join(SOURCE, "examples", "systemd", "*"))]
        for name in names:
            self.machine.write("etc/systemd/system/" + name, example("systemd", name))
        for name in names:
            with self.subTest(unit=name):
                result = self.machine.run(["systemd-analyze", "verify", "--man=no", "/etc/systemd/system/" + name])
                said = [line for line in result.stderr.splitlines() if "jmrp" in line]
                self.assertEqual((result.returncode, said), (0, []), result.stderr)

    def test_a_unit_that_polls_is_started_by_a_timer(self):
        for name in self.units():
            timer = installed.read_unit(example("systemd", name.replace(".service", ".timer")))
            self.assertTrue({"OnUnitActiveSec", "OnCalendar", "OnUnitInactiveSec"} & set(timer["Timer"]), name)
            self.assertEqual(timer["Install"]["WantedBy"], "timers.target")


if __name__ == "__main__":
    jmrp_test.main()
