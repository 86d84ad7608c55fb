"""A connection to a mailbox that breaks at any byte, again and again: the end is that of an undisturbed poll.

JMRP_SEED repeats a run.
"""
import concurrent.futures
import os
import random
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import imap_proxy
import jmrp_test
import poll_test
from poll_test import PASSWORD, messages

MESSAGES = 60
MAILBOXES = 12 if jmrp_test.SANITIZED else 60
AT_ONCE = 4  # most of the time they wait before they connect again
TRIES = 100
HANDSHAKE = 6000  # bytes to the client: greeting, TLS, login, SELECT
ENDING = 3000  # answers to what is done with the messages


class Mailbox:
    """One user's, read into a database of its own."""

    def __init__(self, test, server, user, after):
        self.test = test
        self.server = server
        self.user = user
        self.after = after
        server.deliver(messages(range(MESSAGES)), user=user)

    def environment(self, port):
        self.test.feed(port, user=self.user, after=self.after, timeout_seconds=5)
        with open(self.test.config, "rb") as file:
            config = self.test.write(f"{self.user}.toml", file.read())
        return {"JMRP_CONFIG": config, "JMRP_DATABASE": self.test.path(f"{self.user}.db")}

    def poll_until_done(self, environment):
        """-> how often it was polled"""
        for tries in range(1, TRIES):
            result = self.test.poll(environment=environment)
            if result.status == 0:
                return tries
            self.test.assertEqual(result.status, jmrp_test.TRY_AGAIN, str(result))
            self.test.assertNotIn(PASSWORD.encode(), result.stderr)
        raise AssertionError(f"no end to it: {result}")

    def assert_done(self, environment, expected, may_be_twice):
        self.test.assertEqual(self.test.dump(environment=environment), expected)
        sent = sorted(messages(range(MESSAGES)))
        archived = self.server.messages("jmrp", self.user)
        left = {"move": [], "delete": [], "leave": sent}[self.after]
        self.test.assertEqual(sorted(self.server.messages(user=self.user)), left)
        if self.after == "move":
            self.test.assertEqual(sorted(set(archived) if may_be_twice else archived), sent)
        else:
            self.test.assertEqual(archived, [])


class Cuts(poll_test.PollTest):
    def setUp(self):
        super().setUp()
        self.seed = int(os.environ.get("JMRP_SEED") or random.randrange(1 << 32))
        print(f"JMRP_SEED={self.seed}", file=sys.stderr)

    @staticmethod
    def trouble(generator, whole):
        """What happens to the next connection of a mailbox whose undisturbed poll brings so many bytes to the client."""
        if generator.random() < 0.15:
            return None
        to_client = generator.random() < 0.75
        if to_client:
            least, most = generator.choice(((1, HANDSHAKE), (1, whole), (whole - ENDING, whole)))
        else:
            least, most = 1, generator.choice((1500, 12_000))
        return imap_proxy.Trouble(after=generator.randrange(least, most), to_client=to_client, reset=generator.random() < 0.3)

    def cut(self, capability, after, may_be_twice=False):
        users = {f"user{number}": PASSWORD for number in range(MAILBOXES + 1)}
        server = self.dovecot(users=users, capability=capability, fsync=False)
        undisturbed, *mailboxes = [Mailbox(self, server, user, after) for user in users]
        with imap_proxy.Proxy(server.port) as proxy:
            environment = undisturbed.environment(proxy.port)
            self.assertEqual(undisturbed.poll_until_done(environment), 1)
            whole = sum(proxy.carried)
        expected = self.dump(environment=environment)
        self.assertEqual(expected.count("\nreport|"), MESSAGES)
        undisturbed.assert_done(environment, expected, False)

        def disturbed(mailbox, proxy, environment):
            with proxy:
                tries = mailbox.poll_until_done(environment)
            mailbox.assert_done(environment, expected, may_be_twice)
            return proxy.troubled, tries

        with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
            running = []
            for number, mailbox in enumerate(mailboxes):
                generator = random.Random(self.seed + number)
                proxy = imap_proxy.Proxy(server.port, lambda _, generator=generator: self.trouble(generator, whole))
                running.append(pool.submit(disturbed, mailbox, proxy, mailbox.environment(proxy.port)))
            cuts, tries = (sum(numbers) for numbers in zip(*(one.result() for one in running)))
        print(f"{MAILBOXES} mailboxes, {cuts} cuts, {tries} polls", file=sys.stderr)
        self.assertGreater(cuts, MAILBOXES // 2)

    def test_each_mail_is_archived_once(self):
        self.cut(None, "move")

    def test_without_move_each_is_archived_and_none_counts_twice(self):
        """A copy whose answer was lost is made again: the one case that leaves a mail twice in the archive."""
        self.cut("IMAP4rev1 NAMESPACE UIDPLUS LITERAL+", "move", may_be_twice=True)

    def test_each_mail_is_deleted(self):
        self.cut(None, "delete")

    def test_each_mail_is_left(self):
        self.cut(None, "leave")


if __name__ == "__main__":
    jmrp_test.main()
