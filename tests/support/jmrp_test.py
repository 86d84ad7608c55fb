"""What the end-to-end tests share: the program (environment JMRP), a directory of their own, and how to read the answer."""
import contextlib
import json
import os
import pwd
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import unittest

import jsonschema

import reports

TRY_AGAIN = 75
SANITIZED = os.environ.get("JMRP_SANITIZED") == "1"
IS_ROOT = os.geteuid() == 0
# Most tests are not about authenticity: for them every report counts as a provider's, as where nobody else can write to the
# feedback address.
TRUSTING = """
[policy]
act_on = "unverified"
believe_report_fields = true
pace_per_hour = 0
"""
# Waits are for broken programs only: a sanitized one on a busy machine is slow.
PATIENCE = 300 if SANITIZED else 120


def program():
    path = os.environ.get("JMRP")
    if not path or not os.access(path, os.X_OK):
        raise SystemExit("JMRP in the environment must name the built program, such as JMRP=build/bin/jmrp")
    return os.path.abspath(path)


class Result:
    def __init__(self, arguments, status, stdout, stderr):
        self.arguments = arguments
        self.status = status
        self.stdout = stdout
        self.stderr = stderr

    def __str__(self):
        return f"{self.arguments}: status {self.status}, stdout {self.stdout[:500]!r}, stderr {self.stderr[:2000]!r}"


class JmrpTest(unittest.TestCase):
    maxDiff = 4000

    def setUp(self):
        self.directory = tempfile.mkdtemp(prefix="jmrp-test-")
        self.addCleanup(shutil.rmtree, self.directory, ignore_errors=True)
        self.program = program()
        self.database = self.path("jmrp.db")
        self.config = self.write("jmrp.toml", "[database]\nbusy_timeout_ms = 20000\n" + TRUSTING)
        self.user = None  # whom run() runs as: None, or a pwd entry

    def path(self, *names):
        return os.path.join(self.directory, *names)

    def write(self, name, content):
        path = self.path(name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(content.encode() if isinstance(content, str) else content)
        return path

    def environment(self, **changes):
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": self.directory,
            "JMRP_DATABASE": self.database,
            "JMRP_CONFIG": self.config,
            "JMRP_NOW": str(reports.NOW),
        }
        for name, value in os.environ.items():
            if name.endswith("SAN_OPTIONS"):
                environment[name] = value
        environment.update(changes)
        return {name: value for name, value in environment.items() if value is not None}

    def popen(self, *arguments, environment=None, **more):
        if self.user is not None and "user" not in more:
            more.update(user=self.user.pw_uid, group=self.user.pw_gid, extra_groups=[])
        return subprocess.Popen(
            [self.program, *arguments],
            env=self.environment(**(environment or {})),
            **{"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **more},
        )

    def run_jmrp(self, *arguments, stdin=b"", environment=None, **more):
        if hasattr(stdin, "fileno") or isinstance(stdin, int):
            more["stdin"] = stdin
            stdin = None
        with self.popen(*arguments, environment=environment, **more) as process:
            try:
                stdout, stderr = process.communicate(stdin, timeout=PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
                raise
        return Result(arguments, process.returncode, stdout or b"", stderr or b"")

    def deliver(self, message, *options, **more):
        """As the end of an alias pipe does."""
        return self.run_jmrp("ingest", *options, stdin=message, **more)

    def succeed(self, *arguments, **more):
        result = self.run_jmrp(*arguments, **more)
        self.assertEqual(result.status, 0, str(result))
        return result.stdout.decode()

    def json(self, *arguments, **more):
        return json.loads(self.succeed(*arguments, "--json", **more))

    def dump(self, **more):
        return self.succeed("dump", **more)

    def kept(self, **more):
        """How many messages the database holds."""
        return self.json("status", **more)["messages"]

    def assert_kept(self, result):
        self.assertEqual(result.status, 0, str(result))
        self.assertEqual((result.stdout, result.stderr), (b"", b""), "success prints nothing")

    def assert_try_again(self, result, secrets=(), stderr_readable=True):
        """The other answer: 75, one line that Postfix understands, and nothing of the mail."""
        self.assertEqual(result.status, TRY_AGAIN, str(result))
        self.assertEqual(result.stdout, b"", str(result))
        if not stderr_readable:
            return
        self.assertTrue(result.stderr.startswith(b"4.3.0 "), str(result))
        self.assertTrue(result.stderr.endswith(b"\n"), str(result))
        self.assertEqual(result.stderr.count(b"\n"), 1, str(result))
        for secret in secrets:
            self.assertNotIn(secret.lower(), result.stderr.decode(errors="replace").lower())

    def assert_described(self, told, name):
        """Has what the schema says, in its order, no more and no less."""
        with open(os.path.join(os.environ["JMRP_SOURCE"], "schemas", "json", f"{name}.schema.json"), encoding="utf-8") as file:
            schema = json.load(file)
        jsonschema.Draft202012Validator(schema).validate(told)

        def compare(value, rule, where):
            if "$ref" in rule:
                rule = schema["$defs"][rule["$ref"].split("/")[-1]]
            if isinstance(value, dict):
                self.assertEqual(list(value), rule["required"], where)
                self.assertEqual(set(value), set(rule["properties"]), where)
                for name, part in value.items():
                    compare(part, rule["properties"][name], f"{where}.{name}")
            elif isinstance(value, list):
                for part in value:
                    compare(part, rule["items"], where + "[]")
            elif "pattern" in rule and value is not None:
                self.assertRegex(value, rule["pattern"], where)
            elif "enum" in rule:
                self.assertIn(value, rule["enum"], where)

        compare(told, schema, name)

    @contextlib.contextmanager
    def other_database(self, name):
        saved = self.database
        self.database = self.path(name)
        try:
            yield
        finally:
            self.database = saved

    def undisturbed_dump(self, messages, name="undisturbed.db"):
        """The dump of a database into which nothing went wrong."""
        box = self.write(name + ".mbox", reports.mbox(messages))
        with self.other_database(name):
            self.succeed("ingest", "mbox:" + box)
            return self.dump()

    def become_nobody(self):
        """From here on the program runs as a user whom permissions bind; its files in self.directory are that user's."""
        if not IS_ROOT:
            return
        self.user = pwd.getpwnam("nobody")
        # The program may lie where only root can look.
        self.program = shutil.copy(program(), self.path("jmrp"))
        os.chmod(self.program, 0o755)
        for folder, _, files in os.walk(self.directory):
            for entry in [folder] + [os.path.join(folder, file) for file in files]:
                os.chown(entry, self.user.pw_uid, self.user.pw_gid)

    @contextlib.contextmanager
    def database_held(self):
        """Another process is in the middle of writing."""
        other = sqlite3.connect(self.database, isolation_level=None)
        try:
            other.execute("BEGIN EXCLUSIVE")
            yield
            other.execute("ROLLBACK")
        finally:
            other.close()


def main():
    unittest.main(module="__main__", verbosity=2, argv=[sys.argv[0], *sys.argv[1:]])
