"""As the end of an alias pipe jmrp has two answers: 0, the message is kept; 75, keep it and try again."""
import contextlib
import os
import random
import resource
import signal
import sqlite3
import stat
import subprocess
import sys
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import jmrp_test
import reports

MESSAGE = reports.report(1)
SECRETS = reports.secrets(1)


class Contract(jmrp_test.JmrpTest):
    def setUp(self):
        super().setUp()
        with self.other_database("expected.db"):
            self.assert_kept(self.deliver(MESSAGE))
            self.succeed("settle")
            self.expected = self.dump()

    def assert_refused(self, result, **more):
        self.assert_try_again(result, SECRETS, **more)

    def assert_kept_once(self):
        """With the failure lifted: the message is taken, and again, and is there once."""
        self.assert_kept(self.deliver(MESSAGE))
        self.assert_kept(self.deliver(MESSAGE))
        self.succeed("settle")
        self.assertEqual(self.dump(), self.expected)

    def write_config(self, text):
        self.config = self.write("changed.toml", text)


class Success(Contract):
    def test_a_kept_message_is_answered_by_silence(self):
        self.assertIn("message|", self.expected)
        self.assert_kept_once()

    def test_verbosity_does_not_break_the_silence_of_success(self):
        self.assert_kept(self.deliver(MESSAGE, "-q"))
        self.assertEqual(self.deliver(reports.report(2), "-v").stdout, b"")

    def test_a_large_message_is_kept_up_to_the_limit_and_marked(self):
        large = MESSAGE + b"x" * (40 << 20)
        self.assert_kept(self.deliver(large))
        self.assert_kept(self.deliver(large))
        self.succeed("settle")
        lines = [line.split("|") for line in self.dump().splitlines() if line.startswith("message|")]
        self.assertEqual(len(lines), 1)
        self.assertEqual(lines[0][3:], [str(16 << 20), "1"])

    def test_the_limit_is_the_configured_one(self):
        self.write_config("[limits]\nmessage_bytes = 100\n")
        self.assert_kept(self.deliver(MESSAGE))
        self.assertRegex(self.dump(), r"(?m)^message\|[^\n]*\|100\|1$")

    def test_the_from_line_of_the_pipe_is_not_part_of_the_message(self):
        for line in (b"From staff@hotmail.com  Sun Nov 22 08:00:00 2026\n", b"From other@hotmail.com  Mon Nov 23 08:00:00 2026\n"):
            self.assert_kept(self.deliver(line + MESSAGE))
        self.assert_kept_once()

    def test_bytes_that_are_no_mail_are_kept(self):
        for bytes_ in (b"\0", b"\n", b"\xff" * 100, b"From ", b"a\0b\nc", random.Random(1).randbytes(100_000)):
            self.assert_kept(self.deliver(bytes_))
        self.assertEqual(self.kept(), 6)

    def test_a_mail_may_come_slowly(self):
        with self.popen("ingest") as process:
            for piece in (MESSAGE[:10], MESSAGE[10:500], MESSAGE[500:]):
                process.stdin.write(piece)
                process.stdin.flush()
                time.sleep(0.1)
            stdout, stderr = process.communicate(timeout=jmrp_test.PATIENCE)
        self.assertEqual((process.returncode, stdout, stderr), (0, b"", b""))
        self.assert_kept_once()

    def test_an_environment_as_bare_as_a_mail_servers_will_do(self):
        result = subprocess.run([self.program, "--database", self.database, "ingest"], input=MESSAGE, capture_output=True, cwd="/",
                                env={name: value for name, value in self.environment().items() if name.endswith("SAN_OPTIONS")},
                                timeout=jmrp_test.PATIENCE, check=False)
        self.assert_kept(jmrp_test.Result("bare", result.returncode, result.stdout, result.stderr))
        self.assertEqual(self.kept(), 1)

    def test_a_working_directory_that_is_gone_will_do(self):
        gone = self.path("gone")
        os.mkdir(gone)
        self.assert_kept(self.deliver(MESSAGE, preexec_fn=lambda: (os.chdir(gone), os.rmdir(gone))))
        self.assert_kept_once()

    def test_ignored_children_will_do(self):
        self.assert_kept(self.deliver(MESSAGE, preexec_fn=lambda: signal.signal(signal.SIGCHLD, signal.SIG_IGN)))
        self.assert_kept_once()

    def test_a_settler_at_work_does_not_hold_up_a_delivery(self):
        self.assert_kept(self.deliver(reports.report(7)))
        import fcntl

        with open(self.database + ".settling", "w", encoding="ascii") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            begin = time.monotonic()
            self.assert_kept(self.deliver(MESSAGE))
            self.assertLess(time.monotonic() - begin, 20)
        self.assertEqual(self.kept(), 2)


