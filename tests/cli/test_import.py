"""Logs into the send log: rotated, packed, cut, read again, stopped and killed; the end is always the same."""
import gzip
import json
import os
import random
import signal
import struct
import time

import jmrp_test
import reports

NOW = reports.NOW


def stamp(at):
    return time.strftime("%b %e %H:%M:%S", time.gmtime(at))


def log_lines(first, last, begin=NOW - 3 * 86400):
    """Of messages `first` to `last` - 1, one a second: the lines of Postfix, mixed as a busy server mixes them."""
    lines = []
    for n in range(first, last):
        at, queue_id = begin + n, f"4Zq{n:08x}z1"
        head = lambda later, program: f"{stamp(at + later)} mta1 postfix/{program}[{n % 900 + 1}]: {queue_id}: "
        relay = "relay=hotmail-com.olc.protection.outlook.com[198.51.100.1]:25, delay=1, delays=0.1/0/0.4/0.5, dsn=2.0.0"
        lines.append((at, head(0, "cleanup") + f"message-id=<m{n}@sender.example>"))
        lines.append((at, head(0, "qmgr") + "from=<b@sender.example>, size=512, nrcpt=2 (queue active)"))
        if n % 5 == 0:
            lines.append((at + 2, head(2, "smtp") + f"to=<u{n}@hotmail.com>, {relay}, status=deferred (450 later)"))
        lines.append((at + 60, head(60, "smtp") + f"to=<u{n}@hotmail.com>, {relay}, status=sent (250 ok)"))
        lines.append((at + 61, head(61, "smtp") + f"to=<w{n}@example.com>, relay=mx.example.com[198.51.100.2]:25, delay=1, "
                                                  f"delays=1/1/1/1, dsn=5.1.1, status=bounced (550 no)"))
        lines.append((at + 62, head(62, "qmgr") + "removed"))
    return [line + "\n" for _, line in sorted(lines, key=lambda entry: entry[0])]


def zstd(data):
    """A frame of raw blocks (RFC 8878)."""
    out = b"\x28\xb5\x2f\xfd" + b"\x00\x58"  # no content size, a window of 2 MiB
    blocks = [data[at:at + 100_000] for at in range(0, len(data), 100_000)] or [b""]
    for number, block in enumerate(blocks):
        out += struct.pack("<I", len(block) << 3 | (number == len(blocks) - 1))[:3] + block
    return out


