"""What checks signatures at the border of a mail server: Debian's OpenDKIM, OpenDMARC and rspamd, as milters on the loopback.

Each runs with the configuration that its package brings; changed are the places of its files, its user and the names it asks.
Their packages would start services, so scripts/install-packages.sh unpacks them only.
"""
import contextlib
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time

from postfix import _free_port as free_port

UNPACKED = "/usr/local/lib/jmrp-test"


def unpacked(*names):
    path = os.path.join(UNPACKED, *names)
    if not os.path.exists(path):
        raise AssertionError(f"{path} is not there: scripts/install-packages.sh test unpacks it")
    return path


def as_installed(package, path, changed):
    """A configuration file of a package, without the lines of the settings in `changed`, which go to its end."""
    with open(unpacked(package, path.lstrip("/")), encoding="utf-8") as file:
        kept = [line for line in file if not re.match(r"(%s)\s" % "|".join(changed), line)]
    return "".join(kept) + "".join(f"{name} {value}\n" for name, value in changed.items() if value is not None)


class Milter:
    """One program, run as nobody. `socket` is its place as Postfix names it."""

    seconds_to_start = 30

    def __init__(self):
        self.base = tempfile.mkdtemp(prefix="jmrp-border-")
        self.user = pwd.getpwnam("nobody")
        self.port = free_port()
        self.socket = f"inet:127.0.0.1:{self.port}"
        self._process = None
        os.chmod(self.base, 0o755)

    def path(self, *names):
        return os.path.join(self.base, *names)

    def write(self, name, text):
        os.makedirs(os.path.dirname(self.path(name)), exist_ok=True)
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text)
        return self.path(name)

    def command(self):
        """-> arguments, changes of the environment"""
        raise NotImplementedError

    def __enter__(self):
        arguments, environment = self.command()
        for folder, _, files in os.walk(self.base):
            for entry in [folder] + [os.path.join(folder, name) for name in files]:
                os.chown(entry, self.user.pw_uid, self.user.pw_gid)
        with open(self.path("said"), "wb") as said:
            self._process = subprocess.Popen(arguments, env={**os.environ, **environment}, stdin=subprocess.DEVNULL, stdout=said,
                                             stderr=said, cwd=self.base, user=self.user.pw_uid, group=self.user.pw_gid,
                                             extra_groups=[], start_new_session=True)
        deadline = time.monotonic() + self.seconds_to_start
        while time.monotonic() < deadline and self._process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=5).close()
                return self
            except OSError:
                time.sleep(0.1)
        said = self.said()
        self.__exit__()
        raise AssertionError(f"{arguments[0]} does not answer: {said[-3000:]}")

    def __exit__(self, *_):
        for how in (signal.SIGTERM, signal.SIGKILL):  # libmilter takes up to five seconds to notice that it shall end
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, how)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(1)
        shutil.rmtree(self.base, ignore_errors=True)

    def said(self):
        with open(self.path("said"), encoding="utf-8", errors="replace") as file:
            return file.read()


class OpenDkim(Milter):
    file = "/etc/opendkim.conf"  # of the machine

    def __init__(self, key_lines):
        super().__init__()
        keys = self.write("keys", key_lines)
        self.text = as_installed("opendkim", self.file, {
            "Socket": f"inet:{self.port}@127.0.0.1", "PidFile": None, "UserID": None, "TrustAnchorFile": None, "TestPublicKeys": keys})

    def command(self):
        return [unpacked("opendkim", "usr/sbin/opendkim"), "-f", "-x", self.write("opendkim.conf", self.text)], {}


class OpenDmarc(Milter):
    file = "/etc/opendmarc.conf"

    def __init__(self, name_lines):
        super().__init__()
        names = self.write("names", name_lines)
        self.text = as_installed("opendmarc", self.file, {
            "Socket": f"inet:{self.port}@127.0.0.1", "PidFile": None, "UserID": None, "TestDNSData": names})

    def command(self):
        return [unpacked("opendmarc", "usr/sbin/opendmarc"), "-f", "-c", self.write("opendmarc.conf", self.text)], {}


class Rspamd(Milter):
    """It scans by itself and has no redis, so what needs a memory does nothing."""

    def __init__(self, name_server, local=None):
        """`local`: name in /etc/rspamd/local.d -> text."""
        super().__init__()
        shutil.copytree(unpacked("rspamd", "etc/rspamd"), self.path("etc"))
        few = self.write("suffixes", "com\nexample\n")  # it takes half a minute to read in all there are
        local_files = {
            "options.inc": f'url_tld = "{few}";\ndns {{ nameserver = ["{name_server.address}:1"]; }}\n',
            "worker-normal.inc": "enabled = false;\n",
            "worker-controller.inc": "enabled = false;\n",
            "worker-proxy.inc": f'bind_socket = "127.0.0.1:{self.port}";\nupstream "local" {{ default = yes; self_scan = yes; }}\n',
            **(local or {}),
        }
        for name, text in local_files.items():
            self.write(f"etc/local.d/{name}", text)
        for name in ("db", "log", "run"):
            os.mkdir(self.path(name))

    def command(self):
        share = unpacked("rspamd", "usr/share/rspamd")
        places = {"CONFDIR": self.path("etc"), "LOCAL_CONFDIR": self.path("etc"), "DBDIR": self.path("db"),
                  "RUNDIR": self.path("run"), "LOGDIR": self.path("log"), "SHAREDIR": share, "RULESDIR": share + "/rules",
                  "LUALIBDIR": share + "/lualib", "PLUGINSDIR": share + "/plugins", "WWWDIR": share + "/www"}
        arguments = [unpacked("rspamd", "usr/bin/rspamd"), "-f", "-c", self.path("etc", "rspamd.conf")]
        for name, place in places.items():
            arguments += ["--var", f"{name}={place}"]
        return arguments, {"LD_LIBRARY_PATH": unpacked("rspamd", "usr/lib/rspamd")}

    def said(self):
        text = super().said()
        if os.path.exists(self.path("log", "rspamd.log")):
            with open(self.path("log", "rspamd.log"), encoding="utf-8", errors="replace") as file:
                text += file.read()
        return text
