"""Smart Network Data Services are fetched: by a sign-in, by links with a key, through everything that such a server may do."""
import base64
import hashlib
import os
import signal
import stat
import sys
import urllib.error
import urllib.parse
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import http_server
import jmrp_test
import snds_server
from http_server import Answer
from snds_server import ago, row
from snds_test import SndsTest

DATA = "/snds/api/report/data/"
STATUS = "/snds/api/report/status/ip"
TOKEN = "/oauth2/v2.0/token"


class Fetch(SndsTest):
    def setUp(self):
        super().setUp()
        self.sign_in()
        for days in (2, 3):
            self.server.days[ago(days)] = row("192.0.2.10", ago(days)) + row("203.0.113.9", ago(days), color="RED")

    def test_asks_for_each_of_thirty_days_and_the_standing_and_prints_nothing(self):
        self.server.standing = "192.0.2.0,192.0.2.1,True,Blocked due to user complaints or other evidence of spamming\n"
        result = self.run_jmrp("snds", "fetch")
        self.assertEqual((result.status, result.stdout, result.stderr), (0, b"", b""))
        self.assertEqual(self.server.asked_for(DATA), [DATA + ago(days) for days in range(1, 31)])
        shown = self.show()
        self.assertEqual([(day["ip"], day["day"], day["own"]) for day in shown["days"]],
                         [("192.0.2.10", ago(3), True), ("192.0.2.10", ago(2), True), ("203.0.113.9", ago(3), False), ("203.0.113.9", ago(2), False)])
        self.assertEqual(shown["days"][0]["complaint_rate"], {"lower": 0, "upper": 0.1})
        self.assertEqual(shown["standing"]["ranges"][0]["blocked"], True)
        self.assertEqual({one["reason"] for one in shown["missing"]}, {"no-data"})
        self.assertEqual(len(shown["missing"]), 28)
        text = self.succeed("snds", "show")
        own, foreign = text.split("IPs in the same ranges")
        self.assertIn("192.0.2.10", own)
        self.assertNotIn("203.0.113.9", own)
        self.assertIn("203.0.113.9", foreign)

    def test_asks_again_only_for_what_may_have_changed(self):
        self.succeed("snds", "fetch")
        before = len(self.server.asked_for(DATA))
        self.succeed("snds", "fetch")
        self.assertEqual(len(self.server.asked_for(DATA)), before, "nothing within hours")
        self.server.days[ago(1)] = row("192.0.2.10", ago(1))
        self.server.days[ago(2)] = row("192.0.2.10", ago(2), counts="500,500,500")
        self.succeed("snds", "fetch", environment={"JMRP_NOW": str(int(snds_server.NOON) + 7 * 3600)})
        self.assertEqual(self.server.asked_for(DATA)[before:], [DATA + ago(days) for days in (1, 2, 4, 5, 6, 7)])
        counts = {day["day"]: day["message_recipients"] for day in self.show()["days"] if day["own"]}
        self.assertEqual(counts, {ago(1): 422, ago(2): 500, ago(3): 422})

    def test_an_access_token_that_is_not_taken_is_renewed_once(self):
        self.server.broken[STATUS] = [Answer(401)]
        self.succeed("snds", "fetch")
        self.assertEqual(len(self.server.asked_for(TOKEN)), 2)
        self.server.broken[STATUS] = [Answer(401), Answer(401)]
        said = self.fail_to_fetch(environment={"JMRP_NOW": str(int(snds_server.NOON) + 7 * 3600)})
        self.assertIn("answers 401", said)
        self.assertIn("jmrp snds login", said)
        self.assertEqual(len(self.server.asked_for(TOKEN)), 4)
        self.assertEqual(self.findings()["snds-fetch"], "critical")

    def findings(self):
        result = self.run_jmrp("check", "--json")
        return {one["rule"]: one["status"] for one in jmrp_test.json.loads(result.stdout)["findings"]}

    def test_waits_as_long_as_it_is_asked_to_and_goes_on(self):
        self.configure(patience_seconds=60)
        self.server.broken[DATA + ago(1)] = [Answer(429, headers={"Retry-After": "1"}), Answer(500)]
        self.succeed("snds", "fetch")
        self.assertEqual(len(self.server.asked_for(DATA + ago(1))), 3)
        self.assertEqual(self.missing()[ago(1)], "no-data")

    def test_a_day_that_fails_is_told_apart_and_holds_up_no_other(self):
        self.server.broken[DATA + ago(1)] = Answer(500)
        said = self.fail_to_fetch(jmrp_test.TRY_AGAIN)
        self.assertIn("answers 500", said)
        missing = self.missing()
        self.assertEqual((missing[ago(1)], missing[ago(4)]), ("failed", "no-data"))
        self.assertNotIn(ago(2), missing)
        del self.server.broken[DATA + ago(1)]
        self.succeed("snds", "fetch")
        self.assertEqual(self.missing()[ago(1)], "no-data")

    def test_where_several_days_fail_the_rest_waits_and_was_never_asked_for(self):
        for days in (1, 2, 3):
            self.server.broken[DATA + ago(days)] = Answer(503)
        self.fail_to_fetch(jmrp_test.TRY_AGAIN)
        missing = self.missing()
        self.assertEqual([missing[ago(days)] for days in (1, 2, 3, 4)], ["failed"] * 3 + ["not-asked"])

    def test_a_body_that_ends_early_is_no_answer(self):
        self.server.broken[DATA + ago(2)] = Answer(body=row("192.0.2.10", ago(2)), cut=100)
        self.fail_to_fetch(jmrp_test.TRY_AGAIN)
        self.assertEqual(self.missing()[ago(2)], "failed")

    def test_a_web_page_is_no_data_and_nothing_of_it_is_kept(self):
        self.server.broken[DATA + ago(2)] = Answer(body=snds_server.SIGN_IN_PAGE, headers={"Content-Type": "text/html"})
        self.assertIn("web page", self.fail_to_fetch())
        self.assertEqual(self.missing()[ago(2)], "failed")
        self.assertNotIn("snds-answer|rest|data|" + ago(2), self.dump())

    def test_rows_of_another_form_are_read_as_far_as_they_go_and_told(self):
        self.server.days[ago(2)] = row("192.0.2.10", ago(2)).replace("\n", ",new\n") + row("192.0.2.11", ago(2), color="BLUE")
        result = self.run_jmrp("snds", "fetch")
        self.assertEqual(result.status, 0, str(result))
        self.assertIn(b"other columns", result.stderr)
        self.assertIn(b"line 2", result.stderr)
        self.assertIn(ago(2), [day["day"] for day in self.show()["days"]])
        self.assertEqual(self.show()["deviations"][0]["refused_rows"], 1)
        self.assertEqual(self.findings()["snds-format"], "warning")

    def test_a_redirect_to_another_host_is_not_followed(self):
        with http_server.HttpServer() as other:
            self.server.broken[DATA + ago(2)] = Answer(302, headers={"Location": other.url + "/login"})
            said = self.fail_to_fetch()
            self.assertIn("points to " + other.url, said)
            self.assertEqual(other.taken(), [])
        self.server.broken[DATA + ago(2)] = Answer(301, headers={"Location": DATA + ago(3)})
        self.succeed("snds", "fetch")

    def test_history_reaches_as_far_back_as_is_configured(self):
        self.configure(history_days=90)
        self.succeed("snds", "fetch")
        self.assertEqual(len(self.server.asked_for(DATA)), 90)

    def test_json_counts_the_answers(self):
        told = self.json("snds", "fetch")
        self.assertEqual({name: told[name] for name in ("with_data", "no_data", "failed", "refused_rows")},
                         {"with_data": 2, "no_data": 29, "failed": 0, "refused_rows": 0})


