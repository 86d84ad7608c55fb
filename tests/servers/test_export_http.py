"""The list reaches servers: each is asked as its documentation says, once for each change, whatever the server does in between."""
import base64
import collections
import hashlib
import hmac
import json
import os
import signal
import subprocess
import sys
import time
import tomllib

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import http_server
import jmrp_test
from http_server import Answer

SECRET = "s3cr3t-of-a-test"


class HttpExportTest(jmrp_test.JmrpTest):
    def setUp(self):
        super().setUp()
        os.chmod(self.write("secret", SECRET + "\n"), 0o600)

    def add(self, *addresses):
        self.succeed("suppressions", "add", "--note", "x", *addresses)

    def remove(self, *addresses):
        self.succeed("suppressions", "remove", "--note", "x", *addresses)

    def consumer(self, server, format="webhook", **keys):
        keys.setdefault("secret_file", self.path("secret"))
        keys.setdefault("requests_per_second", 1000)
        lines = [f"{name} = {json.dumps(value)}" for name, value in keys.items() if value is not None]
        self.write("jmrp.toml", "\n".join([jmrp_test.TRUSTING, "[export.net]", f'format = "{format}"', f'url = "{server.url}"', *lines]))

    def behind(self):
        return self.json("status")["exports"][0]["behind"]

    def fail_to_export(self, *arguments):
        result = self.run_jmrp("export", *arguments)
        self.assertEqual(result.status, jmrp_test.TRY_AGAIN, str(result))
        self.assertNotIn(SECRET.encode(), result.stderr)
        self.assertNotIn(b"@example.com", result.stderr)
        return result.stderr.decode()


