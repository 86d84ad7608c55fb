"""A Postfix of its own: all directories apart from the system's, one port on the loopback, no DNS, ended by its own files."""
import contextlib
import json
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time

MAIN_CF = """
compatibility_level = 3.6
queue_directory = {base}/queue
data_directory = {base}/data
command_directory = {commands}
daemon_directory = {daemons}
mail_owner = postfix
setgid_group = postdrop
maillog_file = {base}/log/mail.log
maillog_file_prefixes = {base}/log
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
myhostname = mail.sender.example
mydestination = sender.example
alias_maps = hash:{base}/conf/aliases
alias_database =
local_recipient_maps = $alias_maps
default_transport = error:nothing leaves this host
smtpd_peername_lookup = no
smtp_dns_support_level = disabled
smtpd_relay_restrictions = reject_unauth_destination
local_destination_concurrency_limit = 8
default_process_limit = 40
default_privs = nobody
command_time_limit = 60s
"""

MASTER_CF = """
127.0.0.1:{port} inet n - n - - smtpd
pickup    unix  n - n 60 1 pickup
cleanup   unix  n - n - 0 cleanup
qmgr      unix  n - n 300 1 qmgr
rewrite   unix  - - n - - trivial-rewrite
bounce    unix  - - n - 0 bounce
defer     unix  - - n - 0 bounce
trace     unix  - - n - 0 bounce
verify    unix  - - n - 1 verify
flush     unix  n - n 1000? 0 flush
proxymap  unix  - - n - - proxymap
showq     unix  n - n - - showq
error     unix  - - n - - error
retry     unix  - - n - - error
local     unix  - n n - - local
anvil     unix  - - n - 1 anvil
postlog   unix-dgram n - n - 1 postlogd
"""

# With these in place of the last lines of MAIN_CF it relays everything that is not local to one port on the loopback,
# out1.example to another address than the others.
RELAY_CF = """
default_transport = smtp:[127.0.0.1]:{relay_port}
transport_maps = inline:{{ out1.example=out1:[127.0.0.2]:{relay_port} }}
smtpd_relay_restrictions = permit_mynetworks, reject
"""

RELAY_MASTER_CF = """
smtp      unix  - - n - - smtp
out1      unix  - - n - - smtp
    -o syslog_name=postfix-out1
"""


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Postfix:
    def __init__(self, aliases, relay_port=None, more=""):
        """`more` goes to the end of main.cf."""
        if os.geteuid() != 0:
            raise AssertionError("this test starts a Postfix, which only root can")
        self._postfix = shutil.which("postfix", path="/usr/sbin:/usr/local/sbin:" + os.environ["PATH"])
        if not self._postfix:
            raise AssertionError("Postfix is not installed: this test needs the package postfix")
        commands = os.path.dirname(self._postfix)
        daemons = subprocess.run([os.path.join(commands, "postconf"), "-dh", "daemon_directory"], check=True, capture_output=True,
                                 text=True).stdout.strip()
        self._base = tempfile.mkdtemp(prefix="jmrp-postfix-")
        os.chmod(self._base, 0o755)
        for name in ("conf", "queue", "data", "log"):
            os.mkdir(os.path.join(self._base, name), 0o755)
        os.chown(os.path.join(self._base, "data"), pwd.getpwnam("postfix").pw_uid, -1)
        self.port = _free_port()
        self._commands = commands
        relay = RELAY_CF.format(relay_port=relay_port) if relay_port else ""
        main = MAIN_CF.format(base=self._base, commands=commands, daemons=daemons)
        overridden = [line.split("=")[0] for line in relay.splitlines() if "=" in line]
        main = "".join(line + "\n" for line in main.splitlines() if line.split("=")[0] not in overridden)
        self._write("main.cf", main + relay + more)
        self._write("master.cf", MASTER_CF.format(port=self.port) + (RELAY_MASTER_CF if relay_port else ""))
        self._write("aliases", "".join(f'{name}: "{target}"\n' for name, target in aliases.items()))
        self._command("postalias", "hash:" + os.path.join(self._base, "conf", "aliases"))

    def _write(self, name, text):
        with open(os.path.join(self._base, "conf", name), "w", encoding="ascii") as file:
            file.write(text)

    def _command(self, name, *arguments, check=True):
        ran = subprocess.run([os.path.join(self._commands, name), "-c", os.path.join(self._base, "conf"), *arguments], timeout=60,
                             capture_output=True, text=True, check=False)
        if check and ran.returncode != 0:
            raise AssertionError(f"{name} {arguments}: {ran.stdout} {ran.stderr} {self.log()[-3000:]}")
        return ran.stdout

    def __enter__(self):
        self._command("postfix", "start")
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=5).close()
                return self
            except OSError:
                time.sleep(0.1)
        log = self.log()
        self.__exit__()
        raise AssertionError("Postfix does not answer: " + log[-3000:])

    def __exit__(self, *_):
        with contextlib.suppress(FileNotFoundError):
            with open(os.path.join(self._base, "queue", "pid", "master.pid"), encoding="ascii") as file:
                group = int(file.read())
            self._command("postfix", "abort", check=False)
            self._wait_for_the_end_of(group)
        shutil.rmtree(self._base, ignore_errors=True)

    @staticmethod
    def _wait_for_the_end_of(group):
        """The master leads the group of all its processes."""
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            try:
                os.killpg(group, 0)
            except ProcessLookupError:
                return
            time.sleep(0.05)
        raise AssertionError(f"Postfix does not end: process group {group}")

    def log_path(self):
        return os.path.join(self._base, "log", "mail.log")

    def log(self):
        try:
            with open(self.log_path(), encoding="utf-8", errors="replace") as file:
                return file.read()
        except FileNotFoundError:
            return ""

    def sendmail(self, sender, recipients, message):
        """Submits it on this host, by the sendmail command."""
        program = os.path.join(self._commands, "sendmail")
        subprocess.run([program, "-C", os.path.join(self._base, "conf"), "-i", "-f", sender, "--", *recipients], check=True,
                       timeout=60, input=message.replace("\r\n", "\n").encode())

    def queue(self):
        """What waits, each with the name of its queue: incoming, active, deferred."""
        return [json.loads(line)["queue_name"] for line in self._command("postqueue", "-j").splitlines()]

    def wait_until(self, condition, what, seconds):
        deadline = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > deadline:
                raise AssertionError(f"not within {seconds} s: {what}; queue {self.queue()[:20]}; {self.log()[-3000:]}")
            time.sleep(0.2)

    def wait_until_empty(self, seconds=240):
        """With everything that is deferred tried again, and again: tries that meet each other may put one off once more."""
        last = -5.0

        def empty():
            nonlocal last
            queue = self.queue()
            if "deferred" in queue and time.monotonic() - last > 5:
                last = time.monotonic()
                self._command("postqueue", "-f")
            return not queue

        self.wait_until(empty, "the queue is empty", seconds)

    def try_until_empty(self, seconds=240):
        """The same, with at least a second between two tries of one message: its log tells whole seconds."""

        def empty():
            queue = self.queue()
            if set(queue) == {"deferred"}:
                time.sleep(1.1)
                self._command("postqueue", "-f")
            return not queue

        self.wait_until(empty, "the queue is empty", seconds)
