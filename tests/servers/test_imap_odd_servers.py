"""Servers that can little, behave oddly or are hostile: nothing is lost, nothing counts twice, and none of them gets anywhere."""
import os
import random
import resource
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import jmrp_test
import poll_test
from imap_server import Folder, Hangup, ImapServer, Message
from poll_test import PASSWORD, messages

ESCAPES = b"\x1b]0;owned\x07\x1b[2J"


class OddServerTest(poll_test.PollTest):
    def server(self, contents=(), **options):
        server = ImapServer(**{"certificate": poll_test.certificate(), **options})
        server.folders["INBOX"] = Folder(contents)
        server.__enter__()
        self.addCleanup(server.__exit__)
        self.feed(server.port)
        return server

    def assert_in(self, server, numbers, folder="INBOX"):
        self.assertEqual(sorted(server.folders[folder].texts()), sorted(messages(numbers)))

    def assert_emptied(self, server, numbers):
        self.assert_in(server, [])
        self.assert_in(server, numbers, "jmrp")
        self.assert_told(numbers)

    def assert_same_as_from_files(self, contents):
        """The database holds exactly these bytes."""
        polled = self.dump()
        with self.other_database("files.db"):
            for number, message in enumerate(contents):
                self.write(f"mails/{number}.eml", message)
            self.succeed("ingest", "--feed", "jmrp", self.path("mails"))
            self.assertEqual(self.dump(), polled)


class Abilities(OddServerTest):
    def test_each_combination_of_move_uidplus_and_namespace_will_do(self):
        for capabilities in ("IMAP4rev1", "IMAP4rev1 MOVE", "IMAP4rev1 UIDPLUS", "IMAP4rev1 NAMESPACE MOVE UIDPLUS", "IMAP4 IMAP4rev1 X-ODD"):
            with self.subTest(capabilities=capabilities), self.other_database(capabilities.replace(" ", "") + ".db"):
                server = self.server(messages(range(8)), capabilities=capabilities)
                self.assert_polled()
                self.assert_emptied(server, range(8))
                moves = server.count("UID MOVE")
                self.assertEqual(moves > 0, "MOVE" in capabilities)

    def test_without_uidplus_the_mail_that_others_marked_as_deleted_is_not_expunged_with_ours(self):
        server = self.server(messages(range(3)), capabilities="IMAP4rev1")
        folder = server.folders["INBOX"]
        folder.append(Message(messages([3])[0], {"\\Deleted"}))

        def somebody_marks_one(session, tag, arguments):
            folder.append(Message(messages([4])[0], {"\\Deleted"}))
            return False

        server.once("UID COPY", somebody_marks_one)
        result = self.poll()
        self.assertEqual(result.status, 0, str(result))
        both = server.folders["INBOX"].texts() + server.folders["jmrp"].texts()
        for number in range(5):
            self.assertIn(messages([number])[0], both)

    def test_a_server_that_allows_no_keywords_is_told_and_the_mails_count_once(self):
        server = self.server(messages(range(3)))
        server.keywords = False
        self.feed(server.port, after="flag")
        for _ in range(2):
            self.poll()
            self.assert_told(range(3))
        self.assert_in(server, range(3))

    def test_a_password_goes_by_login_where_the_server_knows_nothing_else(self):
        server = self.server(messages(range(2)))
        server.mechanisms = ""
        self.assert_polled()
        self.assertEqual(server.count("LOGIN"), 1)
        self.assert_emptied(server, range(2))

    def test_passwords_of_any_characters_arrive(self):
        for number, password in enumerate(('quote " and \\ back', " spaces ", "päss wörd", "{3}", "*", "%s%n", "(x)")):
            for mechanisms in ("", "AUTH=PLAIN"):
                with self.subTest(password=password, mechanisms=mechanisms), self.other_database(f"{number}{mechanisms}.db"):
                    self.secret("password", password + "\n")
                    server = self.server(messages(range(1)))
                    server.users = {"fbl": password}
                    server.mechanisms = mechanisms
                    if not mechanisms and not password.isascii():
                        continue  # LOGIN has no way to say it
                    self.assert_polled()
                    self.assert_told(range(1))