class Webhook(HttpExportTest):
    def test_posts_what_is_new_in_lines_that_are_signed_and_only_once(self):
        with http_server.HttpServer() as server:
            self.consumer(server)
            self.add("a@example.com", "b@example.com")
            self.succeed("export")
            self.succeed("export")
            self.remove("a@example.com")
            self.add("c@example.com")
            self.succeed("export")
            requests = server.taken()
        said = [[(line["address"], line["active"]) for line in request.lines()] for request in requests]
        self.assertEqual(said, [[("a@example.com", True), ("b@example.com", True)], [("c@example.com", True)], [("a@example.com", False)]])
        for request in requests:
            at = request.headers["Jmrp-Timestamp"]
            expected = hmac.new(SECRET.encode(), at.encode() + b"." + request.body, hashlib.sha256).hexdigest()
            self.assertEqual(request.headers["Jmrp-Signature"], "sha256=" + expected)
            self.assertEqual(request.headers["Content-Type"], "application/jsonl")
        self.assertEqual(len({request.headers["Jmrp-Batch"] for request in requests}), 3)
        self.assertEqual(self.behind(), 0)

    def test_says_everybody_with_full_and_sends_nothing_in_a_dry_run(self):
        with http_server.HttpServer() as server:
            self.consumer(server)
            self.add("a@example.com")
            self.assertIn("1 suppressions, the whole list", self.succeed("export", "--dry-run"))
            self.assertEqual(server.taken(), [])
            self.succeed("export")
            self.succeed("export", "--full")
            self.assertEqual(len(server.taken()), 2)

    def test_waits_as_long_as_the_server_asks_and_tries_again(self):
        script = [Answer(429, headers={"Retry-After": "2"}), Answer(503), Answer(drop=True)]
        with http_server.HttpServer(script=script) as server:
            self.consumer(server)
            self.add("a@example.com")
            begun = time.monotonic()
            self.succeed("export")
            # What it asks for, and a pause that doubles; libcurl itself asks again where a connection of before has ended.
            self.assertGreaterEqual(time.monotonic() - begun, 2 + 2)
            self.assertEqual(len({request.headers["Jmrp-Batch"] for request in server.taken()}), 1)
            self.assertEqual(len(server.taken()), 4)

    def test_gives_up_when_patience_ends_and_the_next_run_goes_on(self):
        with http_server.HttpServer(script=[Answer(429, headers={"Retry-After": "3600"})]) as server:
            self.consumer(server, patience_seconds=5)
            self.add("a@example.com")
            self.assertIn("429", self.fail_to_export())
            self.assertEqual(self.behind(), 1)
            self.assertIn("429", self.json("status")["exports"][0]["last_error"])
            self.succeed("export")
            self.assertEqual(self.behind(), 0)

    def test_a_silent_server_costs_no_more_than_its_time(self):
        with http_server.HttpServer(script=[Answer(silent=60)]) as server:
            self.consumer(server, timeout_seconds=1, patience_seconds=0)
            self.add("a@example.com")
            begun = time.monotonic()
            self.fail_to_export()
            self.assertLess(time.monotonic() - begun, 30)

    def test_nobody_listens(self):
        with http_server.HttpServer() as server:
            self.consumer(server, patience_seconds=0)
        self.add("a@example.com")
        self.fail_to_export()

    def test_no_redirect_is_followed(self):
        with http_server.HttpServer() as other, \
                http_server.HttpServer(lambda _: Answer(307, headers={"Location": other.url + "/stolen"})) as server:
            self.consumer(server)
            self.add("a@example.com")
            self.assertIn("307", self.fail_to_export())
            self.assertEqual(other.taken(), [])
            self.assertEqual(len(server.taken()), 1)

    def test_keeps_to_its_rate(self):
        with http_server.HttpServer() as server:
            self.consumer(server, "listmonk", user="api", requests_per_second=4)
            self.add(*(f"a{number}@example.com" for number in range(9)))
            begun = time.monotonic()
            self.succeed("export")
            self.assertGreaterEqual(time.monotonic() - begun, 2)
            self.assertEqual(len(server.taken()), 9)

    def test_ends_when_told_to_and_goes_on_from_there(self):
        with http_server.HttpServer() as server:
            self.consumer(server, "listmonk", user="api", requests_per_second=20)
            self.add(*(f"a{number}@example.com" for number in range(250)))
            process = subprocess.Popen([self.program, "export"], env=self.environment(), stderr=subprocess.PIPE)
            while len(server.taken()) < 130:
                time.sleep(0.05)
            process.send_signal(signal.SIGTERM)
            self.assertEqual(process.wait(60), jmrp_test.TRY_AGAIN, process.stderr.read())
            process.stderr.close()
            self.consumer(server, "listmonk", user="api")
            self.succeed("export")
            count = collections.Counter(json.loads(request.body)["email"] for request in server.taken())
            self.assertEqual(len(count), 250)
            self.assertGreaterEqual(list(count.values()).count(1), 150, count)  # it did not begin again

    def test_one_row_that_is_refused_is_found_counted_and_left(self):
        def answer(request):
            return Answer(422 if b"bad@example.com" in request.body else 200)
        with http_server.HttpServer(answer) as server:
            self.consumer(server)
            self.add("bad@example.com", *(f"a{number}@example.com" for number in range(10)))
            result = self.run_jmrp("export", "--json")
            self.assertEqual(result.status, 0, str(result))
            said = json.loads(result.stdout)["exports"][0]
            self.assertEqual((said["added"], said["refused"]), (10, 1))
            self.assertIn(b"1 refused by the server", result.stderr)
            taken = {line["address"] for request in server.taken() if answer(request).status == 200 for line in request.lines()}
            self.assertEqual(len(taken), 10)
            before = len(server.taken())
            self.succeed("export")
            self.assertEqual(len(server.taken()), before)

    def test_who_refuses_everybody_passes_nobody_over(self):
        with http_server.HttpServer(lambda _: Answer(400)) as server:
            self.consumer(server, "listmonk", user="api")
            self.add(*(f"a{number}@example.com" for number in range(30)))
            self.assertIn("refuses everybody", self.fail_to_export())
            self.assertEqual(len(server.taken()), 20)
            self.assertEqual(self.behind(), 30)


    def test_what_the_api_of_civicrm_says_for_good_is_told_at_once_and_maintenance_is_waited_for(self):
        error = Answer(500, '{"error_code":0,"error_message":"no","status":500}')
        maintenance = Answer(503, '{"status_code":503,"status_message":"Temporarily unavailable for maintenance."}')
        with http_server.HttpServer(lambda _: Answer(200, '{"values":[]}'), script=[maintenance, error]) as server:
            self.consumer(server, "civicrm", patience_seconds=2)
            self.add("a@example.com")
            self.assertIn("its API ends with an error", self.fail_to_export())
            self.assertEqual(len(server.taken()), 2)
            self.assertEqual(self.behind(), 1)
            self.succeed("export")
            self.assertEqual(self.behind(), 0)