class Tokens(SndsTest):
    def test_each_use_changes_the_token_and_the_new_one_is_on_the_disk(self):
        self.sign_in()
        before = self.token()
        for _ in range(3):
            self.succeed("snds", "fetch")
            self.assertEqual(self.token(), self.server.refresh)
            self.assertNotEqual(self.token(), before)
        self.assertFalse(self.server.reused)
        self.assertEqual(stat.S_IMODE(os.stat(self.path("snds.token")).st_mode), 0o600)

    def test_processes_at_once_never_use_one_token_twice(self):
        self.sign_in()
        self.succeed("status")
        running = [self.popen("snds", "fetch") for _ in range(4)]
        for process in running:
            _, stderr = process.communicate(timeout=jmrp_test.PATIENCE)
            self.assertEqual((process.returncode, stderr), (0, b""))
        self.assertFalse(self.server.reused)
        self.assertEqual(self.token(), self.server.refresh)

    def test_a_token_that_is_refused_asks_for_a_person_and_does_not_repeat_it(self):
        self.sign_in()
        self.server.family = 0
        said = self.fail_to_fetch()
        self.assertIn("invalid_grant (AADSTS70000)", said)
        self.assertIn("jmrp snds login", said)
        self.assertEqual(self.server.asked_for("/api/"), [])

    def test_a_token_that_others_may_read_is_not_used(self):
        os.chmod(self.sign_in(), 0o644)
        self.assertIn("everybody may read it", self.fail_to_fetch())
        self.assertEqual(self.server.taken(), [])

    def test_without_link_and_sign_in_it_says_what_to_do(self):
        self.assertIn("jmrp snds login", self.fail_to_fetch())


