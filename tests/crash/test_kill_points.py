"""Killed anywhere, at any time, as often as you like: delivered and settled again, the result is that of an undisturbed run."""
import concurrent.futures
import contextlib
import os
import random
import signal
import statistics
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import jmrp_test
import reports

ACCEPT_POINTS = ["accept.before", "accept.inserted", "accept.committed"]
SETTLE_POINTS = ["claim.committed", "interpret", "settle.inserted", "settle.before_commit", "settle.committed"]


class CrashTest(jmrp_test.JmrpTest):
    def release_crashed(self):
        """As a person does after installing a better version."""
        for entry in self.json("quarantine", "list")["messages"]:
            if "killed" in entry["reason"]:
                self.succeed("quarantine", "release", str(entry["id"]))

    def assert_undisturbed(self, expected):
        self.succeed("settle")
        self.assertEqual(self.json("status")["unsettled"], 0)
        self.assertEqual(self.dump(), expected)
        self.succeed("rebuild")
        self.assertEqual(self.dump(), expected, "a rebuild must change nothing")


class KillPoints(CrashTest):
    MESSAGES = [reports.report(n) for n in range(6)] + [reports.by_another_route(3), b"Subject: not a report\n\nhello\n"]

    def setUp(self):
        super().setUp()
        self.expected = self.undisturbed_dump(self.MESSAGES)
        self.assertIn("report|", self.expected)
        self.assertIn("suppression|", self.expected)

    def kill_once(self, point):
        return {"JMRP_KILL_AT": point, "JMRP_KILL_ONCE": self.write("once", "")}

    def assert_died(self):
        self.assertFalse(os.path.exists(self.path("once")), "the kill point was not passed: is this a developer build?")

    def test_one_death_of_a_delivery_at_each_point(self):
        for point in ACCEPT_POINTS + SETTLE_POINTS[1:]:  # it settles what it has in its hands, without a claim
            with self.subTest(point=point), self.other_database(point + ".db"):
                for message in self.MESSAGES[:-1]:
                    self.assert_kept(self.deliver(message))
                result = self.deliver(self.MESSAGES[-1], environment=self.kill_once(point))
                self.assert_died()
                # The settler is a child; the answer to the mail server does not depend on its fate.
                self.assertEqual(result.status, -signal.SIGKILL if point in ACCEPT_POINTS else 0, str(result))
                if result.status != 0:
                    self.assert_kept(self.deliver(self.MESSAGES[-1]))
                self.assert_undisturbed(self.expected)

    def test_one_death_of_a_batch_at_each_point(self):
        box = self.write("box", reports.mbox(self.MESSAGES))
        for point in ACCEPT_POINTS + SETTLE_POINTS[1:]:  # from memory too
            with self.subTest(point=point), self.other_database(point + ".db"):
                self.succeed("ingest", "mbox:" + box, environment=self.kill_once(point))
                self.assert_died()  # its child, and another one went on
                self.assert_undisturbed(self.expected)

    def test_one_death_of_a_rebuild_at_each_point(self):
        box = self.write("box", reports.mbox(self.MESSAGES))
        for point in SETTLE_POINTS:
            with self.subTest(point=point), self.other_database(point + ".db"):
                self.succeed("ingest", "mbox:" + box)
                self.succeed("rebuild", environment=self.kill_once(point))
                self.assert_died()
                self.assert_undisturbed(self.expected)

    def test_deaths_without_end_are_given_up_and_nothing_is_lost(self):
        box = self.write("box", reports.mbox(self.MESSAGES))
        for point in SETTLE_POINTS:
            with self.subTest(point=point), self.other_database(point + ".db"):
                self.run_jmrp("ingest", "mbox:" + box, environment={"JMRP_KILL_AT": point})
                self.assertEqual(self.kept(), len(self.MESSAGES))
                self.succeed("settle")
                self.release_crashed()
                self.assert_undisturbed(self.expected)

    def test_a_maildir_is_emptied_only_of_what_is_kept(self):
        for point in ACCEPT_POINTS:
            with self.subTest(point=point), self.other_database(point + ".db"):
                box = self.path(point)
                for folder in ("cur", "tmp"):
                    os.makedirs(os.path.join(box, folder))
                for number, message in enumerate(self.MESSAGES):
                    self.write(f"{point}/new/{number}.mail", message)
                result = self.run_jmrp("ingest", "maildir:" + box, environment={"JMRP_KILL_AT": point})
                self.assertEqual(result.status, jmrp_test.TRY_AGAIN, str(result))
                self.assertIn(b"died", result.stderr)
                self.assertEqual(len(os.listdir(os.path.join(box, "new"))), len(self.MESSAGES))
                self.succeed("ingest", "maildir:" + box)
                self.assertEqual(os.listdir(os.path.join(box, "new")), [])
                self.assertEqual(len(os.listdir(os.path.join(box, "cur"))), len(self.MESSAGES))
                self.assert_undisturbed(self.expected)