class Secrets(HttpExportTest):
    def test_certificates_are_checked(self):
        authority, certificate, key = http_server.certificates(self.directory)
        with http_server.HttpServer(certificate=(certificate, key)) as server:
            self.consumer(server)
            self.add("a@example.com")
            self.assertIn("ca_file", self.fail_to_export())
            self.assertEqual(server.taken(), [])
            self.consumer(server, ca_file=authority)
            self.succeed("export")
            self.assertEqual(len(server.taken()), 1)
            server.url = f"https://localhost:{server.port}"  # the certificate is for 127.0.0.1
            self.consumer(server, ca_file=authority)
            self.add("b@example.com")
            self.assertIn("certificate", self.fail_to_export())
            self.assertEqual(len(server.taken()), 1)

    def test_the_configuration_is_held_to_what_is_safe(self):
        for url, why in (("http://lists.example.com", "in the clear"), ("https://me:pw@lists.example.com", "no user and no password"),
                         ("https://lists.example.com/?x", "a path"), ("ftp://lists.example.com", "https://")):
            self.write("jmrp.toml", f'[export.net]\nformat = "webhook"\nurl = "{url}"\nsecret_env = "X"\n')
            result = self.run_jmrp("config", "check")
            self.assertEqual(result.status, 78, str(result))
            self.assertIn(why.encode(), result.stderr)
            self.assertNotIn(b"me:pw", result.stderr)

    def test_a_secret_that_others_may_read_is_not_used(self):
        with http_server.HttpServer() as server:
            self.consumer(server)
            os.chmod(self.path("secret"), 0o644)
            self.add("a@example.com")
            self.assertIn("everybody may read it", self.fail_to_export())
            self.assertEqual(server.taken(), [])


