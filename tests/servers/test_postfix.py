"""Behind a real Postfix: what it accepted is kept once, and what cannot be kept now waits in its queue and is never bounced."""
import concurrent.futures
import os
import smtplib
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import jmrp_test
import postfix
import reports

CONNECTIONS = 16
COUNT = 160 if jmrp_test.SANITIZED else 500


class BehindPostfix(jmrp_test.JmrpTest):
    def setUp(self):
        super().setUp()
        self.config = self.write("jmrp.toml", f"[database]\npath = '{self.database}'\nbusy_timeout_ms = 20000\n")
        self.hasty = self.write("hasty.toml", f"[database]\npath = '{self.database}'\nbusy_timeout_ms = 200\n")
        self.once = self.path("once")
        self.become_nobody()
        kill = f"/usr/bin/env JMRP_KILL_ONCE={self.once}"
        self.server = postfix.Postfix({
            "fbl": f"|{self.program} --config {self.config} ingest",
            "fbl-hasty": f"|{self.program} --config {self.hasty} ingest",
            "fbl-wrong": f"|{self.program} --config {self.path('absent.toml')} ingest",
            "fbl-killed-before": f"|{kill} JMRP_KILL_AT=accept.inserted {self.program} --config {self.config} ingest",
            "fbl-killed-after": f"|{kill} JMRP_KILL_AT=accept.committed {self.program} --config {self.config} ingest",
        })

    def send(self, to, numbers):
        """In one connection."""
        with smtplib.SMTP("127.0.0.1", self.server.port, local_hostname="out.hotmail.example", timeout=60) as smtp:
            for number in numbers:
                smtp.sendmail("staff@hotmail.com", [f"{to}@sender.example"], reports.report(number))

    def assert_all_there(self, numbers):
        self.succeed("settle")
        self.assertEqual(self.kept(), len(numbers))
        told = [line.split("|")[7] for line in self.dump().splitlines() if line.startswith("report|")]
        self.assertEqual(sorted(told), sorted(f"mail-{number}@sender.example" for number in numbers))
        self.assertNotIn("status=bounced", self.server.log())

    def deferred(self, count):
        return lambda: self.server.queue() == ["deferred"] * count

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
