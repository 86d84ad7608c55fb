"""Behind a real Postfix a delivery that is killed is repeated, and its report counts once."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import jmrp_test
import postfix_test


class KilledBehindPostfix(postfix_test.PostfixTest):
    def test_a_delivery_that_is_killed_is_repeated_and_counted_once(self):
        with self.server as server:
            for number, alias in enumerate(("fbl-killed-before", "fbl-killed-after")):
                with self.subTest(alias=alias):
                    self.write("once", "")
                    self.send(alias, [number])
                    server.wait_until(lambda: not os.path.exists(self.once), "the delivery was killed", 60)
                    server.wait_until(self.deferred(1), "it is deferred", 60)
                    server.wait_until_empty()
            self.assert_all_there(range(2))


if __name__ == "__main__":
    jmrp_test.main()
