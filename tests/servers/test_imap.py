"""A complaint mailbox on a real Dovecot: what was taken is kept once and done with on the server, and trouble names its way out."""
import os
import re
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import dovecot
import imap_proxy
import jmrp_test
import poll_test
import reports
import token_server
from poll_test import PASSWORD, messages

NO_MOVE = "IMAP4rev1 NAMESPACE UIDPLUS LITERAL+"
NO_UIDPLUS = "IMAP4rev1 NAMESPACE LITERAL+"


class Encryption(poll_test.PollTest):
    def test_a_mailbox_is_emptied_into_the_archive_over_starttls_and_over_tls(self):
        server = self.dovecot()
        for scheme, port, numbers in (("imap", server.port, range(5)), ("imaps", server.tls_port, range(5, 10))):
            with self.subTest(scheme=scheme):
                server.deliver(messages(numbers))
                self.feed(port, scheme=scheme)
                self.assert_polled()
                self.assert_holds(server, [], "INBOX")
        self.assert_holds(server, range(10), "jmrp")
        self.assert_told(range(10))
        logins = re.findall(r"Info: Login: user=<fbl>.*", server.log())
        self.assertEqual(len(logins), 2, "one connection for all of it")
        for login in logins:
            self.assertIn(", TLS", login)

    def assert_certificate_refused(self, certificate, **keys):
        server = self.dovecot(certificate=certificate)
        server.deliver(messages(range(2)))
        for scheme, port in (("imap", server.port), ("imaps", server.tls_port)):
            with self.subTest(scheme=scheme):
                self.feed(port, scheme=scheme, **keys)
                said = self.assert_fails(78, "feed jmrp", f"127.0.0.1:{port}", "certificate")
                self.assertRegex(said, r"ca_file|hostname|host name")
        self.assertNotIn("Login: user", server.log())
        self.assertEqual(server.count(), 2)

    def test_a_certificate_for_another_host_is_refused(self):
        self.assert_certificate_refused(poll_test.authority().certificate("DNS:mail.other.example"))

    def test_a_certificate_that_has_run_out_is_refused(self):
        self.assert_certificate_refused(poll_test.authority().certificate(days=-1))

    def test_a_certificate_of_an_unknown_authority_is_refused(self):
        self.assert_certificate_refused(poll_test.certificate(), ca_file=None)
        other = poll_test.new_authority()
        self.assert_certificate_refused(other.certificate())

    def test_without_tls_no_password_is_sent_unless_the_configuration_allows_it(self):
        server = self.dovecot(certificate=None)
        server.deliver(messages(range(2)))
        self.feed(server.port, ca_file=None)
        said = self.assert_fails(78, "feed jmrp", "127.0.0.1", "tls")
        self.assertIn("allow_no_tls", said)
        self.assertNotIn("user=<fbl>", server.log())
        self.feed(server.port, ca_file=None, allow_no_tls=True)
        self.assert_polled()
        self.assert_told(range(2))