class Contents(OddServerTest):
    def test_any_bytes_are_kept_as_they_are(self):
        contents = [b"\0", b"a\0b\r\n\r\n\0\0", b"\xff\xfe: 8bit\r\n\r\n\x80", b"lone\rcr: x\r\r\n\r\n\r", b"bare\nlf\n\n", b")\r\nA1 OK done\r\n",
                    b"* BYE\r\n", b"{100}\r\n", b'"', b"x" * 300_000, random.Random(1).randbytes(200_000)] + messages(range(3))
        server = self.server(contents)
        self.assert_polled()
        self.assertEqual(sorted(server.folders["jmrp"].texts()), sorted(contents))
        self.assertEqual(self.kept_bytes(), sorted((len(one), 0) for one in contents))
        self.assert_same_as_from_files(contents)

    def test_an_empty_message_does_not_hold_up_the_others(self):
        server = self.server([messages([0])[0], b"", messages([1])[0]])
        self.poll()
        self.poll()
        self.assert_told(range(2))
        self.assertNotIn(messages([1])[0], server.folders["INBOX"].texts())

    def test_answers_in_other_forms_are_understood(self):
        """Quoted strings, NIL, flags and sizes that nobody asked for, answers about other mails, lower case."""
        contents = messages(range(4))
        server = self.server(contents + [b"short"])

        def answer(session, tag, arguments):
            if b"BODY" not in arguments:
                return False
            session.send(b"* 2 FETCH (FLAGS (\\Seen))", b"* OK [ALERT] soon down for maintenance", b"* 6 EXISTS", b"* 1 RECENT")
            for sequence, data in enumerate(contents, 1):
                session.raw(b"* %d fetch (body[] {%d}\r\n%s flags (\\Recent) MODSEQ (12) uid %d X-ODD (a (b \"c)\" NIL) {3}\r\n)))))\r\n"
                            % (sequence, len(data), data, sequence))
            session.send(b'* 5 FETCH (UID 5 BODY[] "short")', b"* 3 FETCH (FLAGS () UID 3)", tag + b" ok done")
            return True

        server.on("UID FETCH", answer)
        self.assert_polled()
        self.assertEqual(sorted(server.folders["jmrp"].texts()), sorted(contents + [b"short"]))
        self.assertEqual(self.kept_bytes(), sorted((len(one), 0) for one in contents + [b"short"]))

    def test_a_size_that_is_a_lie_does_no_harm(self):
        """Some servers tell the size with other line ends; the literal counts."""
        self.more_configuration = "[limits]\nmessage_bytes = 20000\n"
        for size in (0, 1, 19_000, 20_001, 10_000_000):
            with self.subTest(size=size), self.other_database(f"{size}.db"):
                server = self.server([Message(messages([0])[0], size=size), Message(messages([1])[0] + b"x" * 50_000, size=size)])
                result = self.poll()
                self.assertEqual(result.status, 0, str(result))
                self.assert_told(range(2))
                self.assertLessEqual(max(kept for kept, _ in self.kept_bytes()), 20_000)
                self.assert_in(server, [])


