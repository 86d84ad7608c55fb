"""From `jmrp init` on a fresh installation to a report that is believed, with the programs of Debian 12 at the border: what they
found out about a signature makes a report authentic, and what a stranger writes above his mail does not."""
import contextlib
import glob
import os
import re
import shutil
import smtplib
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import border
import debian_exim
import dkim
import dns_server
import jmrp_test
import postfix
import reports

REPORTER = "microsoft.com"
PROVIDER = ("mail-a.outbound.protection.outlook.com", "203.0.113.9")
DMARC = f"_dmarc.{REPORTER}", "v=DMARC1; p=reject"
SIGNED, UNSIGNED, FORGED = 1, 4, 7  # numbers of reports that name their recipient
SECRET = "fbl-3f9c01d2ab77@sender.example"
EXAMPLES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "examples")
JMRP = """#!/bin/sh
file=$(mktemp {directory}/arrived-XXXXXX)
tee "$file" | JMRP_CONFIG={directory}/jmrp.toml exec {program} "$@"
"""


def txt(name, value):
    return {(name, "TXT"): [value.encode("ascii")]}


class AtABorder(jmrp_test.JmrpTest):
    host = None

    @classmethod
    def setUpClass(cls):
        cls.keys = jmrp_test.tempfile.mkdtemp(prefix="jmrp-keys-")
        cls.addClassCleanup(shutil.rmtree, cls.keys)
        cls.key = dkim.Key(cls.keys, REPORTER)

    def setUp(self):
        super().setUp()
        os.unlink(self.config)
        self.stack = contextlib.ExitStack()
        self.addCleanup(self.stack.close)
        for name in ("etc", "usr/sbin", "usr/bin"):
            os.makedirs(self.path("root", name))

    def environment(self, **changes):
        return super().environment(JMRP_NOW=None, JMRP_ROOT=self.path("root"), **changes)

    # ---- the machine

    def install(self, name, script):
        os.chmod(self.write(f"root/usr/sbin/{name}", "#!/bin/sh\n" + script), 0o755)

    def show(self, path):
        """On the machine, under the name it has here."""
        place = self.path("root", path.lstrip("/"))
        os.makedirs(os.path.dirname(place), exist_ok=True)
        os.symlink(path, place)

    def follow(self, remedy, replaced=()):
        """Does what the doctor says, up to an "or"; what stands behind "under [...]" goes into the configuration."""
        for line in remedy:
            if line.startswith("or "):
                break
            key = re.fullmatch(r"under \[\w+\] in (\S+): ((\w+) = .*)", line)
            if key:
                with open(key[1], encoding="utf-8") as file:
                    text, count = re.subn(rf"(?m)^{key[3]} = .*$", key[2], file.read())
                self.assertEqual(count, 1, line)
                self.write("jmrp.toml", text)
                continue
            for old, new in (*replaced, ("/etc/", self.path("root", "etc", ""))):
                line = line.replace(old, new)
            done = subprocess.run(["sh", "-ec", line], capture_output=True, text=True, timeout=60, check=False,
                                  env={"PATH": self.path("root", "usr", "sbin") + ":/usr/bin:/bin"})
            self.assertEqual(done.returncode, 0, f"{line}: {done}")

    # ---- jmrp

    def init(self, address="fbl@sender.example"):
        """As root, and the database is given to the user that deliveries run as."""
        self.user = None
        if os.path.exists(self.config):
            os.unlink(self.config)
        said = self.succeed("init", "--config", self.config, "--network", "192.0.2.0/24", "--feedback-address", address,
                            environment={"JMRP_CONFIG": None})
        self.become_nobody()
        os.chmod(self.write("bin/jmrp", JMRP.format(directory=self.directory, program=self.program)), 0o755)
        return said

    def checks(self):
        user, self.user = self.user, None
        told = jmrp_test.json.loads(self.run_jmrp("doctor", "--json").stdout)
        self.user = user
        return {one["check"]: one for one in told["checks"]}

    def assert_state(self, name, state, found=""):
        check = self.checks()[name]
        self.assertEqual(check["state"], state, check)
        self.assertIn(found, check["found"])
        return check["remedy"]

    # ---- mail

    def mail(self, number):
        text = reports.report(number).decode().split("\n", 1)[1].replace("From: staff@hotmail.com", f"From: JMRP <staff@{REPORTER}>")
        if number == SIGNED:
            return dkim.signed(text, self.key)
        if number == FORGED:
            return (f"Authentication-Results: {self.host}; dmarc=pass header.from={REPORTER}; "
                    f"dkim=pass header.d={REPORTER}\n" + text)
        return text

    def arrived(self):
        return glob.glob(self.path("arrived-*"))

    def assert_believed_for_its_secret_address(self):
        (file,) = self.arrived()
        told = self.json("inspect", file)["authenticity"]
        self.assertEqual(told["verdict"], "authentic", told)
        self.succeed("settle")
        self.assertEqual([one["address"] for one in self.json("suppressions", "list")["suppressions"]], [reports.recipient(UNSIGNED)])
        self.assert_state("delivery", "ok", "jmrp ingest")
        self.assert_state("secret address", "ok")

    def assert_only_the_signed_one_counts(self, other):
        """`other`: what becomes of the two that nobody signed."""
        self.succeed("settle")
        verdicts = {}
        files = self.arrived()
        for file, line in zip(files, self.succeed("inspect", "--json", *files).splitlines(), strict=True):
            with open(file, encoding="utf-8") as arrived:
                text = arrived.read()
            number = next(number for number in (SIGNED, UNSIGNED, FORGED) if f"<report-{number}@" in text)
            verdicts[number] = jmrp_test.json.loads(line)["authenticity"]["verdict"]
        self.assertEqual(verdicts, {SIGNED: "authentic", UNSIGNED: other, FORGED: other})
        self.assertEqual([one["address"] for one in self.json("suppressions", "list")["suppressions"]], [reports.recipient(SIGNED)])
        waiting = [one["persons"][0] for one in self.json("review", "list")["reports"]]
        self.assertEqual(sorted(waiting), [reports.recipient(n) for n in (UNSIGNED, FORGED)] if other == "unverified" else [])
        outcomes = self.json("status")["outcomes"]
        self.assertEqual(outcomes.get("complaint-suppressed"), 1, outcomes)
        checks = self.checks()
        self.assertIn("1 are authentic", checks["verdicts"]["found"])
        self.assertIn("jmrp ingest", checks["delivery"]["found"])
        for name in ("configuration", "database", "mail server", "delivery", "own networks", "own domains", "authserv-ids", "signatures"):
            self.assertEqual(checks[name]["state"], "ok", checks[name])
        self.assertIn(f"{self.host} stands in", checks["authserv-ids"]["found"])


