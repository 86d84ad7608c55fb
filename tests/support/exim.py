"""An Exim of its own: spool, log and configuration apart from the system's, one port on the loopback, relays all to one port."""
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time

from postfix import _free_port as free_port

# Debian's package conflicts with Postfix, so scripts/install-packages.sh unpacks it there.
PLACES = ("/usr/local/lib/jmrp-test/exim/usr/sbin/exim4", "/usr/sbin/exim4")

CONFIGURATION = """
exim_path = {program}
exim_user = {user}
exim_group = {group}
spool_directory = {base}/spool
log_file_path = {base}/log/%slog
pid_file_path = {base}/exim.pid
primary_hostname = mail.sender.example
local_interfaces = <; 127.0.0.1
daemon_smtp_ports = {port}
deliver_drop_privilege = true
host_lookup =
rfc1413_hosts =
tls_advertise_hosts =
keep_environment =
smtp_accept_queue_per_connection = 0
smtp_accept_max = 0
queue_run_max = 4
dns_ipv4_lookup =
allow_domain_literals = false
ignore_bounce_errors_after = 0s
acl_smtp_rcpt = accept
log_selector = {log_selector}
{more}
begin routers
bounces:
  driver = redirect
  senders = :
  data = :blackhole:
{routers}smarthost_out1:
  driver = manualroute
  domains = out1.example
  route_list = * 127.0.0.2 byname
  transport = out1_smtp
  self = send
smarthost:
  driver = manualroute
  route_list = * 127.0.0.1 byname
  transport = remote_smtp
  self = send
begin transports
remote_smtp:
  driver = smtp
  port = {relay_port}
  allow_localhost
  hosts_avoid_tls = *
out1_smtp:
  driver = smtp
  port = {relay_port}
  allow_localhost
  hosts_avoid_tls = *
begin retry
* * F,1h,1s
"""


class Exim:
    def __init__(self, relay_port, log_selector="+outgoing_interface", more="", routers=""):
        if os.geteuid() != 0:
            raise AssertionError("this test starts an Exim, which only root can")
        self._program = next((place for place in PLACES if os.access(place, os.X_OK)), None)
        if not self._program:
            raise AssertionError("Exim is not there: scripts/install-packages.sh test unpacks it")
        self._base = tempfile.mkdtemp(prefix="jmrp-exim-")
        os.chmod(self._base, 0o755)
        user = pwd.getpwnam("nobody")
        for name in ("spool", "log"):
            os.mkdir(os.path.join(self._base, name), 0o755)
            os.chown(os.path.join(self._base, name), user.pw_uid, user.pw_gid)
        self.port = free_port()
        self._configuration = os.path.join(self._base, "exim.conf")
        with open(self._configuration, "w", encoding="ascii") as file:
            file.write(CONFIGURATION.format(program=self._program, user=user.pw_uid, group=user.pw_gid, base=self._base,
                                            port=self.port, relay_port=relay_port, log_selector=log_selector, more=more,
                                            routers=routers))
        self._daemon = None

    def __enter__(self):
        self._daemon = subprocess.Popen([self._program, "-C", self._configuration, "-bdf"], stdin=subprocess.DEVNULL,
                                        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True)
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and self._daemon.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=5).close()
                return self
            except OSError:
                time.sleep(0.1)
        self._daemon.kill()
        said = self._daemon.communicate()[0]
        self.__exit__()
        raise AssertionError(f"Exim does not answer: {said!r} {self.log()[-3000:]}")

    def __exit__(self, *_):
        try:
            os.killpg(self._daemon.pid, signal.SIGTERM)
        except ProcessLookupError:
            pass
        self._daemon.communicate(timeout=30)
        shutil.rmtree(self._base, ignore_errors=True)

    def log_path(self):
        return os.path.join(self._base, "log", "mainlog")

    def log(self):
        try:
            with open(self.log_path(), encoding="utf-8", errors="replace") as file:
                return file.read()
        except FileNotFoundError:
            return ""

    def _command(self, *arguments):
        return subprocess.run([self._program, "-C", self._configuration, *arguments], timeout=120, check=True, capture_output=True,
                              text=True).stdout

    def try_until_empty(self, seconds=240):
        """With everything that waits tried again, and again."""
        deadline = time.monotonic() + seconds
        while int(self._command("-bpc") or 0) > 0:
            if time.monotonic() > deadline:
                raise AssertionError(f"not empty within {seconds} s: {self._command('-bp')} {self.log()[-3000:]}")
            time.sleep(1.1)  # its log tells whole seconds: two tries in one would look like one
            self._command("-qff")
