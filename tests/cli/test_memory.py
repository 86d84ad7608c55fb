"""Memory is bounded, whatever the size and the shape of what is read in."""
# build: release
import os
import random
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import jmrp_test
import reports

MOST_KILOBYTES = 150 * 1024
LINE = 115  # bytes, its end included
BOX_BYTES = (50 << 20) if jmrp_test.SANITIZED else (2 << 30)


class Memory(jmrp_test.JmrpTest):
    def write_box(self, messages):
        path = self.path("box")
        with open(path, "wb", buffering=1 << 20) as file:
            for message in messages:
                file.write(b"From staff@hotmail.com Sun Nov 22 08:00:00 2026\n")
                file.write(message)
                file.write(b"\n")
        return path

    def peak_of(self, *arguments):
        """Peak resident size in kB of the program and of the children it waited for."""
        with self.popen(*arguments, stdin=None, stdout=None, stderr=None) as process:
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        self.assertEqual(process.returncode, 0)
        return usage.ru_maxrss

    def assert_bounded(self, *arguments):
        peak = self.peak_of(*arguments)
        print(f"peak {peak // 1024} MB", file=sys.stderr)
        if not jmrp_test.SANITIZED:  # the memory of a sanitizer is not ours
            self.assertLess(peak, MOST_KILOBYTES)

    def messages_of(self, size, total):
        """Different messages of about `size` bytes, `total` bytes in all; cheap to make, yet no good food for compression."""
        generator = random.Random(1)
        filler = b"".join(generator.randbytes(LINE // 2).hex().encode() + b"\n" for _ in range(1 << 14)) * (size // (1 << 20) + 2)
        for number in range(total // size):
            at = LINE * (number % 1000)
            yield reports.report(number) + filler[at : at + size // LINE * LINE]

    def test_a_large_mbox_of_usual_messages(self):
        size = 200_000
        box = self.write_box(self.messages_of(size, BOX_BYTES))
        begin = time.monotonic()
        self.assert_bounded("ingest", "mbox:" + box)
        print(f"{os.path.getsize(box) / (time.monotonic() - begin) / 1e6:.0f} MB/s", file=sys.stderr)
        os.unlink(box)
        self.assertEqual(self.kept(), BOX_BYTES // size)
        self.assertEqual(self.json("status")["unsettled"], 0)

    def test_an_mbox_of_messages_at_the_limit(self):
        size = 17 << 20
        count = 3 if jmrp_test.SANITIZED else 24
        box = self.write_box(self.messages_of(size, count * size))
        self.assert_bounded("ingest", "mbox:" + box)
        self.assertEqual(self.kept(), count)
        self.assertEqual(self.json("status")["unsettled"], 0)
        self.assert_bounded("rebuild")

    def test_one_message_without_end(self):
        path = self.path("endless.eml")
        with open(path, "wb") as file:
            file.write(reports.report(1))
            file.truncate(BOX_BYTES)
        self.assert_bounded("ingest", path)
        with open(path, "rb") as file, self.popen("ingest", stdin=file) as process:
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        self.assertEqual(process.returncode, 0)
        if not jmrp_test.SANITIZED:
            self.assertLess(usage.ru_maxrss, MOST_KILOBYTES)
        self.assertEqual(self.kept(), 1)


if __name__ == "__main__":
    jmrp_test.main()