class Forms(HttpExportTest):
    """The requests themselves are held against the documentation by the unit tests; here is what goes with them."""

    def requests_of(self, format, answer=None, **keys):
        with http_server.HttpServer(answer) as server:
            self.consumer(server, format, **keys)
            self.add("o'brien+x@example.com")
            self.succeed("export")
            return server.taken()

    def test_user_and_secret_go_as_each_server_wants_them(self):
        basic = {user: "Basic " + base64.b64encode(f"{user}:{SECRET}".encode()).decode() for user in ("me", "api")}
        found = {
            "listmonk": ({"user": "me"}, {"Authorization": basic["me"]}),
            "mailman3": ({"user": "me", "list": "news.example.org"}, {"Authorization": basic["me"]}),
            "mailgun": ({"list": "mg.example.org"}, {"Authorization": basic["api"]}),
            "sendgrid": ({}, {"Authorization": "Bearer " + SECRET}),
            "sparkpost": ({}, {"Authorization": SECRET}),
            "postmark": ({"list": "broadcast"}, {"X-Postmark-Server-Token": SECRET}),
            "mailwizz": ({}, {"X-Api-Key": SECRET}),
            "civicrm": ({}, {"X-Civi-Auth": "Bearer " + SECRET, "X-Requested-With": "XMLHttpRequest"}),
        }
        answers = {"civicrm": '{"values":[]}'}
        for format, (keys, headers) in found.items():
            with self.subTest(format=format):
                requests = self.requests_of(format, lambda _, body=answers.get(format, "{}"): Answer(200, body), **keys)
                self.assertTrue(requests)
                for request in requests:
                    for name, value in headers.items():
                        self.assertEqual(request.headers[name], value)

    def test_sendy_wants_no_secret(self):
        request, = self.requests_of("sendy", lambda _: Answer(200, "1"), secret_file=None, list="aBc1")
        self.assertEqual((request.method, request.path), ("POST", "/unsubscribe"))
        self.assertEqual(request.form(), {"email": "o'brien+x@example.com", "list": "aBc1", "boolean": "true"})
        self.assertIsNone(request.headers["Authorization"])

    def test_mautic_is_asked_for_the_contact_first(self):
        def answer(request):
            if request.method == "GET":
                return Answer(200, '{"total":"1","contacts":{"47":{"id":47,"fields":{"all":{"email":"O\'Brien+X@example.com"}}}}}')
            return Answer(200, "{}")
        look, tell = self.requests_of("mautic", answer, user="me")
        self.assertIn("o%27brien%2Bx%40example.com", look.path)
        self.assertEqual((tell.method, tell.path), ("POST", "/api/contacts/47/dnc/email/add"))
        self.assertEqual(json.loads(tell.body)["reason"], 1)

    def test_amazon_gets_a_signature_that_is_right(self):
        request, = self.requests_of("ses", user="AKIDEXAMPLE", region="eu-central-1")
        self.assertEqual((request.method, request.path), ("PUT", "/v2/email/suppression/addresses"))
        self.assertEqual(json.loads(request.body), {"EmailAddress": "o'brien+x@example.com", "Reason": "COMPLAINT"})
        expected, given = http_server.aws_signature(request, SECRET, "eu-central-1", "ses")
        self.assertEqual(given["Signature"], expected)


class Commands(HttpExportTest):
    def test_the_example_for_phplist_ends_where_that_fails_and_hands_over_one_word(self):
        with open(os.path.join(os.environ["JMRP_SOURCE"], "examples", "exports", "programs.toml"), "rb") as file:
            words = tomllib.load(file)["export"]["phplist"]["command"]
        php = self.write("php", '#!/bin/sh\ntest -e "$0.broken" && { echo "phpList - FAIL"; exit; }\n'
                                'for last; do :; done\nprintf "%s\\n" "$#" "$last" >> "$0.told"\necho "phpList - OK $last"\n')
        os.chmod(php, 0o755)
        words[-1] = words[-1].replace("php /var", php + " /var")
        self.write("jmrp.toml", jmrp_test.TRUSTING + f'[export.phplist]\nformat = "text"\ncommand = {json.dumps(words)}\n')
        hostile = ["`reboot`@example.com", "a'b@example.com", "a&b|c$x@example.com"]
        self.add(*hostile)
        broken = self.write("php.broken", "")
        self.fail_to_export()
        self.assertEqual(self.behind(), 3)
        os.remove(broken)
        self.succeed("export")
        with open(php + ".told", encoding="utf-8") as file:
            told = file.read().splitlines()
        self.assertEqual((told[0::2], sorted(told[1::2])), (["7"] * 3, sorted(hostile)))

    def test_a_program_is_told_on_its_standard_input_and_confirms_with_0(self):
        script = self.write("take.sh", '#!/bin/sh\ntest -e "$1/closed" && exit 1\ncat >> "$1/taken"\n')
        os.chmod(script, 0o755)
        self.write("jmrp.toml", jmrp_test.TRUSTING + f'[export.app]\nformat = "jsonl"\ncommand = ["{script}", "{self.directory}"]\n')
        self.add("a@example.com")
        closed = self.write("closed", "")
        self.fail_to_export()
        self.assertEqual(self.behind(), 1)
        os.remove(closed)
        self.succeed("export")
        self.succeed("export")
        self.remove("a@example.com")
        self.succeed("export")
        with open(self.path("taken"), encoding="utf-8") as file:
            said = [json.loads(line) for line in file]
        self.assertEqual([(one["address"], one["active"]) for one in said], [("a@example.com", True), ("a@example.com", False)])


if __name__ == "__main__":
    jmrp_test.main()
