"""The list reaches real mail servers and a real list program: they do not write to who is suppressed, and to everybody else."""
import os
import smtplib
import subprocess
import time

import exim
import jmrp_test
import mlmmj
import postfix
import smtp_sink

SUPPRESSED = ["Complainer@outlook.example", "o'brien+news@outlook.example", "%odd!path@outlook.example", "a=b@hotmail.example"]
OTHERS = ["reader@outlook.example", "complainer@hotmail.example", "brien@outlook.example"]
MESSAGE = b"From: News <news@sender.example>\r\nSubject: news\r\n\r\nText\r\n"


class ExportToServers(jmrp_test.JmrpTest):
    def setUp(self):
        super().setUp()
        os.chmod(self.directory, 0o755)  # servers read there
        self.succeed("suppressions", "add", "--note", "x", *SUPPRESSED)

    def export(self, name, text):
        self.write("jmrp.toml", f"[export.{name}]\n{text}".replace("DIR", self.directory))
        self.succeed("export", name)

    def test_postfix_refuses_the_suppressed_recipient(self):
        table = self.path("suppressed")
        with open(table, "w", encoding="ascii"):
            os.chmod(table, 0o644)
        self.export("postfix", 'format = "postfix-access"\nto = "DIR/suppressed"\nafter = ["postmap", "hash:DIR/suppressed"]\n')
        with smtp_sink.Sink() as sink, postfix.Postfix({}, relay_port=sink.port, more=
                f"\nsmtpd_recipient_restrictions = check_recipient_access hash:{table}\n") as server:
            with smtplib.SMTP("127.0.0.1", server.port, timeout=60) as smtp:
                smtp.ehlo()
                smtp.mail("bounce@sender.example")
                for address in SUPPRESSED + [SUPPRESSED[0].upper()]:
                    code, said = smtp.rcpt(address)
                    self.assertEqual(code, 554, f"{address}: {said}")
                    self.assertIn(b"5.7.1", said)
                for address in OTHERS:
                    self.assertEqual(smtp.rcpt(address)[0], 250, address)
                self.assertEqual(smtp.data(MESSAGE)[0], 250)
            server.wait_until_empty()
            self.assertEqual(sorted(recipient for message in sink.messages for recipient in message.recipients), sorted(OTHERS))
            # Whoever is not suppressed any more is written to again, without a restart.
            self.succeed("suppressions", "remove", "--note", "x", SUPPRESSED[0])
            self.succeed("export")
            deadline = time.monotonic() + 60
            code = 0
            while code != 250 and time.monotonic() < deadline:
                with smtplib.SMTP("127.0.0.1", server.port, timeout=60) as smtp:
                    smtp.ehlo()
                    smtp.mail("bounce@sender.example")
                    code = smtp.rcpt(SUPPRESSED[0])[0]
            self.assertEqual(code, 250)

    def test_postfix_returns_what_its_transport_table_names(self):
        table = self.path("transport")
        with open(table, "w", encoding="ascii"):
            os.chmod(table, 0o644)
        self.export("transport",
                    'format = "postfix-transport"\nto = "DIR/transport"\nafter = ["postmap", "hash:DIR/transport"]\n')
        for address in SUPPRESSED:
            found = subprocess.run(["postmap", "-q", address.lower(), "hash:" + table], capture_output=True, text=True, check=True)
            self.assertEqual(found.stdout, "error:5.7.1 This recipient is suppressed\n", address)
        for address in OTHERS:
            self.assertEqual(subprocess.run(["postmap", "-q", address, "hash:" + table], check=False).returncode, 1, address)

    def test_exim_skips_the_suppressed_recipient_and_delivers_to_the_others(self):
        self.export("exim", 'format = "exim-lsearch"\nto = "DIR/suppressed"\n')
        os.chmod(self.path("suppressed"), 0o644)
        router = ("suppressed:\n  driver = redirect\n  condition = ${lookup{${lc:$local_part@$domain}}lsearch{"
                  + self.path("suppressed") + "}{yes}{no}}\n  data = :blackhole:\n")
        with smtp_sink.Sink() as sink, exim.Exim(sink.port, routers=router) as server:
            with smtplib.SMTP("127.0.0.1", server.port, timeout=60) as smtp:
                smtp.ehlo()
                smtp.mail("bounce@sender.example")
                for address in SUPPRESSED + OTHERS:
                    self.assertEqual(smtp.rcpt(address)[0], 250, address)
                self.assertEqual(smtp.data(MESSAGE)[0], 250)
            server.try_until_empty()
            self.assertEqual(sorted(recipient for message in sink.messages for recipient in message.recipients), sorted(OTHERS),
                             server.log())

    def test_mlmmj_unsubscribes_the_suppressed_and_nobody_else(self):
        addresses = [address for address in SUPPRESSED if address[0].isalpha()]
        news = mlmmj.List(self.path("list"), addresses + OTHERS)
        self.export("mlmmj", f"""format = "mlmmj"
to = "DIR/left"
after = ["xargs", "-a", "DIR/left", "-d", "\\\\n", "-r", "-n", "1", "{news.unsub}", "-U", "-q", "-s", "-L", "DIR/list", "-a"]
""")
        self.assertEqual(news.subscribers(), sorted(OTHERS))
        self.succeed("suppressions", "add", "--note", "x", OTHERS[0])
        self.succeed("export")
        self.assertEqual(news.subscribers(), sorted(OTHERS[1:]))


if __name__ == "__main__":
    jmrp_test.main()
