"""jmrp snds fetch is killed around the moment when the sign-in changes: what is on the disk is what counts."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import jmrp_test
from snds_server import ago, row
from snds_test import SndsTest


class SndsCrashTest(SndsTest):
    def killed_at(self, point):
        result = self.run_jmrp("snds", "fetch", environment={"JMRP_KILL_AT": point})
        self.assertEqual(result.status, -9, str(result))

    def setUp(self):
        super().setUp()
        self.sign_in()
        self.server.days[ago(2)] = row("192.0.2.10", ago(2))

    def test_killed_before_the_access_token_is_used_the_new_sign_in_is_on_the_disk(self):
        self.killed_at("snds.token_kept")
        self.assertEqual(self.token(), self.server.refresh)
        self.assertEqual(self.server.asked_for("/api/"), [])
        self.succeed("snds", "fetch")
        self.assertFalse(self.server.reused)
        self.assertEqual(len(self.show()["days"]), 1)

    def test_killed_between_the_answer_and_the_disk_a_person_is_asked_for_and_the_file_is_whole(self):
        before = self.token()
        self.killed_at("snds.token_answered")
        self.assertEqual(self.token(), before)
        self.assertIn("jmrp snds login", self.fail_to_fetch())
        result = self.run_jmrp("check", "--json")
        levels = {one["rule"]: one["status"] for one in jmrp_test.json.loads(result.stdout)["findings"]}
        self.assertEqual(levels["snds-token"], "critical")


if __name__ == "__main__":
    jmrp_test.main()
