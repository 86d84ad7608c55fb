"""The examples that give mail its token without a milter, as they stand: Exim's transport, and an application that sends by itself."""
import os
import shutil
import smtplib
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import exim
import jmrp_test
import milter
import smtp_sink
from milter import SENDER, headers_named

HOSTILE = (
    '"two words"', '"x --list=forged"', "$(touch${IFS}$HOME/owned)", "`id`", "${run{/usr/bin/touch", "$local_part", "a'b", '"a\\"b"',
    "-v", "--help", "--recipient=other", "a{b}", '"}} {X-Evil: yes}"', '"\\\\n"', "a|b", "a&b", "a;b", "%s%n", "é", "l" * 64,
)


class FromExim(jmrp_test.JmrpTest):
    def setUp(self):
        super().setUp()
        self.config = self.write("jmrp.toml", f"[database]\npath = '{self.database}'\n[token]\nkeys = '{self.path('token.keys')}'\n")
        self.become_nobody()
        os.chmod(self.directory, 0o755)

    def environment(self, **changes):
        return super().environment(JMRP_NOW=None, **changes)  # Exim hands its programs no environment

    def example_options(self):
        """The lines of the transport, with our program in place of the installed one."""
        text = milter.example("exim", "token.conf").split("# --- remote_smtp\n")[1]
        self.assertEqual(text.count("/usr/bin/jmrp token"), 1)
        return text.replace("/usr/bin/jmrp token", f"{self.program} --config {self.config} token")

    def deliver(self, sent):
        """[(sender, recipient, fields)] -> what arrived."""
        refused = []
        server = exim.Exim(self.sink.port, more="domainlist local_domains = sender.example\n")
        path = server._configuration
        with open(path, encoding="ascii") as file:
            text = file.read()
        changed = text.replace("remote_smtp:\n  driver = smtp\n", "remote_smtp:\n  driver = smtp\n" + self.example_options(), 1)
        self.assertNotEqual(text, changed)
        with open(path, "w", encoding="ascii") as file:
            file.write(changed)
        with server:
            with smtplib.SMTP("127.0.0.1", server.port, local_hostname="app.sender.example", timeout=60) as smtp:
                smtp.ehlo()
                for sender, recipients, fields in sent:
                    self.assertEqual(smtp.mail(sender)[0], 250)
                    for recipient in recipients:
                        smtp.send(f"RCPT TO:<{recipient}>\r\n".encode())
                        code, said = smtp.getreply()
                        self.assertIn(code, (250, 501), (recipient, said))
                        if code == 501:  # no address, says Exim
                            refused.append(recipient)
                    if recipients[-1] in refused:
                        smtp.rset()
                        continue
                    self.assertEqual(smtp.data(fields + f"From: <{sender}>\r\nSubject: x\r\n\r\nx\r\n")[0], 250)
            server.try_until_empty()
            self.assertNotIn(" == ", server.log(), "something was put off")
            self.assertNotIn(" ** ", server.log(), "something bounced")
        return refused

    def test_each_recipient_gets_a_mail_with_the_own_token(self):
        self.succeed("token", "key", "new")
        with smtp_sink.Sink() as self.sink:
            to = [f"p{i}@outlook.example" for i in range(6)]
            self.deliver([(SENDER, to, "X-Jmrp-Token: forged\r\n"), ("stranger@other.example", ["a@outlook.example"], "")])
            found = {}
            for message in self.sink.messages:
                self.assertEqual(len(message.recipients), 1)
                found[message.recipients[0]] = headers_named(message, "X-Jmrp-Token")
        self.assertEqual(found.pop("a@outlook.example"), [], "what others send is not ours")
        self.assertEqual(sorted(found), to)
        for recipient, tokens in found.items():
            self.assertEqual(len(tokens), 1)
            self.assertEqual(self.json("token", "open", tokens[0])["claims"]["recipient"], recipient)

    def test_hostile_recipients_are_sealed_as_they_are_and_do_nothing_else(self):
        self.succeed("token", "key", "new")
        with smtp_sink.Sink() as self.sink:
            refused = self.deliver([(SENDER, [local + "@outlook.example"], "") for local in HOSTILE])
            self.assertLess(len(refused), 6, refused)
            self.assertEqual(len(self.sink.messages), len(HOSTILE) - len(refused))
            for message in self.sink.messages:
                tokens = headers_named(message, "X-Jmrp-Token")
                self.assertEqual(headers_named(message, "X-Evil"), [])
                self.assertLessEqual(len(tokens), 1)
                if tokens:
                    claims = self.json("token", "open", tokens[0])["claims"]
                    self.assertEqual(sorted(claims), ["recipient", "sealed_at"], "nothing was passed besides the recipient")
                    self.assertEqual(claims["recipient"], message.recipients[0].lower(), "$local_part is in lower case")
                else:
                    self.assertIn('"', message.recipients[0], "only what needs quotes goes without")
        self.assertFalse(os.path.exists(self.path("owned")))

    def test_mail_goes_without_a_token_where_there_is_no_key(self):
        with smtp_sink.Sink() as self.sink:
            self.deliver([(SENDER, ["a@outlook.example"], "X-Jmrp-Token: forged\r\n")])
            self.assertEqual([headers_named(message, "X-Jmrp-Token") for message in self.sink.messages], [[]])


class FromAnApplication(jmrp_test.JmrpTest):
    def send(self, sink, recipients):
        script = os.path.join(milter.SOURCE, "examples", "apps", "send_news.py")
        text = self.write("news.txt", "Good morning, grüße\n" + "long " * 300)
        subprocess.run([sys.executable, "-B", script, "--jmrp", self.program, "--server", f"127.0.0.1:{sink.port}", SENDER, "weekly",
                        text], input="\n".join(recipients), text=True, check=True, timeout=120, env=self.environment())

    def test_it_puts_the_token_in_two_places_of_each_mail(self):
        self.succeed("token", "key", "new")
        recipients = ["a@outlook.example", "b+c@outlook.example", "`id`${HOME}@outlook.example"]
        with smtp_sink.Sink() as sink:
            self.send(sink, recipients)
            self.assertEqual([message.recipients for message in sink.messages], [[one] for one in recipients])
            for message in sink.messages:
                for field in ("X-Jmrp-Token", "List-Unsubscribe"):
                    claims = self.json("token", "open", headers_named(message, field)[0])["claims"]
                    self.assertEqual(claims["recipient"], message.recipients[0])
                    self.assertEqual(claims["campaign"], "weekly")

    def test_it_sends_without_a_key(self):
        with smtp_sink.Sink() as sink:
            self.send(sink, ["a@outlook.example"])
            self.assertEqual([headers_named(message, "X-Jmrp-Token") for message in sink.messages], [[]])


class TheUnit(jmrp_test.JmrpTest):
    def test_systemd_understands_it(self):
        analyze = shutil.which("systemd-analyze")
        if not analyze:
            self.skipTest("there is no systemd-analyze")
        path = self.write("jmrp-milter.service",
                          milter.example("systemd", "jmrp-milter.service").replace("/usr/bin/jmrp", self.program)
                          .replace("User=jmrp", "User=nobody").replace("Group=jmrp", "Group=nogroup"))
        done = subprocess.run([analyze, "verify", path], capture_output=True, text=True, timeout=60, check=False)
        said = [line for line in done.stderr.splitlines() if "jmrp-milter" in line and "Unknown" in line or "ignoring" in line]
        self.assertEqual(said, [])


if __name__ == "__main__":
    jmrp_test.main()