class Secrets(poll_test.PollTest):
    def test_a_wrong_password_is_told_with_what_to_do_and_never_printed(self):
        server = self.dovecot()
        server.deliver(messages(range(1)))
        wrong = "Wr0ng-and-secret"
        self.secret("password", wrong + "\n")
        self.feed(server.port)
        for option in ([], ["--verbose"]):
            said = self.assert_fails(78, "feed jmrp", "127.0.0.1", "secret_file", arguments=option)
            self.assertNotIn(wrong, said)
        self.assertEqual(server.count(), 1)

    def test_the_password_comes_from_a_command_or_the_environment_as_well(self):
        server = self.dovecot()
        self.feed(server.port, secret_file=None, secret_command=["/bin/cat", self.password_file])
        server.deliver(messages([0]))
        self.assert_polled()
        self.feed(server.port, secret_file=None, secret_env="FBL_PASSWORD")
        server.deliver(messages([1]))
        self.assert_polled(environment={"FBL_PASSWORD": PASSWORD})
        self.assert_told(range(2))

    def test_a_secret_that_cannot_be_had_is_told_by_its_source(self):
        server = self.dovecot()
        absent = self.path("absent")
        loud = self.write("loud", f"#!/bin/sh\necho {PASSWORD}\necho {PASSWORD} >&2\nexit 3\n")
        os.chmod(loud, 0o755)
        for keys, status, text in (
            ({"secret_file": absent}, 66, absent),
            ({"secret_file": self.secret("empty", "")}, 78, "empty"),
            ({"secret_file": None, "secret_env": "FBL_PASSWORD"}, 78, "FBL_PASSWORD"),
            ({"secret_file": None, "secret_command": [loud]}, 75, loud),
            ({"secret_file": None, "secret_command": [absent]}, 75, absent),
        ):
            with self.subTest(keys=keys):
                self.feed(server.port, **keys)
                self.assert_fails(status, "feed jmrp", text)

    def test_an_access_token_opens_the_mailbox_and_a_stale_one_is_told(self):
        with token_server.TokenServer({"good-Token.of-a-test": "fbl"}) as tokens:
            server = self.dovecot(token_url=tokens.url)
            for number, login in enumerate(("oauthbearer", "xoauth2")):
                with self.subTest(login=login):
                    server.deliver(messages([number]))
                    token = self.secret("token", "stale-Token.of-a-test\n")
                    self.feed(server.port, login=login, secret_file=None, secret_command=["/bin/cat", token])
                    said = self.assert_fails(78, "feed jmrp", "127.0.0.1", "secret_command")
                    self.assertNotIn("stale-Token", said)
                    self.secret("token", "good-Token.of-a-test\n")
                    self.assert_polled()
        self.assert_told(range(2))
        self.assertIn("method=OAUTHBEARER", server.log())
        self.assertIn("method=XOAUTH2", server.log())

    def test_no_secret_is_in_a_command_line_or_in_what_is_printed_of_the_configuration(self):
        server = self.dovecot()
        server.deliver(messages(range(50)))
        with imap_proxy.Proxy(server.port, lambda n: imap_proxy.Trouble(after=20_000, stall=True)) as proxy:
            self.feed(proxy.port, secret_file=None, secret_env="FBL_PASSWORD")
            environment = {"FBL_PASSWORD": PASSWORD}
            with self.popen("poll", environment=environment) as process:
                self.wait_for(lambda: proxy.troubled == 1, "it is logged in and in the middle of its work")
                seen = 0
                for pid in filter(str.isdigit, os.listdir("/proc")):
                    try:
                        with open(f"/proc/{pid}/cmdline", "rb") as file:
                            line = file.read()
                    except OSError:
                        continue
                    seen += b"poll" in line.split(b"\0")
                    self.assertNotIn(PASSWORD.encode(), line)
                self.assertGreater(seen, 0)
                process.kill()
                self.assertNotIn(PASSWORD.encode(), b"".join(process.communicate()))
            self.assertNotIn(PASSWORD, self.succeed("config", "check", environment=environment))


class Folders(poll_test.PollTest):
    def test_the_archive_is_made_and_subscribed_where_it_is_not_there(self):
        server = self.dovecot()
        server.deliver(messages(range(3)))
        self.feed(server.port, archive="done/2026")
        self.assert_polled()
        self.assert_holds(server, range(3), "done/2026")
        with server.client() as client:
            self.assertIn("done/2026", str(client.lsub()))

    def test_names_of_folders_may_be_in_any_script(self):
        for prefix in ("", "INBOX."):
            with self.subTest(prefix=prefix), self.other_database(f"{prefix}.db"):
                server = self.dovecot(prefix=prefix)
                source, archive = "Beschwerden & Größe", "Архив~日本 +"
                server.deliver(messages(range(3)), source)
                self.feed(server.port, folder=prefix + source, archive=archive)
                self.assert_polled()
                self.assert_holds(server, [], source)
                self.assert_holds(server, range(3), archive)

    def test_a_server_that_keeps_all_folders_below_inbox_gets_the_archive_there(self):
        server = self.dovecot(prefix="INBOX.")
        server.deliver(messages(range(3)))
        self.feed(server.port)
        self.assert_polled()
        self.assertEqual(server.folders(), ["INBOX", "jmrp"])
        self.assert_holds(server, range(3), "jmrp")

    def test_a_folder_that_is_not_there_is_told_with_those_that_are(self):
        server = self.dovecot()
        server.deliver(messages(range(1)), "Büro")
        server.deliver(messages(range(1)), "complaints")
        self.feed(server.port, folder="complaint")
        said = self.assert_fails(66, "feed jmrp", "127.0.0.1", '"complaint"')
        for there in ("complaints", "Büro", "INBOX"):
            self.assertIn(there, said)
        self.assertEqual(server.folders(), ["Büro", "INBOX", "complaints"], "nothing was made")

    def test_a_full_archive_loses_nothing_and_is_told(self):
        server = self.dovecot(small=2)
        server.deliver(messages(range(6)))
        self.feed(server.port, archive="Small/done")
        for _ in range(2):
            said = self.assert_fails(75, "feed jmrp", "Small/done", "quota")
            self.assert_told(range(6))
            self.assertEqual(server.count() + server.count("Small/done"), 6)
        self.feed(server.port, archive="roomy")
        self.assert_polled()
        self.assert_holds(server, [], "INBOX")
        self.assertEqual(sorted(server.messages("Small/done") + server.messages("roomy")), sorted(messages(range(6))))
        self.assert_told(range(6))


