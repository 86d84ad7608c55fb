"""Behind a real Postfix: what it accepted is kept once, and what cannot be kept now waits in its queue and is never bounced."""
import concurrent.futures
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import jmrp_test
import postfix_test

CONNECTIONS = 16
COUNT = 500


class BehindPostfix(postfix_test.PostfixTest):
    def test_many_reports_at_once_are_kept_once_each(self):
        with self.server as server:
            with concurrent.futures.ThreadPoolExecutor(CONNECTIONS) as pool:
                for sent in [pool.submit(self.send, "fbl", range(first, COUNT, CONNECTIONS)) for first in range(CONNECTIONS)]:
                    sent.result()
            server.wait_until_empty()
            self.assert_all_there(range(COUNT))

    def test_a_locked_database_defers_and_never_bounces(self):
        with self.server as server:
            self.send("fbl", [0])
            server.wait_until_empty()
            self.succeed("settle")
            with self.database_held():
                self.send("fbl-hasty", range(1, 21))
                server.wait_until(self.deferred(20), "all are deferred", 120)
            self.assertIn("4.3.0", server.log())
            self.assertEqual(self.kept(), 1)
            server.wait_until_empty()
            self.assert_all_there(range(21))

    def test_a_wrong_configuration_defers_until_it_is_right(self):
        with self.server as server:
            self.send("fbl-wrong", range(3))
            server.wait_until(self.deferred(3), "all are deferred", 120)
            self.write("absent.toml", f"[database]\npath = '{self.database}'\n")
            server.wait_until_empty()
            self.assert_all_there(range(3))


if __name__ == "__main__":
    jmrp_test.main()