class BehindPostfix(AtABorder):
    host = "mail.sender.example"

    def postfix(self, more=""):
        pipe = f"|{self.path('bin', 'jmrp')} ingest"
        server = postfix.Postfix({"fbl": pipe, SECRET.split("@")[0]: pipe},
                                 more=f"smtpd_authorized_xclient_hosts = 127.0.0.1\n{more}")
        self.addCleanup(shutil.rmtree, server._base, ignore_errors=True)
        conf = os.path.join(server._base, "conf")
        self.install("postconf", f'exec /usr/sbin/postconf -c {conf} "$@"\n')
        for name in ("main.cf", "master.cf"):
            self.write(f"root/etc/postfix/{name}", "")
        self.show(os.path.join(conf, "aliases"))
        return server

    def become_debian(self):
        """What a remedy calls besides postconf."""
        self.install("apt-get", f"[ $1 = install ] && cp {border.unpacked('opendkim')}/etc/opendkim.conf {self.path('root', 'etc')}\n")
        for name in ("systemctl", "postfix"):
            self.install(name, "")

    def send_all(self, server, numbers=(SIGNED, UNSIGNED, FORGED), to="fbl@sender.example"):
        self.stack.enter_context(server)
        for number in numbers:
            with smtplib.SMTP("127.0.0.1", server.port, timeout=60) as smtp:
                smtp.ehlo(PROVIDER[0])
                self.assertEqual(smtp.docmd("XCLIENT", f"NAME={PROVIDER[0]} ADDR={PROVIDER[1]}")[0], 220)
                smtp.ehlo(PROVIDER[0])
                smtp.sendmail(f"staff@{REPORTER}", [to], self.mail(number).encode())
        server.wait_until_empty(60)
        self.assertEqual(server.log().count("status=sent"), len(numbers), server.log())

    def test_without_a_border_a_secret_address_does(self):
        server = self.postfix()
        self.init(SECRET)
        self.send_all(server, [UNSIGNED], SECRET)
        self.assert_believed_for_its_secret_address()

    def test_without_a_border_the_doctor_says_how_to_add_opendkim(self):
        server = self.postfix()
        self.assertIn("authserv-ids  nothing found", self.init())
        remedy = self.assert_state("authserv-ids", "missing", "nothing here was found that writes Authentication-Results")
        milter = self.stack.enter_context(border.OpenDkim(self.key.line()))
        self.become_debian()
        self.follow(remedy, [("8891", str(milter.port))])
        with open(self.path("root", "etc", "opendkim.conf"), encoding="utf-8") as file:
            self.assertIn(f"\nSocket inet:{milter.port}@127.0.0.1\n", file.read())
        self.follow(self.assert_state("authserv-ids", "missing", f"/etc/opendkim.conf says {self.host}"))
        self.assert_state("authserv-ids", "ok")
        self.send_all(server)
        self.assert_only_the_signed_one_counts("unverified")

    def test_opendkim_that_postfix_does_not_call(self):
        self.postfix()
        milter = border.OpenDkim(self.key.line())
        self.addCleanup(shutil.rmtree, milter.base)
        self.write("root" + milter.file, milter.text)
        self.init()
        remedy = "\n".join(self.assert_state("authserv-ids", "missing", "OpenDKIM is set up here, but Postfix calls no milter"))
        self.assertIn("postconf 'smtpd_milters = ", remedy)

    def test_opendkim_and_opendmarc(self):
        milters = [self.stack.enter_context(border.OpenDkim(self.key.line())),
                   self.stack.enter_context(border.OpenDmarc(" ".join(DMARC) + "\n"))]
        server = self.postfix(f"smtpd_milters = {', '.join(milter.socket for milter in milters)}\n")
        for milter in milters:
            self.write("root" + milter.file, milter.text)
        said = self.init()
        self.assertIn(f"authserv-ids  {self.host}   [{milters[0].file}]", said)
        self.send_all(server)
        self.assert_only_the_signed_one_counts("forged")

    def test_opendmarc_that_knows_no_signatures_refutes_every_report(self):
        milter = self.stack.enter_context(border.OpenDmarc(" ".join(DMARC) + "\n"))
        server = self.postfix(f"smtpd_milters = {milter.socket}\n")
        self.write("root" + milter.file, milter.text)
        self.assertIn("note: OpenDMARC is here without OpenDKIM", self.init())
        self.assertEqual(self.checks()["verdicts"]["state"], "ok")
        self.send_all(server, [SIGNED])
        self.succeed("settle")
        remedy = self.assert_state("verdicts", "broken", "0 are authentic, 0 unverified, 1 forged")
        self.assertIn("opendkim, then opendmarc", remedy[-1])
        self.become_debian()
        self.follow(remedy[:-1])
        milters = subprocess.run([self.path("root", "usr", "sbin", "postconf"), "-h", "smtpd_milters"], capture_output=True, text=True,
                                 check=True).stdout.strip()
        self.assertEqual(milters, f"inet:127.0.0.1:8891, {milter.socket}", "whose results the other needs comes first")

    def rspamd(self, headers):
        names = self.stack.enter_context(dns_server.DnsServer(txt(self.key.name, self.key.record) | txt(*DMARC)))
        milter = self.stack.enter_context(border.Rspamd(names, {"milter_headers.conf": headers} if headers else {}))
        server = self.postfix(f"smtpd_milters = {milter.socket}\n")
        shutil.copytree(milter.path("etc"), self.path("root", "etc", "rspamd"))
        return server

    def test_rspamd_with_our_example(self):
        with open(os.path.join(EXAMPLES, "rspamd", "milter_headers.conf"), encoding="utf-8") as file:
            server = self.rspamd(file.read())
        self.assertIn(f"authserv-ids  {self.host}   [/etc/rspamd/local.d/milter_headers.conf]", self.init())
        self.send_all(server)
        self.assert_only_the_signed_one_counts("forged")

    def test_rspamd_by_itself_writes_where_a_stranger_could(self):
        server = self.rspamd('use = ["authentication-results"];\n')
        self.assertIn("below the Received field", self.init())
        remedy = self.assert_state("authserv-ids", "missing", "below the Received field")
        self.assertIn("examples/rspamd/milter_headers.conf", "\n".join(remedy))
        self.send_all(server, [SIGNED])
        self.assertEqual(self.json("suppressions", "list")["suppressions"], [])