class Afterwards(poll_test.PollTest):
    CAPABILITIES = (None, NO_MOVE, NO_UIDPLUS)

    def polled_twice(self, capability, **keys):
        """A server with 20 reports, emptied as `keys` say; between the polls two more come."""
        server = self.dovecot(capability=capability)
        server.deliver(messages(range(20)))
        self.feed(server.port, **keys)
        self.assert_polled()
        server.deliver(messages(range(20, 22)))
        self.assert_polled()
        self.assert_polled()
        self.assert_told(range(22))
        return server

    def test_moved_to_the_archive(self):
        for capability in self.CAPABILITIES:
            with self.subTest(capability=capability), self.other_database(f"{capability}.db"):
                server = self.polled_twice(capability)
                self.assert_holds(server, [])
                self.assert_holds(server, range(22), "jmrp")
                self.assertFalse(any("T" in flags or "S" in flags for flags in server.flags("jmrp")), server.flags("jmrp"))

    def test_deleted(self):
        for capability in self.CAPABILITIES:
            with self.subTest(capability=capability), self.other_database(f"{capability}.db"):
                server = self.polled_twice(capability, after="delete")
                self.assert_holds(server, [])
                self.assertEqual(server.folders(), ["INBOX"])

    def test_flagged_with_a_keyword(self):
        server = self.polled_twice(None, after="flag", keyword="$Taken")
        self.assert_holds(server, range(22))
        with server.client() as client:
            client.select(readonly=True)
            self.assertEqual(len(client.uid("SEARCH", "KEYWORD", "$Taken")[1][0].split()), 22)
            self.assertEqual(client.uid("SEARCH", "SEEN")[1][0], b"")

    def test_left_as_it_is(self):
        server = self.polled_twice(None, after="leave")
        self.assert_holds(server, range(22))
        self.assertEqual(set(server.flags()), {""})
        self.assertEqual(server.folders(), ["INBOX"])

    def test_what_somebody_else_marked_as_deleted_stays_when_the_server_can_only_expunge_everything(self):
        server = self.dovecot(capability=NO_UIDPLUS)
        server.deliver(messages(range(3)), "complaints")
        server.deliver([b"Subject: a person's\r\n\r\nmay be undeleted\r\n"], "complaints")
        with server.client() as client:
            client.select("complaints")
            client.uid("STORE", "4", "+FLAGS.SILENT", "(\\Deleted)")
            client.unselect()
        self.feed(server.port, folder="complaints")
        result = self.poll()
        self.assertEqual(result.status, 0, str(result))
        self.assertEqual(self.kept(), 4)
        self.assertIn(b"Subject: a person's\r\n\r\nmay be undeleted\r\n", server.messages("complaints") + server.messages("jmrp"))

    def test_mail_that_a_person_has_read_is_taken_all_the_same(self):
        server = self.dovecot()
        server.deliver(messages(range(4)))
        with server.client() as client:
            client.select()
            client.uid("STORE", "1:3", "+FLAGS.SILENT", "(\\Seen)")
        self.feed(server.port)
        self.assert_polled()
        self.assert_told(range(4))
        self.assertEqual(server.flags("jmrp"), ["", "S", "S", "S"], "flags are a person's, and stay")