class Links(SndsTest):
    def setUp(self):
        super().setUp()
        self.server.days[ago(2)] = row("192.0.2.10", ago(2))
        self.follow("good-key")

    def follow(self, key):
        self.secret("data", f"{self.server.url}/SNDS/DataKey?Key={key}")
        self.secret("status", f"{self.server.url}/SNDS/StatusKey?Key={key}")
        self.configure(data_link_file=self.path("data"), status_link_file=self.path("status"))

    def test_the_day_of_a_row_is_that_of_its_period(self):
        self.server.standing = "192.0.2.7,192.0.2.7,No,Junked due to user complaints or other evidence of spamming\r\n"
        self.succeed("snds", "fetch")
        shown = self.show()
        self.assertEqual([(day["ip"], day["day"]) for day in shown["days"]], [("192.0.2.10", ago(2))])
        self.assertEqual(shown["standing"]["ranges"][0]["blocked"], False)

    def test_a_link_that_expired_is_told_and_its_key_is_not(self):
        self.follow("dead")
        said = self.fail_to_fetch()
        self.assertIn("link expired", said)
        self.assertNotIn("dead", said)
        self.assertEqual(self.show()["days"], [])
        self.assertNotIn("dead", self.dump() + str(self.show()))

    def test_a_retired_host_is_told_and_not_asked(self):
        self.secret("data", "https://sendersupport.olc.protection.outlook.com/snds/data.aspx?key=secret")
        self.configure(data_link_file=self.path("data"))
        said = self.fail_to_fetch()
        self.assertIn("sendersupport.olc.protection.outlook.com is retired", said)
        self.assertNotIn("secret", said)

    def test_a_link_without_tls_is_refused(self):
        self.secret("data", "http://127.0.0.1/SNDS/DataKey?Key=secret")
        self.configure(data_link_file=self.path("data"))
        self.assertIn("https://", self.fail_to_fetch())

    def test_a_link_comes_from_the_environment_as_well(self):
        self.configure(data_link_env="SNDS_LINK")
        self.succeed("snds", "fetch", environment={"SNDS_LINK": f"{self.server.url}/SNDS/DataKey?Key=good-key"})
        self.assertEqual(len(self.show()["days"]), 1)

    def test_the_worse_of_link_and_sign_in_is_shown_as_disputed(self):
        self.succeed("snds", "fetch")
        self.sign_in()
        self.server.days[ago(2)] = row("192.0.2.10", ago(2), color="YELLOW")
        self.server.link_key = "another"
        self.fail_to_fetch()
        day, = self.show()["days"]
        self.assertEqual((day["filter_result"], day["disputed"]), ("yellow", True))

    def test_the_age_of_a_link_is_watched_and_begins_anew_with_a_new_one(self):
        def level(days):
            result = self.run_jmrp("check", "--json", environment={"JMRP_NOW": str(int(snds_server.NOON) + days * 86400)})
            return {one["rule"]: one["status"] for one in jmrp_test.json.loads(result.stdout)["findings"]}["snds-link"]
        self.succeed("snds", "fetch")
        self.assertEqual([level(20), level(22), level(28)], ["ok", "warning", "critical"])
        self.server.link_key = "new"
        self.follow("new")
        later = {"JMRP_NOW": str(int(snds_server.NOON) + 25 * 86400)}
        self.succeed("snds", "fetch", environment=later)
        self.assertEqual([level(28), level(48)], ["ok", "warning"])


