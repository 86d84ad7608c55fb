"""A Dovecot of its own on loopback: Maildirs below a temporary directory, TLS by a certificate authority of the test.

It needs no rights: as root it runs as nobody. `users` have passwords; a user's folders are plain directories on disk, so tests
deliver and look without a connection (`deliver`, `messages`), or as a second client (`client`).
"""
import contextlib
import grp
import imaplib
import itertools
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time

CONFIGURATION = """
base_dir = {base}/run
state_dir = {base}/state
log_path = {base}/log
protocols = imap
listen = 127.0.0.1
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
mail_uid = {user}
mail_gid = {group}
first_valid_uid = 1
first_valid_gid = 1
mail_home = {base}/mail/%u
mail_location = maildir:~/Maildir:UTF-8
mail_max_userip_connections = 200
mail_fsync = {fsync}
auth_mechanisms = {mechanisms}
auth_failure_delay = 0
auth_verbose = yes
{tls}
namespace inbox {{
  inbox = yes
  prefix = {prefix}
  separator = {separator}
}}
{small}
{passdb}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={base}/mail/%u
}}
service imap-login {{
  chroot =
  process_min_avail = 1
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
  }}
}}
service imap {{
  vsz_limit = 1G
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
protocol imap {{
  {capability}
}}
"""

SMALL = """
namespace small {{
  prefix = {prefix}Small{separator}
  separator = {separator}
  location = maildir:~/Small:UTF-8
}}
mail_plugins = quota
plugin {{
  quota = count:small:ns={prefix}Small{separator}
  quota_vsizes = yes
  quota_rule = *:messages={small}
}}
"""

PASSWORDS = """
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {base}/users
}}
"""

TOKENS = """
passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {base}/oauth2.conf
}}
"""