class Meanwhile(poll_test.PollTest):
    def test_another_client_may_move_mail_away_while_it_is_fetched(self):
        count = 1500
        server = self.dovecot(fsync=False)
        server.deliver(messages(range(count)))
        with server.client() as other:
            other.create("taken")
        stop = threading.Event()

        def take_some():
            with server.client() as client:
                client.select()
                for uid in range(count, 0, -7):
                    if stop.is_set():
                        return
                    client.uid("MOVE", str(uid), "taken")

        self.feed(server.port)
        thread = threading.Thread(target=take_some)
        thread.start()
        try:
            for _ in range(2):
                self.assert_polled()
        finally:
            stop.set()
            thread.join()
        self.assertGreater(server.count("taken"), 0, "it was quick enough to take some")
        self.assert_holds(server, [])
        archived, taken = server.messages("jmrp"), server.messages("taken")
        # Where two clients move a message at the same time Dovecot gives it to both.
        self.assertEqual(set(archived + taken), set(messages(range(count))))
        self.assertEqual((len(set(archived)), len(set(taken))), (len(archived), len(taken)), "no folder holds one twice")
        self.assertGreaterEqual(self.kept(), len(archived), "what is archived is kept")
        self.assertEqual(len(set(self.told())), self.kept())

    def test_a_folder_whose_uids_begin_anew_is_read_from_its_beginning_and_nothing_counts_twice(self):
        server = self.dovecot()
        server.deliver(messages(range(5)))
        self.feed(server.port, after="leave")
        self.assert_polled()
        server.stop()
        server.forget_uids()
        server.deliver(messages(range(5, 8)))
        server.start()
        result = self.poll()
        self.assertEqual(result.status, 0, str(result))
        self.assert_told(range(8))
        self.assert_polled()
        self.assert_told(range(8))

    def test_what_comes_while_it_polls_is_taken_by_this_poll_or_the_next(self):
        server = self.dovecot(fsync=False)
        server.deliver(messages(range(300)))
        self.feed(server.port)
        with self.popen("poll") as process:
            for number in range(300, 400):
                server.deliver(messages([number]))
            said = process.communicate(timeout=jmrp_test.PATIENCE)
        self.assertEqual((process.returncode, *said), (0, b"", b""))
        self.assert_polled()
        self.assert_told(range(400))
        self.assert_holds(server, range(400), "jmrp")


class Oversized(poll_test.PollTest):
    LIMIT = 100_000

    def setUp(self):
        super().setUp()
        self.more_configuration = f"[limits]\nmessage_bytes = {self.LIMIT}\n"
        self.large = messages([1])[0] + b"x" * 70 * self.LIMIT + b"\r\n"
        self.exact = messages([2])[0]
        self.exact += b"y" * (self.LIMIT - len(self.exact))

    def test_its_beginning_is_kept_and_it_goes_to_a_folder_of_its_own(self):
        server = self.dovecot()
        server.deliver([messages([0])[0], self.large, self.exact])
        with imap_proxy.Proxy(server.port) as proxy:
            self.feed(proxy.port)
            self.assert_polled()
            self.assertLess(sum(proxy.carried), 5 * self.LIMIT, "the rest of it was not fetched")
        self.assert_told(range(3))
        self.assertEqual(self.kept_bytes(), [(len(messages([0])[0]), 0), (self.LIMIT, 0), (self.LIMIT, 1)])
        self.assertEqual(server.messages("jmrp-oversized"), [self.large])
        self.assertEqual(server.count("jmrp"), 2)
        self.assertEqual(server.count(), 0)

    def test_deleting_and_leaving_treat_it_like_the_others(self):
        for after, left in (("delete", 0), ("leave", 1)):
            with self.subTest(after=after), self.other_database(after + ".db"):
                server = self.dovecot()
                server.deliver([self.large])
                self.feed(server.port, after=after)
                self.assert_polled()
                self.assert_polled()
                self.assertEqual(self.kept_bytes(), [(self.LIMIT, 1)])
                # what was not read in full is never deleted
                self.assertEqual((server.count(), server.count("jmrp-oversized")), (left, 1 - left))


