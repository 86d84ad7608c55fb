"""Hostile people on the list reach every kind of server, and a program, as the values that they are, or are counted as left out."""
import contextlib
import json
import os
import re
import sqlite3
import sys
import urllib.parse

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import http_server
import jmrp_test
import reports
from http_server import Answer

with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support", "hostile_values.json"), encoding="utf-8") as hostile_file:
    HOSTILE = [value for value in json.load(hostile_file) if value] + ["a" * 5_000 + "@example.com"]


def last_of(path):
    return urllib.parse.unquote(path.rsplit("/", 1)[1], errors="strict")


def query(request):
    return dict(urllib.parse.parse_qsl(request.path.partition("?")[2], keep_blank_values=True, strict_parsing=True))


def of_bodies(*keys, removed=lambda request: [last_of(request.path)]):
    """Whoever reads a JSON body: down the keys, then a list or one value; removals are read by `removed`."""
    def read(request):
        if request.method == "DELETE":
            return removed(request)
        value = json.loads(request.body)
        for key in keys[:-1]:
            value = value[key] if key else value
        return [one[keys[-1]] if isinstance(one, dict) else one for one in (value if isinstance(value, list) else [value])]
    return read


def webhook(request):
    return [f"@{one['system']}:{one['identifier']}" if one["address"] is None else one["address"] for one in request.lines()]


def listmonk(request):
    body = json.loads(request.body)
    return [body["email"] if "email" in body else "@listmonk:" + body["subscriber_uuid"]]


def mailman3(request):
    if request.method == "DELETE":
        return [last_of(request.path)]
    return [request.form()["email"]] if request.path == "/3.1/bans" else []


class Mautic:
    """Knows everybody it is asked for, under a number."""

    def __init__(self):
        self.asked = []

    def answer(self, request):
        if request.method != "GET":
            return Answer(200, "{}")
        self.asked.append(query(request)["where[0][val]"])
        return Answer(200, json.dumps({"contacts": {"0": {"id": len(self.asked), "fields": {"all": {"email": self.asked[-1]}}}}}))

    def read(self, request):
        number = re.fullmatch(r"/api/contacts/(\d+)/dnc/email/(add|remove)", request.path)
        return [self.asked[int(number[1]) - 1]] if number else []


class CiviCrm(Mautic):
    def answer(self, request):
        if not request.path.endswith("/Email/get"):
            return Answer(200, '{"values":[]}')
        self.asked.append(json.loads(request.form()["params"])["where"][0][2])
        return Answer(200, json.dumps({"values": [{"contact_id": len(self.asked)}]}))

    def read(self, request):
        if not request.path.endswith("/Contact/update"):
            return []
        return [self.asked[number - 1] for number in json.loads(request.form()["params"])["where"][0][2]]


MAUTIC, CIVICRM = Mautic(), CiviCrm()
READERS = {  # format: (its own keys, what it answers, the people whom a request is about)
    "webhook": ({}, None, webhook),
    "mailman3": ({"user": "me"}, lambda _: Answer(200, '{"total_size":0,"entries":[]}'), mailman3),
    "listmonk": ({"user": "me"}, None, listmonk),
    "mautic": ({"user": "me"}, MAUTIC.answer, MAUTIC.read),
    "mailwizz": ({}, lambda _: Answer(200, '{"status":"success"}'), lambda request: [request.form()["EMAIL"]]),
    "sendy": ({"list": "x", "secret_file": None}, lambda _: Answer(200, "1"), lambda request: [request.form()["email"]]),
    "civicrm": ({}, CIVICRM.answer, CIVICRM.read),
    "ses": ({"user": "me", "region": "eu-central-1"}, None, of_bodies("EmailAddress")),
    "sendgrid": ({}, None, of_bodies("recipient_emails", "")),
    "mailgun": ({"list": "mg.example.org"}, None, of_bodies("address")),
    "postmark": ({"list": "broadcast"}, None, of_bodies("Suppressions", "EmailAddress")),
    "sparkpost": ({}, None, of_bodies("recipients", "recipient")),
}


