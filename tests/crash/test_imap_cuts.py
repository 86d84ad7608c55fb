"""A connection to a mailbox that breaks at any byte, again and again: the end is that of an undisturbed poll.

JMRP_SEED repeats a run.
"""
import os
import random
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import imap_proxy
import poll_test
from poll_test import PASSWORD, messages

MESSAGES = 60
SECONDS = 30  # of trying; at least ROUNDS
ROUNDS = 4
HANDSHAKE = 6000  # bytes to the client: greeting, TLS, login, SELECT


class Cuts(poll_test.PollTest):
    def setUp(self):
        super().setUp()
        self.seed = int(os.environ.get("JMRP_SEED") or random.randrange(1 << 32))
        print(f"JMRP_SEED={self.seed}", file=sys.stderr)
        self.generator = random.Random(self.seed)

    def polled(self, server, port, user, **keys):
        """A mailbox of its own in a database of its own, polled until all is done -> what that took."""
        server.deliver(messages(range(MESSAGES)), user=user)
        self.feed(port, user=user, timeout_seconds=5, **keys)
        for tries in range(1, 200):
            result = self.poll()
            if result.status == 0:
                return tries
            self.assertEqual(result.status, 75, str(result))
            self.assertNotIn(PASSWORD.encode(), result.stderr)
        raise AssertionError(f"JMRP_SEED={self.seed}: no end to it: {result}")

    def trouble(self, whole):
        """Half of them while the session is set up, the others anywhere; some not at all."""
        def pick(_):
            if self.generator.random() < 0.15:
                return None
            to_client = self.generator.random() < 0.75
            most = self.generator.choice((HANDSHAKE, whole)) if to_client else self.generator.choice((1500, 12_000))
            return imap_proxy.Trouble(after=self.generator.randrange(1, most), to_client=to_client, reset=self.generator.random() < 0.3)

        return pick

    def rounds(self, capability, after, may_be_twice=False):
        users = {f"user{number}": PASSWORD for number in range(100)}
        server = self.dovecot(users=users, capability=capability, fsync=False)
        names = iter(users)
        with imap_proxy.Proxy(server.port) as proxy:
            self.assertEqual(self.polled(server, proxy.port, next(names), after=after), 1)
            expected, whole = self.dump(), sum(proxy.carried)
        self.assert_told(range(MESSAGES))
        cuts = tries = 0
        deadline = time.monotonic() + SECONDS
        for number, user in enumerate(names):
            if number >= ROUNDS and time.monotonic() > deadline:
                break
            with self.subTest(seed=self.seed, round=number), self.other_database(f"{number}.db"):
                with imap_proxy.Proxy(server.port, self.trouble(whole)) as proxy:
                    tries += self.polled(server, proxy.port, user, after=after)
                    cuts += proxy.troubled
                self.assertEqual(self.dump(), expected)
                archived = sorted(server.messages("jmrp", user))
                left = sorted(server.messages("INBOX", user))
                if after == "move":
                    self.assertEqual(left, [])
                    self.assertEqual(sorted(set(archived)) if may_be_twice else archived, sorted(messages(range(MESSAGES))))
                elif after == "delete":
                    self.assertEqual((left, archived), ([], []))
                else:
                    self.assertEqual((left, archived), (sorted(messages(range(MESSAGES))), []))
        print(f"{number} mailboxes, {cuts} cuts, {tries} polls", file=sys.stderr)
        self.assertGreater(cuts, number)

    def test_each_mail_is_archived_once(self):
        self.rounds(None, "move")

    def test_without_move_each_is_archived_and_none_counts_twice(self):
        """A copy whose answer was lost is made again: the one case that leaves a mail twice in the archive."""
        self.rounds("IMAP4rev1 NAMESPACE UIDPLUS LITERAL+", "move", may_be_twice=True)

    def test_each_mail_is_deleted_or_left(self):
        self.rounds(None, "delete")
        self.feeds.clear()
        with self.other_database("leave.db"):
            self.rounds(None, "leave")


if __name__ == "__main__":
    poll_test.jmrp_test.main()