class Feeds(poll_test.PollTest):
    USERS = {"fbl": PASSWORD, "yahoo": "Other-of-a-test", "third": PASSWORD}

    def test_feeds_are_polled_in_turn_and_those_that_are_named_alone(self):
        server = self.dovecot(users=self.USERS)
        for number, user in enumerate(self.USERS):
            server.deliver(messages([number]), user=user)
        self.feed(server.port, "hotmail")
        self.feed(server.port, "yahoo", user="yahoo", secret_file=self.secret("yahoo", "Other-of-a-test\n"))
        self.feed(server.port, "third", user="third")
        self.assert_polled("yahoo")
        self.assert_told([1])
        self.assert_polled()
        self.assert_told(range(3))
        feeds = [line.split("|") for line in self.dump().splitlines() if line.startswith("message|")]
        self.assertEqual(sorted(line[2] for line in feeds), ["hotmail", "third", "yahoo"])

    def test_one_that_fails_does_not_hold_up_the_others(self):
        server = self.dovecot(users=self.USERS)
        server.deliver(messages([0]))
        server.deliver(messages([1]), user="third")
        self.feed(server.port, "hotmail")
        self.feed(server.port, "nowhere", user="yahoo")  # the password is another
        self.feed(dovecot.free_port(), "unreachable")
        self.feed(server.port, "third", user="third")
        result = self.poll()
        said = result.stderr.decode()
        self.assertIn("nowhere", said)
        self.assertIn("unreachable", said)
        self.assertNotIn("hotmail", said)
        self.assertNotIn("third", said)
        self.assertIn(result.status, (75, 78), str(result))
        self.assert_told(range(2))

    def test_a_name_that_is_no_feed_is_told_with_those_that_are(self):
        self.feed(1, "hotmail")
        result = self.poll("hotmial")
        self.assertEqual(result.status, 64, str(result))
        self.assertIn(b"hotmail", result.stderr)

    def test_without_feeds_it_says_what_to_configure(self):
        result = self.poll()
        self.assertEqual(result.status, 78, str(result))
        self.assertIn(b"[feed.", result.stderr)

    def test_ingest_takes_a_feed_by_name_as_well(self):
        server = self.dovecot()
        server.deliver(messages(range(3)))
        self.feed(server.port, "hotmail")
        self.succeed("ingest", "imap:hotmail")
        self.assert_told(range(3))
        self.assert_holds(server, range(3), "jmrp")

    def test_the_end_is_the_same_as_that_of_the_same_mails_from_files(self):
        server = self.dovecot()
        # Dovecot itself gives CRLF for LF and another byte for NUL, so neither is in these.
        sent = messages(range(30)) + [b"x", b"\xff\xfe8bit\r\n\r\n \r lone\r\n", b"Subject: no report\r\n\r\nhello\r\n"]
        server.deliver(sent)
        self.feed(server.port)
        self.assert_polled()
        polled = self.dump()
        with self.other_database("files.db"):
            for number, message in enumerate(sent):
                self.write(f"mails/{number}.eml", message)
            self.succeed("ingest", "--feed", "jmrp", self.path("mails"))
            self.assertEqual(self.dump(), polled)


