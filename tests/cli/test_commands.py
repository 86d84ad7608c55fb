"""What a person and a cron job do with the program, command by command."""
import fcntl
import os
import pty
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import jmrp_test
import reports

ODD = b"From: =?utf-8?q?somebody?= <x@example.com>\nSubject: \x1b]0;owned\x07 code\n\nYour code is 1234 \x1b[2J\n"


class Commands(jmrp_test.JmrpTest):
    def deliver_all(self, numbers):
        for number in numbers:
            self.assert_kept(self.deliver(reports.report(number)))

    def test_a_piped_complaint_is_suppressed_and_counted_when_the_command_returns(self):
        self.deliver_all(range(3))
        listed = self.json("suppressions", "list")
        self.assertEqual(listed["format_version"], 1)
        self.assertEqual(sorted(one["address"] for one in listed["suppressions"]), sorted(reports.recipient(n) for n in range(3)))
        rates = self.json("rates")
        self.assertEqual(rates["total"], {"reports": 3, "complaints": 3, "attributed": 3, "unverified": 3})
        self.assertEqual(sorted(one["name"] for one in rates["rates"]), ["192.0.2.1", "192.0.2.2", "192.0.2.3"])

    def test_one_report_by_two_routes_counts_once(self):
        self.deliver_all([7])
        self.assert_kept(self.deliver(reports.by_another_route(7)))
        self.assert_kept(self.deliver(reports.report(7).replace(b"\n", b"\r\n")))
        self.assertEqual(self.kept(), 3)
        self.assertEqual(self.json("rates")["total"]["complaints"], 1)
        self.assertEqual(self.json("status")["outcomes"]["duplicate-report"], 2)

    def test_every_way_of_ingesting_gives_the_same_counts(self):
        numbers = range(20)
        expected = self.undisturbed_dump([reports.report(n) for n in numbers])
        files = [self.write(f"mail/{n:03}.eml", reports.report(n)) for n in numbers]
        for n in numbers:
            self.write(f"Maildir/new/{1700000000 + n}.M{n}.host", reports.report(n))
        for folder in ("cur", "tmp"):
            os.makedirs(self.path("Maildir", folder))
        for name, sources in {"files": files, "directory": [self.path("mail")], "maildir": ["maildir:" + self.path("Maildir")]}.items():
            with self.subTest(name), self.other_database(name + ".db"):
                self.succeed("ingest", *sources)
                self.assertEqual(self.dump(), expected)
        self.assertEqual(os.listdir(self.path("Maildir", "new")), [])
        self.assertEqual(len(os.listdir(self.path("Maildir", "cur"))), 20)
        with self.other_database("pipe.db"):
            self.deliver_all(numbers)
            self.assertEqual(self.dump(), expected)

    def test_a_maildir_is_left_alone_while_nothing_can_be_kept(self):
        self.write("Maildir/new/1.host", reports.report(1))
        os.makedirs(self.path("Maildir", "cur"))
        self.succeed("status")
        self.config = self.write("short.toml", "[database]\nbusy_timeout_ms = 100\n" + jmrp_test.TRUSTING)
        with self.database_held():
            self.assertEqual(self.run_jmrp("ingest", "maildir:" + self.path("Maildir")).status, jmrp_test.TRY_AGAIN)
        self.assertEqual(os.listdir(self.path("Maildir", "new")), ["1.host"])
        self.succeed("ingest", "maildir:" + self.path("Maildir"))
        self.assertEqual(os.listdir(self.path("Maildir", "new")), [])

    def test_a_batch_that_a_person_stops_goes_on_and_counts_nothing_twice(self):
        messages = [reports.report(n) for n in range(30000)]
        expected = self.undisturbed_dump(messages)
        box = self.write("box", reports.mbox(messages))
        stopped = 0
        patience = 0.15
        for _ in range(200):
            with self.popen("ingest", "mbox:" + box, stdin=subprocess.DEVNULL) as process:
                time.sleep(patience)
                process.send_signal(signal.SIGINT)
                process.communicate(timeout=jmrp_test.PATIENCE)
            if process.returncode == -signal.SIGINT:  # on a busy machine it had not even begun
                patience *= 1.5
                continue
            self.assertIn(process.returncode, (0, jmrp_test.TRY_AGAIN))
            if process.returncode == 0:
                break
            stopped += 1
        self.assertGreater(stopped, 0, "it was never stopped: the batch is too small for this machine")
        self.succeed("ingest", "mbox:" + box)
        self.assertEqual(self.dump(), expected)

    def test_progress_is_shown_to_a_person_and_to_nobody_else(self):
        box = self.write("box", reports.mbox([reports.report(n) for n in range(5000)]))
        result = self.run_jmrp("ingest", "mbox:" + box)
        self.assertEqual((result.status, result.stdout, result.stderr), (0, b"", b""))
        with self.other_database("watched.db"):
            master, slave = pty.openpty()
            with self.popen("ingest", "mbox:" + box, stderr=slave, stdout=subprocess.DEVNULL) as process:
                os.close(slave)
                seen = b""
                while True:
                    try:
                        more = os.read(master, 4096)
                    except OSError:  # the terminal is gone with its last user
                        break
                    if not more:
                        break
                    seen += more
            os.close(master)
        self.assertIn(b"keeping", seen)
        self.assertIn(b"/s", seen)
        self.assertIn(b"5,000 kept", seen)

    def test_a_person_removes_a_suppression_and_a_later_complaint_suppresses_again(self):
        self.deliver_all([1])
        address = reports.recipient(1)
        self.assertEqual(self.run_jmrp("suppressions", "remove", address).status, 64)
        self.succeed("suppressions", "remove", address.upper(), "--note", "asked to be back")
        self.assertFalse(self.json("suppressions", "show", address)["active"])
        self.succeed("rebuild")
        self.assertFalse(self.json("suppressions", "show", address)["active"])
        self.assert_kept(self.deliver(reports.report(4001)))  # of the same person
        story = self.json("suppressions", "show", address)
        self.assertTrue(story["active"])
        self.assertEqual(len(story["reports"]), 2)
        self.assertEqual(story["decisions"][0]["note"], "asked to be back")

    def test_what_is_not_understood_waits_in_quarantine_for_a_person(self):
        self.assert_kept(self.deliver(ODD))
        listed = self.json("quarantine", "list")["messages"]
        self.assertEqual(len(listed), 1)
        self.assertTrue(listed[0]["reason"])
        number = str(listed[0]["id"])
        shown = self.succeed("quarantine", "show", number)
        self.assertIn("Your code is 1234", shown)
        self.assertNotIn("\x1b", shown + self.succeed("quarantine", "list"))
        self.succeed("quarantine", "release", number)
        self.assertEqual(len(self.json("quarantine", "list")["messages"]), 1)
        self.succeed("quarantine", "drop", number)
        self.assertEqual(self.json("quarantine", "list")["messages"], [])
        self.assertEqual(self.run_jmrp("quarantine", "show", number).status, 66)
        self.assert_kept(self.deliver(ODD))
        self.assertEqual(self.json("quarantine", "list")["messages"], [])

    def test_the_write_ahead_log_stays_short_over_many_deliveries(self):
        for number in range(300):
            self.assert_kept(self.deliver(reports.report(number)))
        self.assertLess(os.path.getsize(self.database + "-wal"), 4 << 20)
        self.assertEqual(self.json("rates")["total"]["complaints"], 300)

    def test_status_tells_the_last_report_of_each_feed(self):
        self.assert_kept(self.deliver(reports.report(1), "--feed", "outlook"))
        self.assert_kept(self.deliver(ODD, "--feed", "other"))
        feeds = {feed["feed"]: feed for feed in self.json("status")["feeds"]}
        self.assertEqual(feeds["outlook"]["last_report"], "2026-11-23T12:00:00Z")
        self.assertIsNone(feeds["other"]["last_report"])
        self.assertEqual(feeds["other"]["last_message"], "2026-11-23T12:00:00Z")

    def test_a_delivery_whose_reader_was_away_is_settled_later(self):
        self.deliver_all([1])
        with open(self.database + ".settling", "wb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self.assert_kept(self.deliver(reports.report(2)))
            self.assertEqual(self.json("status")["unsettled"], 1)
        result = self.run_jmrp("settle")
        self.assertEqual((result.status, result.stdout, result.stderr), (0, b"", b""))
        self.assertEqual(self.json("status")["unsettled"], 0)
        self.assertEqual(self.json("rates")["total"]["complaints"], 2)

    def test_init_writes_a_configuration_that_holds_and_overwrites_nothing(self):
        self.config = None
        file = self.path("new", "jmrp.toml")
        self.succeed("init", "--config", file)
        self.assertTrue(os.path.exists(self.database))
        with open(file, "rb") as written_file:
            written = written_file.read()
        again = self.run_jmrp("init", "--config", file)
        self.assertEqual(again.status, 64)
        self.assertIn(b"overwrites nothing", again.stderr)
        with open(file, "rb") as written_file:
            self.assertEqual(written_file.read(), written)
        checked = self.json("config", "check", "--config", file)
        self.assertEqual(checked["database"]["path"], self.database)
        self.assertEqual(checked["file"], file)

    def test_a_slip_of_the_keyboard_is_answered_with_what_was_meant(self):
        for line, meant in ((["statsu"], "status"), (["rates", "--dayz", "3"], "--days"), (["quarantine", "lits"], "list")):
            result = self.run_jmrp(*line, stdin=subprocess.DEVNULL)
            self.assertEqual(result.status, 64, str(result))
            self.assertIn(f"did you mean '{meant}'?", result.stderr.decode())

    def test_a_full_standard_output_is_an_error(self):
        with open("/dev/full", "wb") as full:
            self.assertEqual(self.run_jmrp("status", stdout=full).status, 74)


if __name__ == "__main__":
    jmrp_test.main()