class Changes(OddServerTest):
    def test_uids_that_begin_anew_between_polls_count_nothing_twice(self):
        server = self.server(messages(range(4)))
        self.feed(server.port, after="leave")
        self.assert_polled()
        server.folders["INBOX"] = Folder(messages([7, 0, 1, 2, 3, 8]), uid_validity=2)
        result = self.poll()
        self.assertEqual(result.status, 0, str(result))
        self.assert_told([0, 1, 2, 3, 7, 8])

    def test_uids_that_begin_anew_in_the_middle_of_a_poll_touch_no_other_mail(self):
        """The connection breaks, and behind the next SELECT the same UIDs are other mails."""
        server = self.server(messages(range(4)))

        def break_off(session, tag, arguments):
            server.folders["INBOX"] = Folder(messages(range(10, 14)), uid_validity=2)
            raise Hangup

        server.once("UID MOVE", break_off)
        self.poll()
        self.poll()
        self.assert_told([0, 1, 2, 3, 10, 11, 12, 13])
        self.assert_in(server, range(10, 14), "jmrp")

    def test_what_another_client_took_away_meanwhile_is_passed_over(self):
        server = self.server(messages(range(6)))

        def take_two(session, tag, arguments):
            server.folders["INBOX"].messages.pop(2, None)
            server.folders["INBOX"].messages.pop(5, None)
            return False

        server.on("UID FETCH", take_two)
        self.assert_polled()
        self.assert_emptied(server, [0, 2, 3, 5])

    def test_what_is_gone_before_it_is_moved_is_kept_all_the_same(self):
        server = self.server(messages(range(6)))

        def take_one(session, tag, arguments):
            server.folders["INBOX"].messages.pop(3, None)
            return False

        server.on("UID MOVE", take_one)
        self.assert_polled()
        self.assert_told(range(6))
        self.assert_in(server, [0, 1, 3, 4, 5], "jmrp")

    def test_one_that_the_server_refuses_is_told_tried_again_and_holds_up_nobody(self):
        server = self.server(messages(range(6)))
        refused = server.folders["INBOX"].messages[3]
        refused.refused = b"NO [SERVERBUG] " + ESCAPES + b" cannot read it"
        for _ in range(2):
            result = self.poll()
            self.assertIn(b"cannot read it", result.stderr)
            self.assertNotIn(b"\x1b", result.stderr)
            self.assert_told([0, 1, 3, 4, 5])
            self.assert_in(server, [2])
        server.folders["INBOX"].append(messages([6])[0])
        refused.refused = b""
        self.assert_polled()
        self.assert_emptied(server, range(7))

    def test_a_refused_one_that_stays_is_not_asked_for_by_the_others(self):
        """Left on the server, what was read is not read again, and only the refused one is asked for once more."""
        server = self.server(messages(range(6)))
        self.feed(server.port, after="leave")
        server.folders["INBOX"].messages[3].refused = b"NO cannot read it"
        self.poll()
        del server.commands[:]
        server.folders["INBOX"].messages[3].refused = b""
        self.assert_polled()
        self.assert_told(range(6))
        bodies = [command for command in server.commands if "BODY" in command]
        self.assertEqual(len(bodies), 1, bodies)
        self.assertRegex(bodies[0], r"^UID FETCH 3 ")