class Running(poll_test.PollTest):
    def test_a_second_poll_of_a_feed_says_so_and_ends_well(self):
        server = self.dovecot()
        server.deliver(messages(range(50)))
        with imap_proxy.Proxy(server.port, lambda n: imap_proxy.Trouble(after=20_000, stall=True) if n == 0 else None) as proxy:
            self.feed(proxy.port)
            with self.popen("poll") as first:
                self.wait_for(lambda: proxy.troubled == 1, "the first is in the middle of its work")
                second = self.poll()
                self.assertEqual(second.status, 0, str(second))
                self.assertIn(b"feed jmrp", second.stderr)
                self.assertEqual(proxy.connections, 1)
                first.kill()
                first.communicate()
            self.assert_polled()
        self.assert_told(range(50))
        self.assert_holds(server, range(50), "jmrp")

    def test_watching_takes_what_comes_in_one_connection_and_ends_at_sigterm(self):
        server = self.dovecot()
        server.deliver(messages(range(3)))
        self.feed(server.port, interval_seconds=1)
        with self.popen("poll", "--watch") as process:
            for first in (3, 5):
                self.wait_for(lambda first=first: server.count("jmrp") == first, f"{first} are taken")
                server.deliver(messages(range(first, first + 2)))
            self.wait_for(lambda: server.count("jmrp") == 7, "all are taken")
            process.terminate()
            said = process.communicate(timeout=20)
        self.assertEqual((process.returncode, *said), (0, b"", b""))
        self.assert_told(range(7))
        self.assertEqual(server.log().count("Info: Login: user=<fbl>"), 1)

    def test_watching_outlives_a_restart_of_the_server(self):
        server = self.dovecot()
        server.deliver(messages(range(3)))
        self.feed(server.port, interval_seconds=1)
        with self.popen("poll", "--watch") as process:
            self.wait_for(lambda: server.count("jmrp") == 3, "the first are taken")
            server.stop()
            server.deliver(messages(range(3, 6)))
            time.sleep(2.5)
            self.assertIsNone(process.poll(), "it keeps at it")
            server.start()
            self.wait_for(lambda: server.count("jmrp") == 6, "the others are taken")
            process.terminate()
            said = process.communicate(timeout=20)
        self.assertEqual(process.returncode, 0, said)
        self.assert_told(range(6))

    def test_sigterm_in_the_middle_leaves_nothing_half_done(self):
        server = self.dovecot(fsync=False)
        server.deliver(messages(range(3000)))
        self.feed(server.port)
        with self.popen("poll") as process:
            self.wait_for(lambda: server.count("jmrp") > 0, "some are taken")
            process.terminate()
            said = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 75, said)
        self.assertEqual(self.kept(), server.count("jmrp"), "what is kept here is done with there")
        self.assert_polled()
        self.assert_told(range(3000))
        self.assert_holds(server, range(3000), "jmrp")

    def test_a_person_at_a_terminal_sees_how_it_goes_and_what_was_kept(self):
        server = self.dovecot()
        server.deliver(messages(range(1200)))
        self.feed(server.port)
        status, said = self.at_a_terminal("poll")
        self.assertEqual(status, 0, said)
        self.assertIn("1,200 kept", said)
        server.deliver(messages(range(1200, 1203)))
        status, said = self.at_a_terminal("-q", "poll")
        self.assertEqual((status, said), (0, ""))

    def test_a_server_that_is_not_there_or_falls_silent_is_tried_again_later(self):
        port = dovecot.free_port()
        self.feed(port)
        self.assert_fails(75, "feed jmrp", f"127.0.0.1:{port}")
        server = self.dovecot()
        server.deliver([messages([0])[0] + b"x" * 200_000 + b"\r\n"])
        for after in (10, 1_000, 20_000):
            trouble = imap_proxy.Trouble(after=after, stall=True)
            with self.subTest(after=after), imap_proxy.Proxy(server.port, lambda n, trouble=trouble: trouble) as proxy:
                self.feed(proxy.port, timeout_seconds=2)
                self.assert_fails(75, "feed jmrp", f"127.0.0.1:{proxy.port}")
        self.feed(server.port)
        self.assert_polled()
        self.assert_told(range(1))


class ThePipe(poll_test.PollTest):
    def test_a_delivery_maps_no_libcurl(self):
        """While it waits for its mail, and while it settles one: whatever it opened is mapped then."""
        with self.popen("ingest", environment={"LD_DEBUG": "files", "LD_DEBUG_OUTPUT": self.path("loader")}) as process:
            process.stdin.write(reports.report(1)[:100])
            process.stdin.flush()
            self.wait_for(lambda: "libc.so" in self.maps(process.pid), "it runs")
            self.assertNotIn("curl", self.maps(process.pid))
            process.stdin.write(reports.report(1)[100:])
            self.assertEqual(process.communicate(timeout=jmrp_test.PATIENCE), (b"", b""))
        self.assertEqual(process.returncode, 0)
        loaded = ""
        for name in os.listdir(self.directory):
            if name.startswith("loader."):
                with open(self.path(name), encoding="utf-8", errors="replace") as file:
                    loaded += file.read()
        self.assertIn("libc.so", loaded, "the loader told what it loaded")
        self.assertNotIn("libcurl", loaded)

    def test_a_poll_does(self):
        server = self.dovecot()
        with imap_proxy.Proxy(server.port, lambda n: imap_proxy.Trouble(after=200, stall=True)) as proxy:
            self.feed(proxy.port)
            with self.popen("poll") as process:
                self.wait_for(lambda: proxy.troubled == 1, "it is connected")
                self.assertTrue(any("libcurl" in self.maps(pid) for pid in self.family(process.pid)))
                process.kill()
                process.communicate()


if __name__ == "__main__":
    jmrp_test.main()
