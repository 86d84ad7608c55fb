"""`jmrp rates`: complaints of accepted mail, how sure, what is unknown; and the alarms of `jmrp check` about them."""
import datetime
import fcntl
import json
import os
import pty
import sqlite3
import struct
import sys
import termios

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import jmrp_test
import jsonschema
import reports

DAY = 86400
TODAY = reports.NOW // DAY
IP = "192.0.2.1"
SCHEMA = os.path.join(os.environ.get("JMRP_SOURCE", "."), "schemas", "json", "rates.schema.json")


def iso(day):
    return datetime.datetime.fromtimestamp(day * DAY, datetime.timezone.utc).strftime("%Y-%m-%d")


def log_line(day, number, ip, host="a.olc.protection.outlook.com", status="sent (250 2.6.0 Queued)"):
    at = datetime.datetime.fromtimestamp(day * DAY + 43200, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S+00:00")
    return (f"{at} mx1 postfix/out-{ip}/smtp[1]: 4{day}{number:06X}: to=<p{number}@outlook.example>, relay={host}[192.0.2.99]:25, "
            f"delay=1, delays=0/0/0/1, dsn=2.0.0, status={status}\n")


class Rates(jmrp_test.JmrpTest):
    def setUp(self):
        super().setUp()
        with open(self.config, "a", encoding="utf-8") as file:
            ips = ", ".join(f'"out-192.0.2.{n}=192.0.2.{n}"' for n in range(1, 5))
            file.write(f"\n[send_log]\nsource_ips = [{ips}]\n")

    def count(self, *rows, by=0):
        """Complaints as settling counts them: (name, day of arrival, day of the report, complaints)."""
        self.succeed("status")
        with sqlite3.connect(self.database) as database:
            database.executemany("INSERT INTO complaint_count VALUES (?, ?, ?, ?, ?, ?, ?, 0)",
                                 [(by, reported, name, arrived, n, n, n) for name, arrived, reported, n in rows])
            database.executemany("INSERT INTO feed_day VALUES ('jmrp', ?, 1, 1, 1, 0, 0, 0, ?) ON CONFLICT DO NOTHING",
                                 [(reported, reported * DAY) for _, _, reported, _ in rows])
        database.close()

    def send(self, *lines):
        self.succeed("import", "sent", self.write("mail.log", "".join(lines).encode()))

    def rates(self, *options):
        told = self.json("rates", *options)
        with open(SCHEMA, encoding="utf-8") as file:
            jsonschema.Draft202012Validator(json.load(file)).validate(told)
        return told

    def of(self, name, *options):
        rows = {one["name"]: one["windows"] for one in self.rates(*options)["rates"]}
        return rows[name]

    def test_complaints_are_a_share_of_the_mail_accepted_on_their_days(self):
        self.send(*[log_line(TODAY - 2, n, IP) for n in range(50)])
        self.count((IP, TODAY - 2, TODAY - 1, 3), (IP, TODAY - 40, TODAY - 39, 7))
        day, week, month = self.of(IP)
        self.assertEqual((day["first_day"], day["last_day"]), (iso(TODAY), iso(TODAY)))
        self.assertEqual(day["unknown"], "no-traffic")
        # binom.test(3, 50)
        self.assertEqual(week["rate"]["complaints"], 3)
        self.assertEqual(week["rate"]["accepted"], 50)
        self.assertAlmostEqual(week["rate"]["percent"], 6)
        self.assertAlmostEqual(week["rate"]["lower"], 1.254858784, places=6)
        self.assertAlmostEqual(week["rate"]["upper"], 16.54819466, places=6)
        self.assertEqual(month["arrived"]["complaints"], 3)
        jeffreys, = self.of(IP, "--days", "7", "--method", "jeffreys")
        self.assertAlmostEqual(jeffreys["rate"]["upper"], 15.1532563, places=6)
        wide, = self.of(IP, "--days", "7", "--level", "99")
        self.assertGreater(wide["rate"]["upper"], week["rate"]["upper"])

    def test_only_mail_that_the_consumer_mailboxes_accepted_counts(self):
        self.send(*[log_line(TODAY - 2, n, IP) for n in range(10)],
                  *[log_line(TODAY - 2, n, IP, host="x.mail.protection.outlook.com") for n in range(100, 140)],
                  *[log_line(TODAY - 2, n, IP, status="bounced (550 5.7.1 no)") for n in range(200, 205)])
        self.count((IP, TODAY - 2, TODAY - 2, 1))
        self.assertEqual(self.of(IP, "--days", "7")[0]["accepted"], 10)
        self.assertEqual(self.of(IP, "--days", "7", "--provider", "outlook.com,office365")[0]["accepted"], 50)

    def test_what_is_unknown_is_told_with_its_reason(self):
        self.count((IP, TODAY - 2, TODAY - 2, 5))
        self.assertEqual(self.of(IP, "--days", "7")[0]["unknown"], "no-traffic")
        text = self.succeed("rates")
        self.assertRegex(text, rf"(?m)^{IP} +unknown ")
        self.assertIn(f"unknown for {IP}: nothing tells how much mail was accepted in these days: 'jmrp import sent'", text)
        self.send(log_line(TODAY - 2, 1, "192.0.2.2"))
        self.assertEqual(self.of(IP, "--days", "7")[0]["unknown"], "no-traffic-of-name")
        self.assertIsNone(self.of(IP, "--days", "7")[0]["rate"])
        self.send(log_line(TODAY - 2, 1, "192.0.2.2"), log_line(TODAY - 2, 2, IP))
        self.assertEqual(self.of(IP, "--days", "7")[0]["unknown"], "more-complaints-than-accepted")

    def test_no_complaints_prove_nothing_where_no_report_came(self):
        self.succeed("status")
        self.send(*[log_line(TODAY - 2, n, IP) for n in range(50)])
        self.assertEqual(self.of(IP, "--days", "7")[0]["unknown"], "feeds-silent")
        self.assertIn("nothing shows that any would have", self.succeed("rates"))
        self.count(("192.0.2.2", TODAY - 3, TODAY - 3, 1))
        window, = self.of(IP, "--days", "7")
        self.assertEqual(window["rate"]["percent"], 0)
        self.assertAlmostEqual(window["rate"]["upper"], 7.112173646, places=6)  # binom.test(0, 50)

    def test_complaints_about_mail_that_nobody_counted_make_no_rate_of_all(self):
        self.send(*[log_line(TODAY - 2, n, IP) for n in range(50)])
        self.count((IP, TODAY - 2, TODAY - 2, 1), ("192.0.2.2", TODAY - 2, TODAY - 2, 9), ("", TODAY - 2, TODAY - 2, 4))
        window, = self.rates("--days", "7")["all"]["windows"]
        self.assertEqual(window["arrived"]["complaints"], 14)
        self.assertEqual((window["rate"]["complaints"], window["rate"]["accepted"], window["complaints_left_out"]), (1, 50, 13))
        self.assertIn("unknown for unknown: no report says which source IP", self.succeed("rates"))

    def test_a_day_that_is_not_logged_is_in_no_rate_and_told(self):
        self.send(*[log_line(TODAY - 2, n, IP) for n in range(50)])
        self.count((IP, TODAY - 2, TODAY - 2, 1), (IP, TODAY - 4, TODAY - 4, 6))
        window, = self.of(IP, "--days", "7")
        self.assertEqual((window["accepted_days"], window["complaints_left_out"], window["rate"]["complaints"]), (1, 6, 1))
        self.assertIn("What was accepted is known of 1 of the 7 days.\nIn no rate, because nothing tells of how much mail: 6 of 7 complaints.", self.succeed("rates"))

    def test_a_day_on_which_nothing_went_to_the_provider_is_known(self):
        self.send(*[log_line(TODAY - 2, n, IP) for n in range(50)], log_line(TODAY - 3, 60, IP, host="mx.gmail.example"))
        self.count((IP, TODAY - 2, TODAY - 2, 1))
        self.assertEqual(self.of(IP, "--days", "7")[0]["accepted_days"], 2)

    def test_the_trend_is_a_test_and_not_an_eyeball(self):
        self.send(*[log_line(TODAY - back, 1000 * back + n, IP) for back in (2, 9) for n in range(300)])
        self.count((IP, TODAY - 2, TODAY - 2, 30), (IP, TODAY - 9, TODAY - 9, 10))
        trend = self.of(IP, "--days", "7")[0]["trend"]
        self.assertEqual(trend["course"], "rising")
        self.assertAlmostEqual(trend["chance"], 2 * 0.001110716887, places=9)  # poisson.test(c(30, 10))
        self.assertEqual((trend["recent"]["last_day"], trend["before"]["last_day"]), (iso(TODAY - 1), iso(TODAY - 8)))
        self.assertRegex(self.succeed("rates"), rf"(?m)^{IP} .* rising ")

    def test_both_days_of_a_complaint_are_shown_and_either_can_count(self):
        self.send(*[log_line(TODAY - 10, n, IP) for n in range(50)], *[log_line(TODAY - 2, 500 + n, IP) for n in range(20)])
        self.send(log_line(TODAY - 1, 900, IP, host="mx.gmail.example"))
        self.count((IP, TODAY - 10, TODAY - 2, 4), (IP, TODAY - 2, TODAY - 1, 1))
        window, = self.of(IP, "--days", "7")
        self.assertEqual((window["arrived"]["complaints"], window["reported"]["complaints"]), (1, 5))
        self.assertEqual(window["rate"]["complaints"], 1)
        self.assertEqual(self.of(IP, "--days", "7", "--by", "report")[0]["rate"]["complaints"], 5)
        older, = self.of(IP, "--from", iso(TODAY - 10), "--to", iso(TODAY - 8))
        self.assertEqual((older["rate"]["complaints"], older["rate"]["accepted"]), (4, 50))

    def test_reports_count_for_domain_list_and_campaign(self):
        for number in range(6):
            report = reports.report(number).replace(b"List-ID:", b"Feedback-ID: autumn:acme:news:sender\nList-ID:")
            self.assert_kept(self.deliver(report))
        self.assertEqual([one["name"] for one in self.rates("--per", "domain", "--days", "30")["rates"]], ["sender.example"])
        window, = self.of("weekly.sender.example", "--per", "list", "--days", "30")
        self.assertEqual(window["arrived"]["complaints"], 6)
        self.assertEqual(window["unknown"], "no-traffic")
        self.assertEqual(self.of("autumn", "--per", "campaign", "--days", "30")[0]["arrived"]["complaints"], 6)
        self.assertIn("import traffic", self.succeed("rates", "--per", "list", "--days", "30"))
        before = self.json("rates", "--per", "campaign", "--days", "30")
        self.succeed("rebuild")
        self.assertEqual(self.json("rates", "--per", "campaign", "--days", "30"), before)

    def test_the_worst_is_first_and_names_can_be_chosen(self):
        self.send(*[log_line(TODAY - 2, 1000 * ip + n, f"192.0.2.{ip}") for ip in (1, 2, 3) for n in range(20 * ip)])
        self.count(("192.0.2.1", TODAY - 2, TODAY - 2, 1), ("192.0.2.2", TODAY - 2, TODAY - 2, 20), ("192.0.2.4", TODAY - 2, TODAY - 2, 9))
        names = lambda *options: [one["name"] for one in self.rates("--days", "7", *options)["rates"]]
        self.assertEqual(names(), ["192.0.2.2", "192.0.2.1", "192.0.2.3", "192.0.2.4"])
        self.assertEqual(names("--sort", "name", "--top", "2"), ["192.0.2.1", "192.0.2.2"])
        self.assertEqual(names("--sort", "accepted", "--min", "30"), ["192.0.2.3", "192.0.2.2"])
        self.assertEqual(names("--sort", "complaints")[:2], ["192.0.2.2", "192.0.2.4"])
        self.assertEqual(names("192.0.2.3"), ["192.0.2.3"])
        self.assertIn("2 more are not shown.", self.succeed("rates", "--top", "2"))

    def test_each_day_where_it_is_wanted(self):
        self.send(*[log_line(TODAY - 2, n, IP) for n in range(50)])
        self.count((IP, TODAY - 2, TODAY - 1, 3))
        days = self.rates("--daily", "--days", "7")["rates"][0]["days"]
        self.assertEqual([(one["day"], one["arrived"]["complaints"], one["reported"]["complaints"], one["accepted"]) for one in days],
                         [(iso(TODAY - 2), 3, 0, 50), (iso(TODAY - 1), 0, 3, None)])
        self.assertRegex(self.succeed("rates", "--daily"), rf"(?m)^{IP} +{iso(TODAY - 2)} +6.0 % +3 +0 +50 ")

    def terminal(self, **environment):
        """What a person sees on a terminal of 200 columns."""
        master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 200, 0, 0))
        result = self.run_jmrp("rates", stdout=slave, environment={"TERM": "xterm", "LC_ALL": "C.UTF-8", "NO_COLOR": "", **environment})
        os.close(slave)
        said = b""
        while True:
            try:
                part = os.read(master, 65536)
            except OSError:
                break
            if not part:
                break
            said += part
        os.close(master)
        self.assertEqual(result.status, 0)
        return said.decode()

    def test_bars_and_colors_are_shown_where_they_can_be(self):
        self.send(*[log_line(TODAY - back, 1000 * back + n, IP) for back in (1, 2) for n in range(40)])
        self.count((IP, TODAY - 1, TODAY - 1, 5), (IP, TODAY - 2, TODAY - 2, 20))
        line = lambda text: next(one for one in text.splitlines() if IP in one)
        self.assertRegex(line(self.terminal()), "^\x1b\\[31m192.*····▇▃·\x1b\\[0m$".replace("▇▃", "█▃"))
        self.assertNotIn("\x1b", self.terminal(NO_COLOR="1"))
        plain = self.terminal(TERM="dumb")
        self.assertNotIn("\x1b", plain)
        self.assertTrue(plain.isascii(), plain)
        self.assertRegex(line(plain), r"    #-$|    #- $")
        self.assertTrue(self.terminal(LC_ALL="C").isascii())
        self.assertNotIn("\x1b", self.succeed("rates"))

    def test_wrong_questions_are_refused(self):
        for options in (["--days", "0"], ["--days", "7,x"], ["--from", "yesterday"], ["--to", iso(TODAY)], ["--days", "7", "--from", iso(TODAY)],
                        ["--from", iso(TODAY), "--to", iso(TODAY - 1)], ["--from", iso(TODAY + 1)], ["--level", "100"], ["--level", "0"],
                        ["--method", "wald"], ["--sort", "luck"], ["--per", "person"], ["not-an-ip"], [IP, IP], ["--min", "-1"]):
            result = self.run_jmrp("rates", *options)
            self.assertEqual(result.status, 64, options)

    def test_the_check_tells_of_a_rate_that_is_too_high(self):
        self.send(*[log_line(TODAY - back, 1000 * back + n, IP) for back in range(1, 4) for n in range(400)])
        self.count(*[(IP, TODAY - back, TODAY - back, 6) for back in range(1, 4)])
        findings = lambda *options: {one["rule"]: one for one in json.loads(self.run_jmrp("check", "--json", *options).stdout)["findings"]}
        rate = findings()["rate"]
        self.assertEqual(rate["status"], "critical")
        self.assertRegex(rate["sentence"], rf"^{IP}: 18 complaints of 1200 accepted mails in 7 days and today, 1.5 %")
        self.assertEqual(findings("--warning-rate", "2", "--critical-rate", "3")["rate"]["status"], "ok")
        self.assertEqual(findings()["rise"]["status"], "ok")
        with open(self.config, "a", encoding="utf-8") as file:
            file.write("\n[rates]\nleast_accepted = 1201\n")
        self.assertEqual(findings()["rate"]["status"], "ok")


if __name__ == "__main__":
    jmrp_test.main()
