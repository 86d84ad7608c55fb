"""`jmrp init` on machines that are made up: what it finds, what it asks, and that the first report is authentic."""
import os
import pty
import stat
import subprocess
import sys
import time
import tomllib

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import jmrp_test
import machine
import reports

BORDER = "Authentication-Results: mx.sender.example; dmarc=pass header.from=hotmail.com; dkim=pass header.d=hotmail.com\n"
RECEIVED = (
    "Received: from mail-a.outbound.protection.outlook.com (mail-a.outbound.protection.outlook.com [203.0.113.9])\n"
    "\tby mx.sender.example (Postfix) with ESMTPS id 4XYZ\n\tfor <fbl@sender.example>; Mon, 23 Nov 2026 11:00:00 +0000\n"
)


class Init(machine.MachineTest):
    def init(self, *options, **more):
        self.config = None
        self.file = self.path("new", "jmrp.toml")
        said = self.succeed("init", "--config", self.file, *options, environment=self.on_the_machine(), **more)
        with open(self.file, "rb") as file:
            self.written = tomllib.load(file)
        self.config = self.file
        return said

    def verdict(self, message):
        inspected = self.json("inspect", self.write("one.eml", message))
        return inspected["reading"]["authenticity"]["verdict"] if "reading" in inspected else inspected["authenticity"]["verdict"]

    def test_a_fresh_postfix_with_opendmarc_believes_the_first_report(self):
        self.install_postfix()
        self.install_opendmarc()
        said = self.init()
        self.assertEqual(self.written["authenticity"]["authserv_ids"], ["mx.sender.example"])
        self.assertEqual(self.written["own"]["domains"], ["sender.example", "mx.sender.example"])
        self.assertIn("[/etc/opendmarc.conf]", said)
        self.assertIn("[postconf myorigin]", said)
        self.assertEqual(self.verdict(BORDER.encode() + RECEIVED.encode() + reports.report(1)), "authentic")
        self.assertEqual(self.verdict(RECEIVED.encode() + BORDER.encode() + reports.report(1)), "unverified")

    def test_without_a_border_the_secret_address_does(self):
        self.install_postfix()
        self.init()
        self.assertEqual(self.written["authenticity"]["authserv_ids"], [])
        (secret,) = self.written["authenticity"]["secret_addresses"]
        self.assertEqual(self.written["own"]["addresses"], [secret])
        self.assertRegex(secret, r"^fbl-[0-9a-f]{12}@sender\.example$")
        self.assertEqual(self.verdict(f"X-Original-To: {secret}\n".encode() + reports.report(1)), "authentic")
        self.assertEqual(self.verdict(b"X-Original-To: fbl@sender.example\n" + reports.report(1)), "unverified")

    def test_exim(self):
        self.install_exim("warn add_header = :at_start:${authresults {$primary_hostname}}\n")
        said = self.init()
        self.assertEqual(self.written["authenticity"]["authserv_ids"], ["mx.sender.example"])
        self.assertIn("local_parts = fbl-", said)

    def test_options_answer_every_question(self):
        self.install_postfix()
        self.install_opendmarc()
        said = self.init("--network", "192.0.2.0/24, 2001:db8::1", "--domain", "news.example", "--authserv-id", "Border.example",
                         "--feedback-address", "abuse@news.example", "--yes")
        self.assertEqual(self.written["own"], {"networks": ["192.0.2.0/24", "2001:db8::1/128"], "domains": ["news.example"],
                                               "addresses": ["abuse@news.example"]})
        self.assertEqual(self.written["authenticity"]["authserv_ids"], ["border.example"])
        self.assertEqual(self.written["authenticity"]["secret_addresses"], [], "everybody guesses abuse@")
        self.assertIn("can be guessed", said)

    def test_a_wrong_answer_writes_nothing(self):
        self.config = None
        for option, value in (("--network", "everywhere"), ("--domain", "localhost"), ("--feedback-address", "me"), ("--authserv-id", "a;b")):
            result = self.run_jmrp("init", "--config", self.path("x.toml"), option, value, environment=self.on_the_machine())
            self.assertEqual(result.status, 64, str(result))
        self.assertFalse(os.path.exists(self.path("x.toml")))

    def test_a_person_at_a_terminal_is_asked(self):
        self.install_postfix()
        self.config = None
        self.file = self.path("asked.toml")
        master, slave = pty.openpty()
        with self.popen("init", "--config", self.file, environment=self.on_the_machine(), stdin=slave, stdout=slave, stderr=slave) as process:
            os.close(slave)
            os.write(master, b"nonsense\n192.0.2.7\n\nmx.sender.example\n\n")
            said = b""
            while True:
                try:
                    said += os.read(master, 4096)
                except OSError:
                    break
        os.close(master)
        self.assertEqual(process.returncode, 0, said)
        self.assertIn(b"'nonsense' is no IP address", said)
        with open(self.file, "rb") as file:
            written = tomllib.load(file)
        self.assertEqual(written["own"]["networks"], ["192.0.2.7/32"])
        self.assertEqual(written["own"]["domains"], ["sender.example", "mx.sender.example"])
        self.assertEqual(written["authenticity"]["authserv_ids"], ["mx.sender.example"])

    def test_the_key_is_made_once_and_for_its_owner_alone(self):
        self.init()
        keys = self.path("token.keys")
        self.assertEqual(stat.S_IMODE(os.stat(keys).st_mode), 0o600)
        with open(keys, "rb") as file:
            before = file.read()
        os.unlink(self.file)
        self.init()
        with open(keys, "rb") as file:
            self.assertEqual(file.read(), before)

    def test_a_program_that_hangs_keeps_nobody_waiting_for_long(self):
        self.install_program("postconf", "sleep 600\n")
        self.write("root/etc/postfix/main.cf", "")
        begun = time.monotonic()
        self.init("--yes", stdin=subprocess.DEVNULL)
        self.assertLess(time.monotonic() - begun, 12, "it is asked once")
        self.assertEqual(self.written["own"]["domains"], [])


if __name__ == "__main__":
    jmrp_test.main()
