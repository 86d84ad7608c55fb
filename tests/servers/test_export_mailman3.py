"""A real Mailman 3: who is suppressed leaves its lists and cannot come back, everybody else stays."""
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import jmrp_test
import mailman3

NEWS, SHOP = "news.lists.example.org", "shop.lists.example.org"
HOSTILE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support", "hostile_values.json")
STAYS = ["reader@example.com", "a@example.com"]


class ExportToMailman(jmrp_test.JmrpTest):
    def setUp(self):
        super().setUp()
        os.chmod(self.write("secret", mailman3.SECRET + "\n"), 0o600)
        self.mailman = self.enterContext(mailman3.Mailman(self.path("mailman"), ["news@lists.example.org", "shop@lists.example.org"]))

    def consumer(self, more=""):
        self.write("jmrp.toml", jmrp_test.TRUSTING + f"""[export.mailman]
format = "mailman3"
url = "{self.mailman.url}"
user = "{mailman3.USER}"
secret_file = "{self.path('secret')}"
requests_per_second = 1000
{more}
""")

    def decide(self, verb, *addresses):
        self.succeed("suppressions", verb, "--note", "x", "--", *addresses)

    def test_who_complains_leaves_all_lists_and_is_banned_until_the_suppression_is_lifted(self):
        gone = "o'Brien+x@example.com"
        for list_id in (NEWS, SHOP):
            self.mailman.subscribe(list_id, gone, *STAYS)
        self.consumer()
        self.decide("add", gone, "never.subscribed@example.com")
        self.succeed("export")
        self.assertEqual(self.mailman.members(NEWS), sorted(STAYS))
        self.assertEqual(self.mailman.members(SHOP), sorted(STAYS))
        self.assertEqual(self.mailman.bans(), ["never.subscribed@example.com", gone.lower()])
        with self.assertRaises(mailman3.urllib.error.HTTPError) as refused:
            self.mailman.subscribe(SHOP, gone)
        self.assertEqual(refused.exception.code, 400)
        self.succeed("export", "--full")  # saying it twice does no harm
        self.decide("remove", gone)
        self.succeed("export")
        self.assertEqual(self.mailman.bans(), ["never.subscribed@example.com"])
        self.assertEqual(self.mailman.members(NEWS), sorted(STAYS))  # who wants to be back subscribes again
        self.mailman.subscribe(SHOP, gone)

    def test_one_list_alone(self):
        for list_id in (NEWS, SHOP):
            self.mailman.subscribe(list_id, "gone@example.com", *STAYS)
        self.consumer(f'list = "{NEWS}"')
        self.decide("add", "gone@example.com")
        self.succeed("export")
        self.assertEqual(self.mailman.members(NEWS), sorted(STAYS))
        self.assertEqual(self.mailman.members(SHOP), sorted([*STAYS, "gone@example.com"]))
        self.assertEqual((self.mailman.bans(), self.mailman.bans(NEWS)), ([], ["gone@example.com"]))

    def test_hostile_addresses_take_nobody_else_with_them(self):
        with open(HOSTILE, encoding="utf-8") as file:
            hostile = [value for value in json.load(file) if isinstance(value, str)] + ["^.*@example.com", "*@example.com", "a%@example.com"]
        lines = "".join(json.dumps({"address": value}) + "\n" for value in hostile)
        for more in ("", f'list = "{NEWS}"'):
            self.mailman.subscribe(NEWS, *[address for address in STAYS if address not in self.mailman.members(NEWS)])
            self.consumer(more)
            self.run_jmrp("suppressions", "import", "--format", "jsonl", self.write("hostile", lines))
            result = self.run_jmrp("export", "--json")
            self.assertEqual(result.status, 0, str(result))
            self.assertGreater(json.loads(result.stdout)["exports"][0]["added"], 5)
            self.assertEqual(self.mailman.members(NEWS), sorted(STAYS))
            self.mailman.subscribe(NEWS, "new@example.com")  # nor is anybody else kept out
            self.mailman.ask("DELETE", f"/3.1/lists/{NEWS}/roster/member", emails="new@example.com")


if __name__ == "__main__":
    jmrp_test.main()