class BehindExim(AtABorder):
    host = "mx.sender.example"

    def setUp(self):
        super().setUp()
        os.chmod(self.directory, 0o755)  # Exim reads its configuration as the user Debian-exim
        names = self.stack.enter_context(dns_server.DnsServer(txt(self.key.name, self.key.record), host="127.83.11.7", port=53))
        self.exim = self.stack.enter_context(debian_exim.DebianExim(names))
        self.install("exim4", f'exec {self.exim.command} "$@"\n')
        self.install("update-exim4.conf", f"exec bash {border.unpacked('exim-config')}/usr/sbin/update-exim4.conf "
                                          f"-d {self.exim.etc} -o {self.exim.configuration}\n")
        self.install("systemctl", "")
        os.symlink(self.exim.etc, self.path("root", "etc", "exim4"))
        with open(os.path.join(EXAMPLES, "exim", "jmrp.conf"), encoding="utf-8") as file:
            router, transport = file.read().split("# --- transports\n")
        for old, new in (("reports.example", "sender.example"), ("fbl-7d1f0c", "fbl : " + SECRET.split("@")[0])):
            router = router.replace(old, new)
        for old, new in (("/usr/bin/jmrp", self.path("bin", "jmrp")), ("= jmrp\n", "= nobody\n"), ("group = nobody", "group = nogroup")):
            transport = transport.replace(old, new)
        self.exim.write("conf.d/router/100_jmrp", router)
        self.exim.write("conf.d/transport/10_jmrp", transport)
        self.exim.update()

    def send_all(self, numbers=(SIGNED, UNSIGNED, FORGED), to="fbl@sender.example"):
        for number in numbers:
            self.exim.send(self.mail(number).encode(), f"staff@{REPORTER}", to)
        self.assertEqual(self.exim.log().count(" Completed"), len(numbers), self.exim.log())

    def test_without_a_border_a_secret_address_does(self):
        self.init(SECRET)
        self.send_all([UNSIGNED], SECRET)
        self.assert_believed_for_its_secret_address()

    def test_without_results_the_doctor_says_how_to_add_them(self):
        said = self.init()
        self.assertIn("news.sender.example   [exim -bP +local_domains]", said)
        self.assertIn("authserv-ids  nothing found", said)
        remedy = self.assert_state("authserv-ids", "missing", "nothing here was found that writes Authentication-Results")
        self.follow(remedy)
        self.follow(self.assert_state("authserv-ids", "missing", self.host))
        self.assert_state("authserv-ids", "ok")
        self.send_all()
        self.assert_only_the_signed_one_counts("unverified")

    def test_results_that_are_there_already(self):
        self.exim.write("check_data_local", "warn add_header = :at_start:${authresults {$primary_hostname}}\n")
        with open(os.path.join(self.exim.etc, "conf.d/main/000_localmacros"), "a", encoding="ascii") as file:
            file.write(f"CHECK_DATA_LOCAL_ACL_FILE = {self.exim.etc}/check_data_local\n")
        self.exim.update()
        self.assertRegex(self.init(), rf"authserv-ids  {self.host}   \[")
        self.send_all()
        self.assert_only_the_signed_one_counts("unverified")


if __name__ == "__main__":
    jmrp_test.main()