class Login(SndsTest):
    def begin(self, *arguments, **more):
        process = self.popen("snds", "login", *arguments, **more)
        self.addCleanup(lambda: (process.kill(), process.communicate()) if process.poll() is None else None)
        while not (line := process.stdout.readline().decode()).startswith("https://"):
            self.assertTrue(line, "it ended: " + process.stderr.read().decode() if process.poll() is not None else "no line")
        url, query = line.strip().split("?", 1)
        self.assertEqual(url, self.server.url + "/oauth2/v2.0/authorize")
        return process, dict(urllib.parse.parse_qsl(query))

    @staticmethod
    def visit(query, **changes):
        values = {"code": snds_server.CODE, "state": query["state"], **changes}
        try:
            with urllib.request.urlopen(query["redirect_uri"].replace("localhost", "127.0.0.1") + "/?" +
                                        urllib.parse.urlencode({name: value for name, value in values.items() if value}), timeout=60) as page:
                return page.status
        except urllib.error.HTTPError as error:
            return error.code

    def finish(self, process, stdin=None):
        stdout, stderr = process.communicate(stdin, timeout=jmrp_test.PATIENCE)
        return process.returncode, stdout.decode(), stderr.decode()

    def test_a_browser_on_this_host_comes_back_and_the_days_can_be_fetched(self):
        process, query = self.begin()
        self.assertRegex(query["redirect_uri"], r"^http://localhost:\d+$")
        self.assertEqual(query["code_challenge_method"], "S256")
        self.assertEqual(self.visit(query, state="of-a-stranger"), 404)
        self.assertEqual(self.visit(query, code=""), 404)
        self.assertEqual(self.visit(query), 200)
        status, stdout, stderr = self.finish(process)
        self.assertEqual((status, stderr), (0, ""))
        self.assertIn("Signed in", stdout)
        request = [request for request in self.server.taken() if request.path == TOKEN][0]
        form = request.form()
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).rstrip(b"=").decode()
        self.assertEqual(challenge, query["code_challenge"])
        self.assertEqual(form["redirect_uri"], query["redirect_uri"])
        self.assertIsNone(request.headers.get("Origin"))
        self.assertEqual(self.token(), self.server.refresh)
        self.assertEqual(stat.S_IMODE(os.stat(self.path("snds.token")).st_mode), 0o600)
        self.succeed("snds", "fetch")

    def test_the_address_is_pasted_where_the_browser_is_elsewhere(self):
        process, query = self.begin("--paste")
        self.assertEqual(query["redirect_uri"], "http://localhost")
        address = f"http://localhost/?code={urllib.parse.quote(snds_server.CODE)}&state={query['state']}\n"
        status, stdout, stderr = self.finish(process, address.encode())
        self.assertEqual((status, stderr), (0, ""))
        self.assertEqual(self.token(), self.server.refresh)

    def test_an_address_of_another_attempt_and_nonsense_are_refused(self):
        for pasted, why in ((f"http://localhost/?code={snds_server.CODE}&state=other", "another attempt"), ("nonsense", "no address")):
            process, _ = self.begin("--paste")
            status, _, stderr = self.finish(process, pasted.encode())
            self.assertEqual(status, 64)
            self.assertIn(why, stderr)
        self.assertFalse(os.path.exists(self.path("snds.token")))
        self.assertEqual(self.server.taken(), [])

    def test_a_person_who_says_no_and_a_code_that_is_too_old_are_told(self):
        process, query = self.begin()
        self.assertEqual(self.visit(query, code="", error="access_denied"), 200)
        status, _, stderr = self.finish(process)
        self.assertEqual(status, 77)
        self.assertIn("access_denied", stderr)
        process, query = self.begin()
        self.visit(query, code="old")
        status, _, stderr = self.finish(process)
        self.assertEqual(status, 77)
        self.assertIn("invalid_grant (AADSTS70008)", stderr)
        self.assertFalse(os.path.exists(self.path("snds.token")))

    def test_ctrl_c_ends_the_wait_at_once(self):
        process, _ = self.begin()
        process.send_signal(signal.SIGINT)
        status, _, stderr = self.finish(process)
        self.assertEqual(status, jmrp_test.TRY_AGAIN)
        self.assertIn("told to stop", stderr)


if __name__ == "__main__":
    jmrp_test.main()