class WrongCommandLine(Contract):
    def test_whatever_is_wrong_with_the_command_line_the_mail_is_not_bounced(self):
        for line in (
            ["ingest", "--nonsense"],
            ["--nonsense", "ingest"],
            ["ingest", "--feed"],
            ["ingest", "/nonexistent/file"],
            ["ingest", "mbox:/nonexistent/file"],
            ["ingest", ""],
            ["ingset"],
            ["nonsense", "--nonsense"],
            ["--config"],
            ["--nonsense"],
            [""],
            ["-"],
            [],
        ):
            with self.subTest(line=line):
                self.assert_refused(self.run_jmrp(*line, stdin=MESSAGE))
        self.assert_kept_once()

    def test_it_does_not_matter_how_the_mail_comes(self):
        with open(self.write("mail", MESSAGE), "rb") as file:
            self.assert_refused(self.run_jmrp("ingest", "--nonsense", stdin=file))
        self.assert_refused(self.run_jmrp("ingest", "--nonsense", stdin=subprocess.DEVNULL))

    def test_text_of_the_command_line_cannot_break_the_one_line(self):
        for hostile in ("--x\n5.7.1 bounce", "--\x1b[2J", "x\r5.0.0 y", "\n", "--" + "y" * 100_000):
            with self.subTest(hostile=hostile[:20]):
                self.assert_refused(self.run_jmrp("ingest", hostile, stdin=MESSAGE))


class WrongConfiguration(Contract):
    def test_a_configuration_that_cannot_be_understood(self):
        good = self.config
        for text in (
            "[database\n",
            "[database]\npaht = 'x'\n",
            "[databse]\n",
            "[database]\nbusy_timeout_ms = 'soon'\n",
            "[database]\nbusy_timeout_ms = -1\n",
            "[limits]\nmessage_bytes = 0\n",
            "[own]\nnetworks = ['192.0.2.0/99']\n",
            "key = 1\n",
            "\0",
            "\xff\xfe",
            "[database]\npath = 1\n",
            "[attribution]\nverp_patterns = ['(']\n",
            "x" * (5 << 20),
        ):
            with self.subTest(text=text[:40]):
                self.write_config(text)
                self.assert_refused(self.deliver(MESSAGE))
        self.config = good
        self.assert_kept_once()

    def test_a_configuration_that_is_not_there_or_no_file(self):
        good = self.config
        for path in (self.path("absent.toml"), self.directory, "/dev/full/x"):
            with self.subTest(path=path):
                self.config = path
                self.assert_refused(self.deliver(MESSAGE))
                self.assert_refused(self.run_jmrp("--config", path, "ingest", stdin=MESSAGE, environment={"JMRP_CONFIG": None}))
        self.config = good
        self.assert_kept_once()

    def test_a_configuration_that_may_not_be_read(self):
        self.become_nobody()
        os.chmod(self.config, 0)
        self.assert_refused(self.deliver(MESSAGE))
        os.chmod(self.config, 0o600)
        self.assert_kept_once()


class Permissions(Contract):
    def setUp(self):
        super().setUp()
        self.become_nobody()

    def test_a_directory_that_may_not_be_written(self):
        self.database = self.path("closed", "jmrp.db")
        os.mkdir(self.path("closed"), 0o555)
        self.assert_refused(self.deliver(MESSAGE))
        os.chmod(self.path("closed"), 0o777)
        self.assert_kept_once()

    def test_a_directory_that_may_not_be_made_or_entered(self):
        self.database = self.path("closed", "deeper", "jmrp.db")
        os.mkdir(self.path("closed"), 0o555)
        self.assert_refused(self.deliver(MESSAGE))
        os.chmod(self.path("closed"), 0)
        self.assert_refused(self.deliver(MESSAGE))
        os.chmod(self.path("closed"), 0o777)
        self.assert_kept_once()

    def test_a_database_that_may_only_be_read(self):
        self.assert_kept(self.deliver(MESSAGE))
        names = [self.database + suffix for suffix in ("", "-wal", "-shm") if os.path.exists(self.database + suffix)]
        for mode in (0o444, 0):
            with self.subTest(mode=mode):
                for name in names:
                    os.chmod(name, mode)
                self.assert_refused(self.deliver(reports.report(2)))
                for name in names:
                    os.chmod(name, 0o600)
        self.assertEqual(self.kept(), 1)
        self.assert_kept_once()

    def test_a_database_in_a_directory_that_may_only_be_read(self):
        folder = self.path("closed")
        self.database = os.path.join(folder, "jmrp.db")
        self.assert_kept(self.deliver(MESSAGE))
        entries = [folder] + [os.path.join(folder, name) for name in os.listdir(folder)]
        modes = {entry: stat.S_IMODE(os.stat(entry).st_mode) for entry in entries}
        for entry in entries:
            os.chmod(entry, 0o555)
        self.assert_refused(self.deliver(reports.report(2)))
        for entry, mode in modes.items():
            os.chmod(entry, mode)
        self.assert_kept_once()


