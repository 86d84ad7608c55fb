"""An export to a server that is killed anywhere, as often as you like: run again, the server has exactly the right set."""
import json
import os
import signal
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import http_server
import jmrp_test

POINTS = ["export.taken", "export.part", "export.before_cursor"]


class KilledExport(jmrp_test.JmrpTest):
    def setUp(self):
        super().setUp()
        os.chmod(self.write("secret", "s3cr3t\n"), 0o600)
        self.state = set()

    def take(self, request):
        for line in request.lines():
            (self.state.add if line["active"] else self.state.discard)(line["address"])
        return http_server.Answer(200)

    def test_one_death_at_each_point_first_with_everybody_then_with_what_is_new(self):
        wanted = {f"a{number:04}@example.com" for number in range(1200)}
        self.write("list.txt", "".join(address + "\n" for address in sorted(wanted)))
        self.succeed("suppressions", "import", "--format", "text", self.path("list.txt"))
        with http_server.HttpServer(self.take) as server:
            self.write("jmrp.toml", f'[export.net]\nformat = "webhook"\nurl = "{server.url}"\nsecret_file = "{self.path("secret")}"\n'
                                    "requests_per_second = 1000\n")
            for round_ in ("everybody", "news"):
                for point in POINTS:
                    with self.subTest(round=round_, point=point):
                        once = self.write("once", "")
                        result = self.run_jmrp("export", "net", environment={"JMRP_KILL_AT": point, "JMRP_KILL_ONCE": once})
                        self.assertEqual(result.status, -signal.SIGKILL, str(result))
                if round_ == "everybody":
                    self.assertLess(len(self.state), len(wanted))
                self.succeed("export")
                self.assertEqual(self.state, wanted)
                before = len(server.taken())
                self.succeed("export")
                self.assertEqual(len(server.taken()), before)
                self.assertEqual(json.loads(self.succeed("status", "--json"))["exports"][0]["behind"], 0)
                gone = [f"a{number:04}@example.com" for number in range(*((0, 300) if round_ == "everybody" else (300, 450)))]
                new = [address.replace("a", "b", 1) for address in gone]
                self.succeed("suppressions", "remove", "--note", "x", *gone)
                self.succeed("suppressions", "import", "--format", "text", self.write("new.txt", "\n".join(new) + "\n"))
                wanted = wanted.difference(gone).union(new)
            self.succeed("export")
            self.assertEqual(self.state, wanted)


if __name__ == "__main__":
    jmrp_test.main()