def can_be_told(format, person):
    """What the documentation of jmrp says of whom a server is told."""
    if format == "webhook":
        return True
    if person.startswith("@"):
        return format == "listmonk" and person == "@listmonk:5d1f"
    whole = len(person) <= 1024 and not re.search("[\x00-\x1f\x7f]", person)
    return whole and not (format == "mailman3" and person.startswith("^"))


class Hostile(jmrp_test.JmrpTest):
    def setUp(self):
        super().setUp()
        os.chmod(self.write("secret", "s3cr3t\n"), 0o600)
        self.succeed("suppressions", "add", "--note", "x", HOSTILE[0])

    def consumer(self, format, **keys):
        lines = [f"{name} = {json.dumps(value)}" for name, value in keys.items() if value is not None]
        self.write("jmrp.toml", "\n".join([jmrp_test.TRUSTING, "[export.x]", f'format = "{format}"', *lines]))

    def decide(self, decision, turn):
        """Writes what no command lets in."""
        with contextlib.closing(sqlite3.connect(self.database)) as database, database:
            for person in HOSTILE:
                database.execute("INSERT OR REPLACE INTO suppression_decision VALUES (?, '', ?, ?, ?, 'manual', '', 0, NULL, 'x', ?, 0)",
                                 (person, turn, person, decision, reports.NOW))
                database.execute("INSERT INTO suppression_change (address_key, scope, at) VALUES (?, '', ?)", (person, reports.NOW))

    def export(self):
        said, = self.json("export")["exports"]
        self.assertEqual(said["result"], "done", said)
        return said

    def test_every_server_is_told_of_the_values_that_they_are_or_they_are_counted(self):
        formats = {one["format"]: one["removals"] for one in json.loads(self.succeed("export", "--formats", "--json"))["servers"]}
        self.assertEqual(set(formats), set(READERS))
        for turn, (format, (keys, answer, read)) in enumerate(READERS.items()):
            with self.subTest(format=format), http_server.HttpServer(answer) as server:
                self.consumer(format, **{"url": server.url, "secret_file": self.path("secret"), "requests_per_second": 1000, **keys})
                wanted = sorted(person for person in HOSTILE if can_be_told(format, person))
                self.decide("add", 2 * turn + 2)
                said = self.export()
                self.assertEqual(sorted(person for request in server.taken() for person in read(request)), wanted)
                self.assertEqual((said["added"], said["left_out"], said["refused"]), (len(wanted), len(HOSTILE) - len(wanted), 0))
                before = len(server.taken())
                self.decide("remove", 2 * turn + 3)
                if not formats[format]:
                    continue
                said = self.export()
                self.assertEqual(said["removed"] + said["left_out"] + said["refused"], len(HOSTILE))
                told = sorted(person for request in server.taken()[before:] for person in read(request))
                self.assertEqual(len(told), said["removed"])
                self.assertLessEqual(set(told), set(wanted))
                self.assertEqual(said["left_out"], len(HOSTILE) - len(wanted))

    def test_a_program_reads_the_values_that_they_are_or_they_are_counted(self):
        script = self.write("take.sh", '#!/bin/sh\ncat >> "$1"\n')
        os.chmod(script, 0o755)
        readers = {
            "jsonl": lambda text: [f"@{one['system']}:{one['identifier']}" if one["address"] is None else one["address"]
                                   for one in map(json.loads, text.split("\n")[:-1])],
            "text": lambda text: text.split("\n")[:-1],
        }
        for turn, (format, read) in enumerate(readers.items()):
            with self.subTest(format=format):
                self.consumer(format, command=[script, self.path("taken-" + format)])
                self.decide("add", turn + 2)
                said = self.export()
                with open(self.path("taken-" + format), encoding="utf-8", newline="") as file:
                    told = read(file.read())
                self.assertLessEqual(set(told), set(HOSTILE))
                self.assertIn(HOSTILE[0], told)
                self.assertEqual((len(told), len(set(told))), (said["added"], said["added"]))
                self.assertEqual(said["added"] + said["left_out"], len(HOSTILE))


if __name__ == "__main__":
    jmrp_test.main()
