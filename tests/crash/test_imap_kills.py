"""A poll of 10,000 mails that is killed at any time, again and again: the end is that of an undisturbed poll.

JMRP_SEED repeats a run.
"""
# build: release
import os
import random
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import jmrp_test
import poll_test
from poll_test import PASSWORD, messages

MESSAGES = 10_000
KILLS = 20  # or as many as it takes


class Kills(poll_test.PollTest):
    def setUp(self):
        super().setUp()
        self.seed = int(os.environ.get("JMRP_SEED") or random.randrange(1 << 32))
        print(f"JMRP_SEED={self.seed}", file=sys.stderr)

    def test_a_poll_that_is_killed_at_random_times_loses_nothing_and_counts_nothing_twice(self):
        generator = random.Random(self.seed)
        sent = messages(range(MESSAGES))
        server = self.dovecot(users={"undisturbed": PASSWORD, "killed": PASSWORD}, fsync=False)
        for user in ("undisturbed", "killed"):
            server.deliver(sent, user=user)
        self.feed(server.port, user="undisturbed")
        begin = time.monotonic()
        with self.other_database("undisturbed.db"):
            self.assert_polled()
            usual = time.monotonic() - begin
            expected = self.dump()
        self.feed(server.port, user="killed")
        killed, kept = 0, []
        while killed < KILLS and server.count("INBOX", "killed") > 0:
            with self.popen("poll", start_new_session=True, stdin=subprocess.DEVNULL) as process:
                time.sleep(generator.uniform(0, usual * 0.3))
                os.killpg(process.pid, signal.SIGKILL)  # not reaped yet, so the number is still its own
                process.communicate(timeout=jmrp_test.PATIENCE)
                self.assertIn(process.returncode, (0, -signal.SIGKILL))
                killed += process.returncode != 0
            kept.append(self.kept())
            self.assertLessEqual(server.count("jmrp", "killed"), kept[-1], "what is archived there is kept here")
        print(f"{usual:.1f} s undisturbed; {killed} killed; kept after each: {kept}", file=sys.stderr)
        self.assertGreater(killed, 2)
        self.assert_polled()
        self.assertEqual(self.dump(), expected)
        self.assertEqual(sorted(server.messages("jmrp", "killed")), sorted(sent))
        self.assertEqual(server.count("INBOX", "killed"), 0)
        self.succeed("rebuild")
        self.assertEqual(self.dump(), expected, "a rebuild must change nothing")


if __name__ == "__main__":
    jmrp_test.main()
