"""An export that is killed anywhere, as often as you like: run again, the target has exactly the right list."""
import os
import signal
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import jmrp_test

POINTS = ["export.written", "export.in_place", "export.confirmed", "export.before_cursor"]
CONSUMERS = """
[export.mta]
format = "text"
to = "DIR/mta"
after = ["sh", "-c", "cp DIR/mta DIR/state.new && mv DIR/state.new DIR/state"]
[export.news]
format = "jsonl"
to = "DIR/news.jsonl"
[export.list]
format = "mlmmj"
to = "DIR/list"
after = ["sh", "-c", "cat DIR/list >> DIR/left"]
"""


class KilledExport(jmrp_test.JmrpTest):
    def setUp(self):
        super().setUp()
        self.write("jmrp.toml", CONSUMERS.replace("DIR", self.directory))
        self.wanted, self.ever = set(), set()

    def decide(self, verb, address):
        self.succeed("suppressions", verb, "--note", "x", address)
        self.ever.add(address)
        (self.wanted.add if verb == "add" else self.wanted.discard)(address)

    def lines(self, name):
        with open(self.path(name), encoding="utf-8") as file:
            return file.read().splitlines()

    def assert_right(self):
        self.succeed("export")
        self.assertEqual(self.lines("state"), sorted(self.wanted))
        self.assertEqual(self.lines("mta"), sorted(self.wanted))
        self.assertEqual(len(self.lines("news.jsonl")), len(self.wanted))
        self.assertEqual(set(self.lines("left")), self.ever)  # whoever was suppressed at a run left the list
        self.assertEqual({one["behind"] for one in self.json("status")["exports"]}, {0})
        self.assertEqual([name for name in os.listdir(self.directory) if name.startswith(".")], [], "something is left over")

    def test_one_death_at_each_point_of_each_consumer(self):
        number = 0
        for consumer in ("mta", "list", "news"):
            for point in POINTS:
                with self.subTest(consumer=consumer, point=point):
                    number += 1
                    self.decide("add", f"a{number}@example.com")
                    if number % 3 == 0:
                        self.assert_right()  # so that it was seen before it goes
                        self.decide("remove", f"a{number - 1}@example.com")
                        self.decide("add", f"b{number}@example.com")
                    once = self.write("once", "")
                    result = self.run_jmrp("export", consumer, environment={"JMRP_KILL_AT": point, "JMRP_KILL_ONCE": once})
                    self.assertEqual(result.status, -signal.SIGKILL, str(result))
                    self.assertFalse(os.path.exists(once), "the kill point was not passed")
                    self.assert_right()


if __name__ == "__main__":
    jmrp_test.main()