class ImportTest(jmrp_test.JmrpTest):
    def log(self, name, content, at=NOW):
        path = self.write(name, content)
        os.utime(path, (at, at))
        return path

    def sent(self, *arguments, **more):
        return self.json("import", "sent", "--timezone", "UTC", *arguments, **more)

    def expected(self, *texts):
        """The dump when all is read at once, from standard input."""
        with self.other_database("expected.db"):
            for text in texts:
                self.sent("-", stdin="".join(text).encode())
            return self.dump()

    def test_a_log_that_grows_rotates_and_is_packed_is_read_once(self):
        lines = log_lines(0, 300)
        text = "".join(lines[:700])
        path = self.log("mail.log", text[:-20])  # the last line is being written
        first = self.sent(path)
        self.assertEqual(first["lines"], 699)
        self.log("mail.log", text)
        self.assertEqual(self.sent(path)["lines"], 1)
        # Rotated, with lines that came after the last import; then packed, a second time.
        os.rename(path, self.path("mail.log.1"))
        self.log("mail.log.1", "".join(lines[:900]), NOW - 10)
        self.log("mail.log", "".join(lines[900:1200]))
        result = self.sent(self.path("mail.log"), self.path("mail.log.1"))
        self.assertEqual(result["lines"], 500)
        self.log("mail.log.2.gz", gzip.compress("".join(lines[:900]).encode()), NOW - 20)
        os.remove(self.path("mail.log.1"))
        self.log("mail.log.1.zst", zstd("".join(lines[900:1300]).encode()), NOW - 5)
        self.log("mail.log", "".join(lines[1300:]))
        result = self.sent(*[self.path(name) for name in ("mail.log", "mail.log.1.zst", "mail.log.2.gz")])
        self.assertEqual(result["lines"], len(lines) - 1200)
        self.assertEqual(result["known"], 0)
        self.assertEqual(self.dump(), self.expected(lines))
        self.assertEqual(self.dump().count("sent|"), 600)

    def test_the_same_again_by_other_ways_changes_nothing(self):
        lines = log_lines(0, 100)
        self.sent(self.log("a.log", "".join(lines)))
        before = self.dump()
        for name, content in (("copied.log", "".join(lines)), ("packed.gz", gzip.compress("".join(lines).encode())),
                              ("first-half.log", "".join(lines[:200])), ("shuffled.log", "".join(random.Random(1).sample(lines, len(lines)))),
                              ("backwards.log", "".join(reversed(lines)))):
            result = self.sent(self.log(name, content))
            self.assertEqual(result["new"], 0, name)
            self.assertEqual(self.dump(), before, name)

    def test_whatever_the_order_of_lines_and_files_the_end_is_the_same(self):
        lines = log_lines(0, 100)
        expected = self.expected(lines)
        for seed in range(3):
            shuffled = random.Random(seed).sample(lines, len(lines))
            with self.other_database(f"shuffled{seed}.db"):
                for part in range(0, len(lines), 150):
                    self.sent("-", stdin="".join(shuffled[part:part + 150]).encode())
                self.assertEqual(self.dump(), expected)

    def test_a_truncated_log_is_another_log(self):
        lines = log_lines(0, 100)
        path = self.log("mail.log", "".join(lines[:300]))
        self.sent(path)
        with open(path, "w", encoding="utf-8") as file:  # copytruncate: the same inode
            file.write("".join(lines[300:]))
        self.assertEqual(self.sent(path)["lines"], len(lines) - 300)
        self.assertEqual(self.dump(), self.expected(lines))

    def test_killed_at_every_step_and_run_again_it_ends_the_same(self):
        lines = log_lines(0, 200)
        expected = self.expected(lines)
        for point in ("sent.inserted", "sent.committed"):
            with self.other_database(point + ".db"):
                paths = [self.log(f"{point}.{part}", "".join(lines[part * 400:part * 400 + 400]), NOW - 10 + part) for part in range(3)]
                for _ in range(8):
                    result = self.run_jmrp("import", "sent", "--timezone", "UTC", *paths, environment={"JMRP_KILL_AT": point})
                    if result.status == 0:
                        self.skipTest("this build has no kill points")
                    self.assertEqual(result.status, -signal.SIGKILL)
                self.sent(*paths)
                self.assertEqual(self.dump(), expected)

    def test_killed_at_any_time_and_run_again_it_ends_the_same(self):
        lines = log_lines(0, 20_000)
        path = self.log("large.log", "".join(lines))
        begun = time.monotonic()
        expected = self.expected(lines)
        whole = time.monotonic() - begun
        rng = random.Random(7)
        killed = 0
        for round_ in range(5):
            with self.other_database(f"killed{round_}.db"):
                for sign in (signal.SIGKILL, signal.SIGINT, signal.SIGKILL, signal.SIGTERM):
                    process = self.popen("import", "sent", "--timezone", "UTC", path)
                    time.sleep(rng.random() * whole * 0.6)
                    process.send_signal(sign)
                    process.communicate(timeout=jmrp_test.PATIENCE)
                    self.assertIn(process.returncode, (0, 75, -sign))
                    killed += process.returncode != 0
                self.succeed("import", "sent", "--timezone", "UTC", path)
                self.assertEqual(self.dump(), expected)
        self.assertGreater(killed, 0)

    def test_stopped_it_keeps_what_it_read_and_goes_on(self):
        lines = log_lines(0, 40_000)
        path = self.log("large.log", "".join(lines))
        process = self.popen("import", "sent", "--timezone", "UTC", "--json", path)
        while not os.path.exists(self.database + ".sent"):
            time.sleep(0.01)
        time.sleep(0.1)
        process.send_signal(signal.SIGINT)
        stdout, _ = process.communicate(timeout=jmrp_test.PATIENCE)
        self.assertEqual(process.returncode, 75)
        first = json.loads(stdout)
        self.assertTrue(first["stopped"])
        self.assertLess(first["lines"], len(lines))
        second = self.sent(path)
        self.assertEqual(first["lines"] + second["lines"], len(lines))
        self.assertEqual(second["known"], 0)

    def test_success_is_silent(self):
        result = self.run_jmrp("import", "sent", self.log("mail.log", "".join(log_lines(0, 3))))
        self.assert_kept(result)

    def test_what_is_not_understood_is_counted_without_a_word_of_it(self):
        lines = log_lines(0, 3) + ["secret-nonsense\n", "Nov 20 00:00:00 h postfix/smtp[1]: A1B2C3: to=<secret@x.example\n",
                                   "x" * 300_000 + "\n"]
        result = self.run_jmrp("import", "sent", "--verbose", "--json", self.log("mail.log", "".join(lines)))
        self.assertEqual(result.status, 0, str(result))
        self.assertNotIn(b"secret", result.stdout + result.stderr)
        kinds = {trouble["kind"]: trouble["lines"] for trouble in json.loads(result.stdout)["not_understood"]}
        self.assertEqual(kinds, {"no time stamp and program": 1, "recipient without an end": 1, "line longer than 256 KiB": 1})

    def test_a_log_in_another_format_is_refused_and_can_be_read_in_the_right_one(self):
        path = self.log("main.log", "2026-11-20 04:30:11 1vKbcd-0001ab-2C => u@example.com R=r T=remote_smtp H=mx.example.com [192.0.2.1]\n" * 30)
        result = self.run_jmrp("import", "sent", path)
        self.assertEqual(result.status, 65, str(result))
        self.assertIn(b"--format", result.stderr)
        self.assertEqual(self.sent("--format", "exim", path)["new"], 1)

    def test_other_formats_go_on_after_their_header_line(self):
        header = "recipient,time,queue_id,message_id,status\r\n"
        rows = [f'"u{n}@example.com",2026-11-20T04:30:{n:02}Z,Q{n},"<m{n}@sender.example>",sent\r\n' for n in range(20)]
        path = self.log("sent.csv", "\ufeff" + header + "".join(rows[:10]))
        self.assertEqual(self.sent("--format", "csv", path)["new"], 10)
        self.log("sent.csv", "\ufeff" + header + "".join(rows))
        self.assertEqual(self.sent("--format", "csv", path)["new"], 10)
        self.assertEqual(self.dump().count("sent|"), 20)

    def test_old_rows_expire_and_old_lines_are_left_out(self):
        self.sent(self.log("mail.log", "".join(log_lines(0, 10, NOW - 40 * 86400))))
        later = {"JMRP_NOW": str(NOW + 10 * 86400)}
        result = self.sent(self.log("new.log", "".join(log_lines(20, 30)) + "".join(log_lines(0, 10, NOW - 50 * 86400))), environment=later)
        self.assertEqual((result["expired"], result["new"], result["too_old"]), (20, 22, 22))

    def test_sent_and_traffic_are_the_same_pass_over_logs(self):
        path = self.log("mail.log", "".join(log_lines(0, 50)))
        self.assertEqual(self.json("import", "traffic", "--timezone", "UTC", path)["new"], 110)
        before = self.dump()
        self.assertEqual(self.sent(path)["lines"], 0)
        self.assertEqual(self.dump(), before)
        self.assertIn(f"sent-count|{NOW // 86400 - 3}||outlook.com|50|10|0\n", before)

    def test_wrong_command_lines(self):
        for arguments, status in ((["import"], 64), (["import", "sent"], 64), (["import", "send", "x"], 64),
                                  (["import", "sent", "--format", "exmi", "-"], 64), (["import", "sent", "--timezone", "Mars", "-"], 64),
                                  (["import", "sent", "--year", "x", "-"], 64), (["import", "sent", self.path("absent")], 66),
                                  (["import", "sent", self.directory], 64), (["import", "traffic"], 64),
                                  (["import", "traffic", "--format", "csv"], 64), (["import", "traffic", "--format", "snds", "-"], 64),
                                  (["import", "traffic", "--source", "x", "-"], 64), (["import", "sent", "--format", "csv", "--source", "x", "-"], 64),
                                  (["import", "traffic", "--format", "csv", "--source", "two words", "-"], 64),
                                  (["import", "traffic", "--format", "csv", self.path("absent")], 66)):
            result = self.run_jmrp(*arguments)
            self.assertEqual(result.status, status, str(result))
        self.assertFalse(os.path.exists(self.database + ".sent"))

    def test_a_broken_packed_file_is_told(self):
        path = self.log("mail.log.gz", gzip.compress("".join(log_lines(0, 500)).encode())[:2000] + b"\xff" * 5000)
        self.assertEqual(self.run_jmrp("import", "sent", path).status, 65)

    def test_a_delivery_is_not_kept_waiting_by_an_import(self):
        path = self.log("large.log", "".join(log_lines(0, 40_000)))
        process = self.popen("import", "sent", "--timezone", "UTC", path)
        hasty = self.write("hasty.toml", "[database]\nbusy_timeout_ms = 0\n")
        delivered = 0
        while process.poll() is None:
            self.assert_kept(self.deliver(reports.report(delivered), environment={"JMRP_CONFIG": hasty}))
            delivered += 1
        process.communicate()
        self.assertEqual(process.returncode, 0)
        self.assertGreater(delivered, 0)