TOKENS_CONFIGURATION = """
tokeninfo_url = {url}?access_token=
username_attribute = email
active_attribute = active
active_value = true
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Authority:
    """A certificate authority, with keys of its own. `file` is what a client has to trust."""

    def __init__(self, directory):
        os.makedirs(directory, exist_ok=True)
        os.chmod(directory, 0o755)
        self._directory = directory
        self._count = itertools.count()
        self.file = os.path.join(directory, "ca.pem")
        self._key = os.path.join(directory, "ca.key")
        self._openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", self._key,
                      "-out", self.file, "-days", "30", "-subj", "/CN=Authority of a test")

    @staticmethod
    def _openssl(*arguments):
        subprocess.run(["openssl", *arguments], check=True, capture_output=True, timeout=60)

    def certificate(self, names="DNS:localhost,IP:127.0.0.1", days=30):
        """-> (file of the certificate, file of its key); readable for everybody: the server is another user perhaps."""
        stem = os.path.join(self._directory, f"server{next(self._count)}")
        extensions = stem + ".ext"
        with open(extensions, "w", encoding="ascii") as file:
            file.write(f"subjectAltName={names}\n")
        self._openssl("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", stem + ".key",
                      "-out", stem + ".csr", "-subj", "/CN=server")
        self._openssl("x509", "-req", "-in", stem + ".csr", "-CA", self.file, "-CAkey", self._key, "-CAcreateserial", "-days", str(days),
                      "-extfile", extensions, "-out", stem + ".pem")
        os.chmod(stem + ".key", 0o644)
        return stem + ".pem", stem + ".key"


class Dovecot:
    def __init__(self, certificate=None, users=None, small=None, prefix="", capability=None, token_url=None, fsync=True):
        """`certificate`: of Authority.certificate; without one it offers no TLS. `small`: how many messages the folders below
        `Small` may hold together. `capability`: what it announces in place of everything it can (the commands still work).
        `token_url`: where it asks about access tokens; it appends the token and expects JSON with "email" and "active"."""
        self._program = shutil.which("dovecot", path="/usr/sbin:" + os.environ["PATH"])
        if not self._program:
            raise AssertionError("Dovecot is not installed: this test needs the package dovecot-imapd")
        self._user = pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.getuid())
        self._base = tempfile.mkdtemp(prefix="jmrp-dovecot-")
        self._count = itertools.count(1)
        self.users = users or {"fbl": "Pa55-of-a-test"}
        self.port, self.tls_port = free_port(), free_port()
        self.prefix = prefix
        self.separator = "." if prefix else "/"
        self._daemon = None
        self._tls = certificate is not None
        values = {
            "base": self._base, "user": self._user.pw_name, "group": grp.getgrgid(self._user.pw_gid).gr_name,
            "uid": self._user.pw_uid, "gid": self._user.pw_gid, "fsync": "optimized" if fsync else "never",
            "mechanisms": "plain login" + (" oauthbearer xoauth2" if token_url else ""),
            "tls": f"ssl = yes\nssl_cert = <{certificate[0]}\nssl_key = <{certificate[1]}" if certificate else "ssl = no",
            "prefix": prefix, "separator": self.separator,
            "small": SMALL.format(prefix=prefix, separator=self.separator, small=small) if small is not None else "",
            "passdb": PASSWORDS.format(base=self._base) + (TOKENS.format(base=self._base) if token_url else ""),
            "port": self.port, "tls_port": self.tls_port if certificate else 0,
            "capability": f"imap_capability = {capability}" if capability else "",
        }
        self._write("dovecot.conf", CONFIGURATION.format(**values))
        self._write("users", "".join(f"{user}:{{PLAIN}}{password}\n" for user, password in self.users.items()))
        if token_url:
            self._write("oauth2.conf", TOKENS_CONFIGURATION.format(url=token_url))
        for name in ("run", "state", "mail"):
            os.mkdir(os.path.join(self._base, name), 0o755)
        for folder, _, files in os.walk(self._base):
            for path in [folder] + [os.path.join(folder, file) for file in files]:
                os.chown(path, self._user.pw_uid, self._user.pw_gid)

    def _write(self, name, text):
        with open(os.path.join(self._base, name), "w", encoding="utf-8") as file:
            file.write(text)

    def _identity(self):
        if os.geteuid() != 0:
            return {}
        return {"user": self._user.pw_uid, "group": self._user.pw_gid, "extra_groups": []}

    def __enter__(self):
        self.start()
        return self

    def start(self):
        with open(os.path.join(self._base, "said"), "wb") as said:
            self._daemon = subprocess.Popen([self._program, "-F", "-c", os.path.join(self._base, "dovecot.conf")], cwd=self._base,
                                            stdin=subprocess.DEVNULL, stdout=said, stderr=said, start_new_session=True,
                                            env={"PATH": os.environ["PATH"]}, **self._identity())
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and self._daemon.poll() is None:
            with contextlib.suppress(OSError):
                for port in (self.port, self.tls_port) if self._tls else (self.port,):
                    socket.create_connection(("127.0.0.1", port), timeout=5).close()
                return
            time.sleep(0.05)
        self.stop()
        said = self.log("said") + self.log()
        shutil.rmtree(self._base, ignore_errors=True)
        raise AssertionError("Dovecot does not answer: " + said[-3000:])

    def __exit__(self, *_):
        self.stop()
        shutil.rmtree(self._base, ignore_errors=True)

    def stop(self):
        """Mail and ports stay for the next start()."""
        if self._daemon.returncode is not None:
            return
        self._daemon.terminate()  # the master; it ends the others, but does not wait for those with clients
        deadline = time.monotonic() + 3
        while not os.waitid(os.P_PID, self._daemon.pid, os.WEXITED | os.WNOWAIT | os.WNOHANG) and time.monotonic() < deadline:
            time.sleep(0.02)
        os.killpg(self._daemon.pid, signal.SIGKILL)  # not reaped yet, so the number is still its own
        self._daemon.wait()

    def log(self, name="log"):
        try:
            with open(os.path.join(self._base, name), encoding="utf-8", errors="replace") as file:
                return file.read()
        except FileNotFoundError:
            return ""

    def maildir(self, folder="INBOX", user=None):
        """Where the folder lies. `folder` is without the namespace's prefix, its levels divided by `/`."""
        home = os.path.join(self._base, "mail", user or next(iter(self.users)))
        base = os.path.join(home, "Maildir")
        if folder.startswith("Small/"):
            base, folder = os.path.join(home, "Small"), folder[len("Small/"):]
        return base if folder == "INBOX" else os.path.join(base, "." + folder.replace("/", "."))

    def deliver(self, messages, folder="INBOX", user=None):
        """As a delivery agent does: each is one file of new/."""
        directory = self.maildir(folder, user)
        with self._acting_as_user():
            for name in ("cur", "new", "tmp"):
                os.makedirs(os.path.join(directory, name), exist_ok=True)
            for message in messages:
                name = f"{1764000000 + next(self._count)}.M0P0.test,S={len(message)}"
                with open(os.path.join(directory, "tmp", name), "wb") as file:
                    file.write(message)
                os.rename(os.path.join(directory, "tmp", name), os.path.join(directory, "new", name))

    @contextlib.contextmanager
    def _acting_as_user(self):
        if os.geteuid() != 0:
            yield
            return
        os.setegid(self._user.pw_gid)
        os.seteuid(self._user.pw_uid)
        try:
            yield
        finally:
            os.seteuid(0)
            os.setegid(0)

    def _files(self, folder, user):
        directory = self.maildir(folder, user)
        for name in ("new", "cur"):
            with contextlib.suppress(FileNotFoundError):
                yield from (os.path.join(directory, name, entry) for entry in os.listdir(os.path.join(directory, name)))

    def messages(self, folder="INBOX", user=None):
        """The bytes of all messages in it, in no order; nothing where the folder is not there."""
        found = []
        for path in self._files(folder, user):
            with open(path, "rb") as file:
                found.append(file.read())
        return found

    def count(self, folder="INBOX", user=None):
        return sum(1 for _ in self._files(folder, user))

    def flags(self, folder="INBOX", user=None):
        """The letters of the flags of each message, sorted: "S" seen, "T" deleted, "F" flagged, "a" and so on keywords."""
        return sorted(path.rsplit(":2,", 1)[1] if ":2," in path else "" for path in self._files(folder, user))

    def folders(self, user=None):
        directory = self.maildir(user=user)
        return sorted(["INBOX"] + [name[1:].replace(".", "/") for name in os.listdir(directory)
                                   if name.startswith(".") and os.path.isdir(os.path.join(directory, name, "cur"))])

    def forget_uids(self, folder="INBOX", user=None):
        """As after a restored backup: the folder has another UIDVALIDITY from now on."""
        directory = self.maildir(folder, user)
        for name in os.listdir(directory):
            if name.startswith(("dovecot-uidlist", "dovecot.index")):
                os.unlink(os.path.join(directory, name))

    @contextlib.contextmanager
    def client(self, user=None):
        """A second client, logged in."""
        user = user or next(iter(self.users))
        connection = imaplib.IMAP4("127.0.0.1", self.port, timeout=60)
        try:
            if self._tls:
                connection.starttls()  # checks nothing
            connection.login(user, self.users[user])
            yield connection
        finally:
            with contextlib.suppress(imaplib.IMAP4.error, OSError):
                connection.logout()
