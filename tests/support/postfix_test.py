"""The program at the end of aliases of a real Postfix."""
import os
import smtplib

import jmrp_test
import postfix
import reports


class PostfixTest(jmrp_test.JmrpTest):
    def setUp(self):
        super().setUp()
        self.config = self.write("jmrp.toml", f"[database]\npath = '{self.database}'\nbusy_timeout_ms = 20000\n" + jmrp_test.TRUSTING)
        self.hasty = self.write("hasty.toml", f"[database]\npath = '{self.database}'\nbusy_timeout_ms = 200\n" + jmrp_test.TRUSTING)
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
        told = [line.split("|")[9] for line in self.dump().splitlines() if line.startswith("report|")]
        self.assertEqual(sorted(told), sorted(f"mail-{number}@sender.example" for number in numbers))
        self.assertNotIn("status=bounced", self.server.log())

    def deferred(self, count):
        return lambda: self.server.queue() == ["deferred"] * count