class Database(Contract):
    def test_a_directory_in_the_place_of_the_database(self):
        os.mkdir(self.database)
        self.assert_refused(self.deliver(MESSAGE))
        os.rmdir(self.database)
        self.assert_kept_once()

    def test_a_database_that_cannot_be(self):
        for path in ("/dev/null/x/jmrp.db", "/proc/jmrp/jmrp.db", self.path("n" * 300), "postgresql://h/x", "/dev/null"):
            with self.subTest(path=path[:40]):
                self.assert_refused(self.deliver(MESSAGE, environment={"JMRP_DATABASE": path}))
        self.assert_kept_once()

    def test_a_database_that_another_process_holds(self):
        self.write_config("[database]\nbusy_timeout_ms = 200\n")
        self.assert_kept(self.deliver(reports.report(2)))
        self.succeed("settle")
        with self.database_held():
            begin = time.monotonic()
            self.assert_refused(self.deliver(MESSAGE))
            self.assertLess(time.monotonic() - begin, 10)
        self.assert_kept(self.deliver(MESSAGE))
        self.assertEqual(self.kept(), 2)

    def test_a_database_held_for_a_moment_is_waited_for(self):
        self.assert_kept(self.deliver(reports.report(2)))
        with self.popen("ingest") as process:
            with self.database_held():
                process.stdin.write(MESSAGE)
                process.stdin.close()
                time.sleep(1)
                self.assertIsNone(process.poll(), "it must wait")
            self.assertEqual(process.wait(timeout=jmrp_test.PATIENCE), 0)
        self.assertEqual(self.kept(), 2)

    def test_a_database_of_a_newer_version_is_refused_by_both_numbers(self):
        self.assert_kept(self.deliver(reports.report(2)))
        with contextlib.closing(sqlite3.connect(self.database)) as other:
            version = other.execute("PRAGMA user_version").fetchone()[0]
            other.execute("PRAGMA user_version = 4711")
        result = self.deliver(MESSAGE)
        self.assert_refused(result)
        self.assertIn(b"4711", result.stderr)
        self.assertRegex(result.stderr.decode(), rf"\b{version}\b")
        with contextlib.closing(sqlite3.connect(self.database)) as other:
            other.execute(f"PRAGMA user_version = {version}")
        self.assert_kept(self.deliver(MESSAGE))
        self.assertEqual(self.kept(), 2)

    def test_a_database_of_somebody_else(self):
        with contextlib.closing(sqlite3.connect(self.database)) as other:
            other.execute("CREATE TABLE message (id INTEGER)")
        self.assert_refused(self.deliver(MESSAGE))
        os.unlink(self.database)
        self.assert_kept_once()

    def test_a_file_that_is_no_database(self):
        for content in (random.Random(2).randbytes(20_000), b"x", b"SQLite format 3\0", b"\0" * 8192):
            with self.subTest(content=content[:16]):
                self.write("jmrp.db", content)
                self.assert_refused(self.deliver(MESSAGE))
        os.unlink(self.database)
        self.assert_kept_once()

    def test_a_damaged_database_answers_one_or_the_other_and_a_kept_message_is_there(self):
        for n in range(40):
            self.assert_kept(self.deliver(reports.report(n + 10)))
        self.succeed("settle")
        with contextlib.closing(sqlite3.connect(self.database)) as other:
            other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        with open(self.database, "rb") as file:
            good = file.read()
        generator = random.Random(3)
        refused = 0
        for damage in range(40):
            for suffix in ("-wal", "-shm"):
                with contextlib.suppress(FileNotFoundError):
                    os.unlink(self.database + suffix)
            damaged = bytearray(good)
            if damage % 4 == 0:
                damaged = damaged[: generator.randrange(1, len(good))]
            else:
                page = generator.randrange(len(good) // 4096) * 4096
                damaged[page : page + 4096] = generator.randbytes(4096)
            self.write("jmrp.db", bytes(damaged))
            result = self.deliver(MESSAGE)
            if result.status == 0:
                self.assert_kept(result)
                with contextlib.closing(sqlite3.connect(self.database)) as other:
                    rows = other.execute("SELECT count(*) FROM message_raw JOIN message ON id = message_id "
                                         "WHERE size = ?", (len(MESSAGE),)).fetchone()[0]
                self.assertGreaterEqual(rows, 1, f"damage {damage}: the answer was 0")
            else:
                self.assert_refused(result)
                refused += 1
        self.assertGreater(refused, 0)


class Resources(Contract):
    def test_a_full_disk(self):
        if not jmrp_test.IS_ROOT:
            self.skipTest("only root may mount a small disk; the limit on file sizes is tested in its place")
        disk = self.path("disk")
        os.mkdir(disk)
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "jmrp-test", disk], check=False, capture_output=True)
        if mounted.returncode != 0:
            self.skipTest("no mount here; the limit on file sizes is tested in its place: " + mounted.stderr.decode())
        self.addCleanup(subprocess.run, ["umount", "-l", disk], check=True)
        self.database = os.path.join(disk, "jmrp.db")
        filler = os.path.join(disk, "filler")

        def fill(room):
            with open(filler, "wb", buffering=0) as file, contextlib.suppress(OSError):
                while True:
                    file.write(b"x" * 4096)
            os.truncate(filler, max(0, os.path.getsize(filler) - room))

        for there_already in (False, True):
            refused = 0
            for room in range(0, 160, 4):
                with self.subTest(there_already=there_already, room=room):
                    fill(room * 1024)
                    result = self.deliver(MESSAGE)
                    os.unlink(filler)
                    if result.status != 0:
                        self.assert_refused(result)
                        refused += 1
                    else:
                        self.assert_kept(result)
                        self.succeed("settle")
                        self.assertEqual(self.dump(), self.expected)
                    for suffix in ("", "-wal", "-shm", ".settling"):
                        with contextlib.suppress(FileNotFoundError):
                            os.unlink(self.database + suffix)
                    if there_already:
                        self.succeed("settle")  # makes an empty one
            self.assertGreater(refused, 0)
        self.assert_kept_once()

    def test_a_limit_on_file_sizes(self):
        refused = 0
        for limit in [0, 1, 511] + list(range(512, 300 * 1024, 9 * 1024)):
            with self.subTest(limit=limit):
                result = self.deliver(MESSAGE, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)))
                if result.status != 0:
                    self.assert_refused(result)
                    refused += 1
                else:
                    self.assert_kept(result)
                    self.assertEqual(self.kept(), 1)
        self.assertGreater(refused, 0)
        self.assert_kept_once()

    def starts(self, limit):
        return (
            subprocess.run([self.program, "--version"], env=self.environment(), capture_output=True, check=False,
                           preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (limit, limit))).returncode == 0
        )

    def test_too_little_memory(self):
        if jmrp_test.SANITIZED:
            self.skipTest("the sanitizer itself reserves terabytes of addresses; the ordinary build is tested")
        low, high = 1 << 20, 2 << 30
        self.assertTrue(self.starts(high))
        while high - low > 16 << 10:
            middle = (low + high) // 2
            low, high = (low, middle) if self.starts(middle) else (middle, high)
        large = MESSAGE + b"x" * (8 << 20)
        answers = {0: 0, jmrp_test.TRY_AGAIN: 0}
        for step in range(60):
            limit = high + step * (256 << 10) if step < 40 else high + (step - 30) * (1 << 20)
            for message in (MESSAGE, large):
                with self.subTest(above_startable=limit - high, size=len(message)):
                    name = f"memory-{step}-{len(message)}.db"
                    with self.other_database(name):
                        result = self.deliver(message, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (limit, limit)))
                        self.assertIn(result.status, answers, str(result))
                        answers[result.status] += 1
                        self.assertEqual(result.stdout, b"")
                        if result.status == 0:
                            self.assertEqual(self.kept(), 1)
                        else:
                            self.assertTrue(result.stderr == b"" or result.stderr.startswith(b"4.3.0 "), str(result))
                        self.assert_kept(self.deliver(message))
                        self.assertEqual(self.kept(), 1)
        self.assertGreater(answers[jmrp_test.TRY_AGAIN], 0)

    def test_too_few_file_descriptors_or_processes(self):
        answers = {0: 0, jmrp_test.TRY_AGAIN: 0}
        for limit in range(4, 16):
            with self.subTest(limit=limit):
                with self.other_database(f"files-{limit}.db"):
                    result = self.deliver(MESSAGE, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit)))
                    if result.status == 127 and b"shared librar" in result.stderr:
                        continue  # the dynamic loader had none left: the program never began
                    self.assertIn(result.status, answers, str(result))
                    answers[result.status] += 1
                    if result.status != 0:
                        self.assert_refused(result)
                    else:
                        self.assertEqual(self.kept(), 1)
        self.assertGreater(answers[0], 0)
        self.assertGreater(answers[jmrp_test.TRY_AGAIN], 0)

    def test_a_message_is_kept_where_no_child_can_be_started(self):
        self.become_nobody()
        self.assert_kept(self.deliver(MESSAGE, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))))
        self.assertEqual(self.kept(), 1)
        self.assert_kept_once()


