"""A Mailman 3 in a directory of its own: the REST server alone, without mail and without any other of its processes."""
import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

# scripts/install-packages.sh unpacks it there, with the libraries that it wants; it would set up a service otherwise.
ROOTS = ("/usr/local/lib/jmrp-test/mailman3/usr", "/usr")
USER, SECRET = "restadmin", "r3st-s3cr3t"
PATIENCE = 120


class Mailman:
    def __init__(self, directory, lists):
        self.root = next((root for root in ROOTS if os.access(os.path.join(root, "lib/mailman3/bin/runner"), os.R_OK)), None)
        if not self.root:
            raise AssertionError("Mailman 3 is not there: scripts/install-packages.sh test unpacks it")
        self.directory = directory
        os.makedirs(directory)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.config = os.path.join(directory, "mailman.cfg")
        with open(self.config, "w", encoding="ascii") as file:
            file.write(f"""[mailman]
layout: here
[paths.here]
var_dir: {directory}
[database]
class: mailman.database.sqlite.SQLiteDatabase
url: sqlite:///{directory}/mailman.db
[webservice]
hostname: 127.0.0.1
port: {self.port}
admin_user: {USER}
admin_pass: {SECRET}
[mta]
incoming: mailman.mta.null.NullMTA
""")
        for name in lists:
            subprocess.run(self.command("mailman", *(["--run-as-root"] if os.geteuid() == 0 else []), "-C", self.config, "create", "-d", name),
                           env=self.environment(), check=True, capture_output=True, timeout=PATIENCE)
        self.log = open(os.path.join(directory, "rest.log"), "wb")
        self.process = subprocess.Popen(self.command("runner", "-C", self.config, "--runner=rest"), env=self.environment(),
                                        stdout=self.log, stderr=self.log, cwd=directory)

    def command(self, name, *arguments):
        return [sys.executable, "-B", os.path.join(self.root, "lib/mailman3/bin", name), *arguments]

    def environment(self):
        return {"PATH": os.environ["PATH"], "HOME": self.directory, "PYTHONPATH": os.path.join(self.root, "lib/python3/dist-packages")}

    def __enter__(self):
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                self.ask("GET", "/3.1/system/versions")
                return self
            except urllib.error.URLError as error:
                if time.monotonic() > deadline or self.process.poll() is not None:
                    self.__exit__()
                    with open(self.log.name, encoding="utf-8", errors="replace") as log:
                        raise AssertionError(f"Mailman does not start: {error}; {log.read()[-2000:]}") from error
                time.sleep(0.2)

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()

    def ask(self, method, path, **form):
        request = urllib.request.Request(self.url + path, method=method, data=urllib.parse.urlencode(form).encode() if form else None)
        passwords = urllib.request.HTTPPasswordMgrWithPriorAuth()
        passwords.add_password(None, self.url, USER, SECRET, is_authenticated=True)
        opener = urllib.request.build_opener(urllib.request.HTTPBasicAuthHandler(passwords), urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=60) as answer:
            body = answer.read()
        return json.loads(body) if body else {}

    def subscribe(self, list_id, *addresses):
        for address in addresses:
            self.ask("POST", "/3.1/members", list_id=list_id, subscriber=address, pre_verified=True, pre_confirmed=True,
                     pre_approved=True, send_welcome_message=False)

    def members(self, list_id):
        found = self.ask("GET", f"/3.1/lists/{list_id}/roster/member")
        return sorted(entry["email"] for entry in found.get("entries", []))

    def bans(self, list_id=None):
        found = self.ask("GET", f"/3.1/lists/{list_id}/bans" if list_id else "/3.1/bans")
        return sorted(entry["email"] for entry in found.get("entries", []))