class Trouble(OddServerTest):
    """The server goes wrong in the middle. Each is tried until it is well again."""

    def goes_wrong_then_well(self, spoil, count=6, statuses=(0, 75)):
        server = self.server(messages(range(count)))
        spoil(server)
        result = self.poll()
        self.assertIn(result.status, statuses, str(result))
        self.assertNotIn(PASSWORD.encode(), result.stderr)
        server.handlers.clear()
        self.assert_polled()
        self.assert_emptied(server, range(count))
        return result

    def test_bye_in_the_middle(self):
        for name in ("SELECT", "UID SEARCH", "UID FETCH", "UID MOVE"):
            with self.subTest(name=name), self.other_database(name.replace(" ", "") + ".db"):
                def bye(session, tag, arguments):
                    session.send(b"* BYE " + ESCAPES + b" going down")
                    raise Hangup

                result = self.goes_wrong_then_well(lambda server, name=name: server.on(name, bye), statuses=(75,))
                self.assertNotIn(b"\x1b", result.stderr)

    def test_a_connection_that_ends_between_messages_is_made_again(self):
        server = self.server(messages(range(40)))

        def hang_up(session, tag, arguments):
            if b"BODY" not in arguments:
                return False
            for uid in range(1, 11):
                data = server.folders["INBOX"].messages[uid].data
                session.send(b"* %d FETCH (UID %d BODY[] {%d}\r\n" % (uid, uid, len(data)) + data + b")")
            raise Hangup

        def once_with_bodies(session, tag, arguments):
            if b"BODY" in arguments:
                server.handlers.pop("UID FETCH")
                return hang_up(session, tag, arguments)
            return False

        server.on("UID FETCH", once_with_bodies)
        result = self.poll()
        self.assertEqual(result.status, 0, str(result))
        self.assertEqual(server.connections, 2)
        self.assert_emptied(server, range(40))

    def test_literals_that_are_longer_or_shorter_than_they_say(self):
        for change in (-1, -100, 1, 100, 1 << 40):
            with self.subTest(change=change), self.other_database(f"{change}.db"):
                server = self.server(messages(range(6)))
                self.feed(server.port, timeout_seconds=1)
                liar = server.folders["INBOX"].messages[4]
                liar.announced = len(liar.data) + change
                for _ in range(2):
                    result = self.poll()
                    self.assertEqual(result.status, 75, str(result))
                self.assertIn(messages([3])[0], server.folders["INBOX"].texts(), "what did not come whole is not done with")
                liar.announced = None
                self.assert_polled()
                self.assert_emptied(server, range(6))

    def test_lines_without_end_and_answers_without_end_do_not_fill_the_memory(self):
        def endless_line(session, tag, arguments):
            session.raw(b"* OK ")
            for _ in range(400):
                session.raw(b"x" * 1_000_000)

        def endless_list(session, tag, arguments):
            for _ in range(400):
                session.raw(b"* 1 FETCH " + b"(" * 1_000_000)

        def endless_lines(session, tag, arguments):
            for _ in range(200):
                session.raw(b"* OK still here\r\n" * 100_000)

        for function in (endless_line, endless_list):
            for name in ("CAPABILITY", "SELECT", "UID SEARCH", "UID FETCH"):
                with self.subTest(function=function.__name__, name=name), self.other_database(f"{function.__name__}{name.replace(' ', '')}.db"):
                    server = self.server(messages(range(3)))
                    server.on(name, function)
                    result, peak = self.poll_measured()
                    self.assertEqual(result.status, 75, str(result))
                    self.assertLess(peak, 150_000 if not jmrp_test.SANITIZED else 1_000_000, "kB")
                    server.handlers.clear()
                    self.assert_polled()
                    self.assert_emptied(server, range(3))
        server = self.server(messages(range(3)))
        server.on("UID SEARCH", endless_lines)
        self.poll_measured()

    def poll_measured(self):
        """-> (result, kB at its peak)"""
        result = self.poll()
        return result, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss

    def test_nonsense_is_an_error_and_quoted_for_no_terminal(self):
        for nonsense in (b"* 1 FETCH (UID 1 BODY[] ", b"HTTP/1.1 400 Bad Request", b"* " + ESCAPES, b"", b"*", b"+ ", b"* 99999999999999999999 EXISTS",
                         b"* 1 FETCH (UID 99999999999999999999 BODY[] \"\")", b"* SEARCH 1 x 2", b"* 0 FETCH (UID 0 BODY[] \"x\")", b"\0\0\0"):
            with self.subTest(nonsense=nonsense), self.other_database(f"{hash(nonsense)}.db"):
                def say(session, tag, arguments, nonsense=nonsense):
                    session.send(nonsense)
                    return False

                server = self.server(messages(range(3)))
                for name in ("SELECT", "UID SEARCH", "UID FETCH", "UID MOVE"):
                    server.handlers.clear()
                    server.on(name, say)
                    result = self.poll()
                    self.assertIn(result.status, (0, 75), str(result))
                    self.assertNotIn(b"\x1b", result.stderr)
                server.handlers.clear()
                self.assert_polled()
                self.assert_emptied(server, range(3))

    def test_refusals_of_each_command_are_told_with_the_servers_words(self):
        for name in ("SELECT", "UID SEARCH", "UID FETCH", "UID MOVE", "CREATE"):
            for answer in (b"NO", b"BAD"):
                with self.subTest(name=name, answer=answer), self.other_database(f"{name.replace(' ', '')}{answer.decode()}.db"):
                    def refuse(session, tag, arguments, answer=answer):
                        session.send(tag + b" " + answer + b" [UNAVAILABLE] the disk " + ESCAPES + b" is tired" + b"!" * 5000)

                    result = self.goes_wrong_then_well(lambda server, name=name: server.on(name, refuse), statuses=(65, 66, 75))
                    self.assertIn(b"is tired", result.stderr)
                    self.assertNotIn(b"\x1b", result.stderr)
                    self.assertNotIn(b"!" * 300, result.stderr)

    def test_a_disk_that_is_full_here_leaves_the_mails_there(self):
        server = self.server(messages(range(300)))
        result = self.poll(preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000)))
        self.assertNotEqual(result.status, 0, str(result))
        there = server.folders.get("jmrp", Folder()).texts()
        self.assertEqual(sorted(server.folders["INBOX"].texts() + there), sorted(messages(range(300))))
        self.assertLessEqual(len(there), self.kept())
        self.assert_polled()
        self.assert_emptied(server, range(300))