class CountsTest(jmrp_test.JmrpTest):
    """Counts that another program made."""
    DAY = time.strftime("%Y-%m-%d", time.gmtime(NOW - 86400))
    HEADER = "date,ip,provider,attempted,accepted,deferred,rejected,domain,list,campaign\n"

    def counts(self, content, *arguments, **more):
        return self.json("import", "traffic", "--format", "csv", *arguments, "-", stdin=content.encode(), **more)

    def counts_kept(self):
        return [line for line in self.dump().splitlines() if line.startswith("traffic|")]

    def test_a_file_read_twice_changes_nothing_and_a_longer_one_adds_what_is_new(self):
        rows = [f"{self.DAY},192.0.2.{n},outlook.com,110,100,6,4,sender.example,,\n" for n in range(50)]
        path = self.write("counts.csv", self.HEADER + "".join(rows[:30]))
        read = lambda *files: self.json("import", "traffic", "--format", "csv", *files)
        self.assertEqual(read(path), {"format_version": 1, "rows": 30, "new": 30, "changed": 0, "known": 0, "rejected": 0, "stopped": False})
        before = self.counts_kept()
        self.assertEqual(read(path)["known"], 30)
        self.assertEqual(self.counts_kept(), before)
        self.write("counts.csv", self.HEADER + "".join(rows))
        packed = os.path.join(self.directory, "counts.csv.gz")
        with gzip.open(packed, "wb") as file:
            file.write((self.HEADER + "".join(rows)).encode())
        result = read(path, packed)
        self.assertEqual((result["new"], result["changed"], result["known"]), (20, 0, 80))
        self.assertEqual(len(self.counts_kept()), 50)

    def test_numbers_of_a_day_that_goes_on_take_the_place_of_the_old_ones(self):
        row = f"{self.DAY},192.0.2.1,outlook.com,,%d,1,2,,,"  # without a line end
        self.counts(self.HEADER + row % 100)
        self.assertEqual(self.counts(self.HEADER + row % 250)["changed"], 1)
        self.assertEqual(self.counts_kept(), [f"traffic|csv|{NOW // 86400 - 1}|192.0.2.1|outlook.com||||253|250|1|2"])

    def test_sources_are_apart(self):
        content = self.HEADER + f"{self.DAY},192.0.2.1,outlook.com,,100,,,,,\n"
        self.counts(content)
        self.assertEqual(self.counts(content, "--source", "newsletter")["new"], 1)
        self.assertEqual(len(self.counts_kept()), 2)

    def test_the_last_row_of_a_file_counts_without_a_line_end(self):
        path = self.write("counts.csv", self.HEADER + f"{self.DAY},192.0.2.1,outlook.com,,100,,,,,")
        self.assertEqual(self.json("import", "traffic", "--format", "csv", path)["new"], 1)

    def test_a_row_that_cannot_be_used_is_told_by_its_line_and_the_others_are_used(self):
        rows = [f"{self.DAY},192.0.2.1,outlook.com,,100,,,,,", "", f"{self.DAY},secret,outlook.com,,100,,,,,",
                f'{self.DAY},192.0.2.2,outlook.com,,100,,,,,"a\nb"', f"{self.DAY},192.0.2.3,gmail.com,5,100,,,,,"]
        result = self.run_jmrp("import", "traffic", "--format", "csv", "--json", self.write("counts.csv", self.HEADER + "\n".join(rows)))
        self.assertEqual(result.status, 65)
        self.assertEqual({name: json.loads(result.stdout)[name] for name in ("rows", "new", "rejected")},
                         {"rows": 4, "new": 1, "rejected": 3})
        said = result.stderr.decode()
        for line, why in ((4, "an IP address that is none"), (5, "a campaign that is none"), (7, "fewer attempted than")):
            self.assertRegex(said, f"counts.csv line {line}: {why}")
        self.assertIn("3 row(s) cannot be used, 1 were used", said)
        self.assertNotIn("secret", said)

    def test_success_is_silent(self):
        path = self.write("counts.csv", self.HEADER + f"{self.DAY},192.0.2.1,outlook.com,,100,,,,,\n")
        self.assert_kept(self.run_jmrp("import", "traffic", "--format", "csv", path))

    def test_a_table_of_recipients_is_told_from_counts_before_anything_is_kept(self):
        good = self.write("counts.csv", self.HEADER + f"{self.DAY},192.0.2.1,outlook.com,,100,,,,,\n")
        other = self.write("sent.csv", "recipient,time,queue_id,status\nu@example.com,2026-11-20T04:30:00Z,Q1,sent\n")
        result = self.run_jmrp("import", "traffic", "--format", "csv", good, other)
        self.assertEqual(result.status, 65, str(result))
        self.assertIn(b"import sent", result.stderr)
        self.assertEqual(self.counts_kept(), [])

    def test_many_rows_are_read_with_little_memory_and_a_stop_keeps_what_was_read(self):
        path = self.write("counts.csv", self.HEADER + "".join(
            f"{self.DAY},10.{n >> 16}.{n >> 8 & 255}.{n & 255},outlook.com,,100,,,,,campaign {n % 10}\n" for n in range(60_000)))
        process = self.popen("import", "traffic", "--format", "csv", "--json", path)
        time.sleep(0.3)
        process.send_signal(signal.SIGINT)
        stdout, _ = process.communicate(timeout=jmrp_test.PATIENCE)
        self.assertIn(process.returncode, (0, 75, -signal.SIGINT))
        first = json.loads(stdout)["new"] if process.returncode >= 0 and stdout else 0
        result = self.json("import", "traffic", "--format", "csv", path)
        self.assertEqual((result["new"] + result["known"], result["rows"]), (60_000, 60_000))
        self.assertEqual(result["known"], first)


if __name__ == "__main__":
    jmrp_test.main()