class DeadlyMail(CrashTest):
    def test_mails_that_kill_the_reader_are_tried_three_times_and_block_nobody(self):
        messages = [reports.report(n) for n in range(60)]
        deadly = {n: messages[n] + b"X-deadly-needle\n" for n in (0, 17, 59)}
        all_of_them = [deadly.get(n, message) for n, message in enumerate(messages)]
        expected = self.undisturbed_dump(all_of_them)
        box = self.write("box", reports.mbox(all_of_them))
        killing = {"JMRP_KILL_AT": "interpret@X-deadly-needle"}
        self.succeed("ingest", "mbox:" + box, environment=killing)
        entries = [entry for entry in self.json("quarantine", "list")["messages"] if "killed" in entry["reason"]]
        self.assertEqual(len(entries), len(deadly), entries)
        for entry in entries:
            self.assertIn("3 times", entry["reason"])
        status = self.json("status")
        self.assertEqual((status["messages"], status["unsettled"]), (60, 0))
        with self.other_database("others.db"):
            others = self.undisturbed_dump([message for n, message in enumerate(messages) if n not in deadly], "others.db")
        lines = [line for line in self.dump().splitlines() if line.startswith(("report|", "suppression|", "recipient|"))]
        self.assertEqual(lines, [line for line in others.splitlines() if line.startswith(("report|", "suppression|", "recipient|"))])
        self.release_crashed()
        self.assert_undisturbed(expected)

    def test_a_delivery_of_a_deadly_mail_is_kept(self):
        killing = {"JMRP_KILL_AT": "interpret@X-deadly-needle"}
        self.assert_kept(self.deliver(reports.report(1) + b"X-deadly-needle\n", environment=killing))
        self.assert_kept(self.deliver(reports.report(2), environment=killing))
        self.succeed("settle", environment=killing)
        status = self.json("status")
        self.assertEqual((status["messages"], status["unsettled"]), (2, 0))


class RandomKills(CrashTest):
    SEED = 20261123

    def usual_delivery(self, at_once):
        """Seconds that a delivery takes here and now, beside as many others: the times of death follow the machine."""
        def seconds(number):
            begin = time.monotonic()
            self.assert_kept(self.deliver(reports.report(number)))
            return time.monotonic() - begin

        with self.other_database("usual.db"), concurrent.futures.ThreadPoolExecutor(at_once) as pool:
            return statistics.median(pool.map(seconds, range(3 * at_once)))

    def test_parallel_deliveries_killed_at_random_times(self):
        count, at_once = (120, 4) if jmrp_test.SANITIZED else (300, 8)
        messages = [reports.report(n) for n in range(count)] + [reports.by_another_route(n) for n in range(0, count, 10)]
        expected = self.undisturbed_dump(messages)
        usual = self.usual_delivery(at_once)

        def deliver_until_kept(number):
            generator = random.Random(self.SEED + number)
            deaths = 0
            while deaths < 4:  # then in peace, so that the test comes to its end
                with self.popen("ingest", start_new_session=True) as process:
                    with contextlib.suppress(BrokenPipeError):
                        process.stdin.write(messages[number])
                    with contextlib.suppress(BrokenPipeError):
                        process.stdin.close()
                    time.sleep(generator.uniform(0, usual * (1 + deaths)))
                    os.killpg(process.pid, signal.SIGKILL)  # not reaped yet, so the number is still its own
                    status = process.wait(timeout=jmrp_test.PATIENCE)
                    if status == 0:  # the settler behind it was killed perhaps
                        return deaths
                    self.assertEqual(status, -signal.SIGKILL, process.stderr.read())
                    deaths += 1
            self.assert_kept(self.deliver(messages[number]))
            return deaths

        with concurrent.futures.ThreadPoolExecutor(at_once) as pool:
            deaths = sum(pool.map(deliver_until_kept, range(len(messages))))
        self.assertGreater(deaths, len(messages) // 10)
        self.assertEqual(self.kept(), len(messages))
        self.succeed("settle")
        self.release_crashed()
        self.assert_undisturbed(expected)

    def test_a_batch_of_5000_killed_at_random_times(self):
        messages = [reports.report(n) for n in range(4900)] + [reports.by_another_route(n) for n in range(100)]
        expected = self.undisturbed_dump(messages)
        box = self.write("box", reports.mbox(messages))
        begin = time.monotonic()
        with self.other_database("timing.db"):
            self.succeed("ingest", "mbox:" + box)
        usual = time.monotonic() - begin
        generator = random.Random(self.SEED)
        killed = 0
        for _ in range(12):
            process = subprocess.Popen([self.program, "-q", "ingest", "mbox:" + box], env=self.environment(), start_new_session=True,
                                       stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            with process:
                time.sleep(generator.uniform(0, usual))
                os.killpg(process.pid, signal.SIGKILL)
                killed += process.wait(timeout=jmrp_test.PATIENCE) == -signal.SIGKILL
        self.assertGreater(killed, 0)
        self.succeed("ingest", "mbox:" + box)
        self.assertEqual(self.kept(), len(messages))
        self.release_crashed()
        self.assert_undisturbed(expected)


if __name__ == "__main__":
    jmrp_test.main()