class Hostile(OddServerTest):
    def test_where_starttls_is_not_offered_or_refused_nothing_secret_is_sent(self):
        for how in ("stripped", "refused", "preauth"):
            with self.subTest(how=how):
                server = self.server(messages(range(2)), certificate=poll_test.certificate() if how == "refused" else None)
                if how == "refused":
                    server.on("STARTTLS", lambda session, tag, arguments: session.send(tag + b" NO not today"))
                if how == "preauth":
                    server.greeting = b"* PREAUTH you are in already"
                self.assert_fails(78, "feed jmrp", "127.0.0.1", "tls")
                self.assertEqual(server.credentials, [])
                for command in server.commands:
                    self.assertIn(command.split()[0], ("CAPABILITY", "STARTTLS", "LOGOUT", "NOOP"))
                self.assertEqual(len(server.folders["INBOX"].messages), 2)

    def test_what_is_slipped_in_behind_starttls_is_not_believed(self):
        """Answers that came in the clear must not count as if they came encrypted."""
        for injected in (b"* CAPABILITY IMAP4rev1 AUTH=X-EVIL\r\n", b"A002 OK [CAPABILITY IMAP4rev1] injected\r\n", b"* PREAUTH injected\r\n",
                         b"* BYE injected\r\n"):
            with self.subTest(injected=injected), self.other_database(f"{hash(injected)}.db"):
                server = self.server(messages(range(2)))
                server.behind_starttls = injected
                result = self.poll()
                self.assertEqual(result.status, 75, str(result))
                self.assertNotIn(b"injected", result.stderr)
                self.assertEqual(server.credentials, [])
                self.assertEqual(server.count("LOGIN"), 0)

    def test_the_challenge_to_a_stale_token_is_answered_and_never_printed(self):
        token = self.secret("token", "stale-Token\n")
        for login, mechanism in (("oauthbearer", "AUTH=OAUTHBEARER"), ("xoauth2", "AUTH=XOAUTH2")):
            with self.subTest(login=login), self.other_database(login + ".db"):
                server = self.server(messages(range(2)))
                server.mechanisms = mechanism
                server.token_challenge = b'{"status":"400","hint":"stale-Token"}'
                server.refusal = b"token stale-Token is no good"
                self.feed(server.port, login=login, secret_file=token)
                said = self.assert_fails(78, "feed jmrp", "127.0.0.1", "secret_file", arguments=["--verbose"])
                self.assertNotIn("stale-Token", said)
                server.token = "stale-Token"
                self.assert_polled()
                self.assert_emptied(server, range(2))

    def test_a_server_that_repeats_the_password_does_not_get_it_printed(self):
        server = self.server(messages(range(2)))
        self.secret("password", "Wr0ng-and-secret\n")
        server.refusal = b"no user fbl with Wr0ng-and-secret"
        said = self.assert_fails(78, "feed jmrp", arguments=["--verbose"])
        self.assertNotIn("Wr0ng", said)

    def test_no_mechanism_in_common_is_told(self):
        server = self.server(messages(range(2)))
        server.mechanisms = "LOGINDISABLED AUTH=X-OTHER"
        self.assert_fails(78, "feed jmrp", "127.0.0.1")
        self.assertEqual(server.count("LOGIN"), 0)

    def test_names_of_folders_come_to_no_terminal_as_they_are(self):
        server = self.server()
        server.folders["evil" + ESCAPES.decode()] = Folder()
        server.folders["&bad"] = Folder()
        self.feed(server.port, folder="absent")
        said = self.assert_fails(66, "feed jmrp", "absent", "INBOX")
        self.assertNotIn("\x1b", said)


class Watching(OddServerTest):
    def test_a_slow_server_does_not_keep_it_from_ending_at_sigterm(self):
        server = self.server(messages(range(3)))
        gate = threading.Event()
        self.addCleanup(gate.set)
        server.on("UID FETCH", lambda session, tag, arguments: gate.wait(60) and False)
        with self.popen("poll", "--watch") as process:
            server.wait_until(lambda: server.count("UID FETCH") > 0, "it fetches")
            process.terminate()
            said = process.communicate(timeout=15)
        self.assertEqual(process.returncode, 0, said)

    def test_a_silent_server_is_noticed_within_the_timeout(self):
        server = self.server(messages(range(3)))
        gate = threading.Event()
        self.addCleanup(gate.set)
        self.feed(server.port, timeout_seconds=1)
        server.on("UID SEARCH", lambda session, tag, arguments: gate.wait(60) and False)
        self.assert_fails(75, "feed jmrp", f"127.0.0.1:{server.port}")


if __name__ == "__main__":
    jmrp_test.main()