class StandardFiles(Contract):
    def shell(self, redirections, *arguments, stdin=MESSAGE):
        """Runs the program with some of its standard files closed or turned elsewhere."""
        script = f'exec "$0" "$@" {redirections}'
        result = subprocess.run(["/bin/sh", "-c", script, self.program, *(arguments or ["ingest"])], input=stdin,
                                env=self.environment(), capture_output=True, timeout=jmrp_test.PATIENCE, check=False)
        return jmrp_test.Result(redirections, result.returncode, result.stdout, result.stderr)

    def test_closed_output_does_not_matter(self):
        for redirections in (">&-", "2>&-", ">&- 2>&-", ">/dev/full", "2>/dev/full", ">/dev/full 2>/dev/full"):
            with self.subTest(redirections=redirections):
                self.assert_kept(self.shell(redirections))
        self.assertEqual(self.kept(), 1)
        self.assert_kept_once()

    def test_a_failure_that_nobody_can_hear_of_has_the_same_status(self):
        for redirections in ("2>&-", ">&- 2>&-", "2>/dev/full", "<&- 2>&-", "<&- >&- 2>&-"):
            with self.subTest(redirections=redirections):
                self.assert_refused(self.shell(redirections, "ingest", "--nonsense"), stderr_readable=False)

    def test_closed_or_empty_input_is_no_message(self):
        for redirections in ("<&-", "<&- >&-", "</dev/null"):
            with self.subTest(redirections=redirections):
                self.assert_refused(self.shell(redirections))
        self.assert_refused(self.deliver(b""))
        self.assert_kept_once()

    def test_no_file_of_ours_becomes_a_standard_file(self):
        self.assert_kept(self.deliver(reports.report(2)))
        self.assert_refused(self.shell("<&- 2>&-", "ingest", "--nonsense"), stderr_readable=False)
        self.assertEqual(self.shell("<&- >&- 2>&-").status, jmrp_test.TRY_AGAIN)
        self.assertEqual(self.shell(">&- 2>&-", "status").status in (0, 74), True)
        self.assertEqual(self.kept(), 1)
        with contextlib.closing(sqlite3.connect(self.database)) as other:
            self.assertEqual(other.execute("PRAGMA integrity_check").fetchone()[0], "ok")

    def test_a_reader_that_went_away_does_not_kill_us(self):
        for arguments, status in ((["ingest", "--nonsense"], jmrp_test.TRY_AGAIN), (["ingest"], 0)):
            with self.subTest(arguments=arguments):
                reader, writer = os.pipe()
                os.close(reader)
                result = self.run_jmrp(*arguments, stdin=MESSAGE, stdout=writer, stderr=writer, restore_signals=True)
                os.close(writer)
                self.assertEqual(result.status, status)
        self.assert_kept_once()

    def test_input_that_cannot_be_read(self):
        directory = os.open(self.directory, os.O_RDONLY)
        write_only = os.open(self.path("write-only"), os.O_WRONLY | os.O_CREAT, 0o600)
        for fd in (directory, write_only):
            self.assert_refused(self.run_jmrp("ingest", stdin=fd))
            os.close(fd)
        self.assert_kept_once()


if __name__ == "__main__":
    jmrp_test.main()
