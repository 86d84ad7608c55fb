"""Smart Network Data Services and the sign-in before them, on loopback: reports by day, the standing, links with a key, and refresh
tokens of which one that was used ends all."""
import datetime
import urllib.parse

import http_server
from http_server import Answer

TODAY = datetime.date(2026, 11, 22)
NOON = str(int(datetime.datetime(2026, 11, 22, 12, tzinfo=datetime.timezone.utc).timestamp()))
CODE = "M.C512_BAY.2.U.code"
SIGN_IN_PAGE = "<!DOCTYPE html><html><title>Sign in to your Microsoft account</title></html>"


def ago(days):
    return (TODAY - datetime.timedelta(days)).isoformat()


def row(ip, day, counts="422,409,422", color="GREEN", rate="< 0.1%", end=",,,,@example.com,"):
    first = datetime.date.fromisoformat(day)
    last = first + datetime.timedelta(1)
    written = [f"{date.month}/{date.day}/{date.year} 8:00 AM" for date in (first, last)]
    return f"{ip},{written[0]},{written[1]},{counts},{color},{rate},{end}\n"


class Microsoft(http_server.HttpServer):
    def __init__(self, certificate):
        super().__init__(self.serve, certificate=certificate)
        self.days = {}           # "2026-11-20": CSV
        self.standing = ""
        self.broken = {}         # path: what is answered in its place
        self.family = 1          # of refresh tokens; 0: all are dead
        self.tokens = 0          # refresh tokens given
        self.access = set()      # access tokens that are good
        self.reused = False
        self.link_key = "good-key"

    @property
    def refresh(self):
        return f"M.R3_BAY.-refresh-{self.family}-{self.tokens}"

    def give(self):
        self.tokens += 1
        access = f"eyJ.access-{self.tokens}"
        self.access.add(access)
        return Answer(body=f'{{"token_type":"Bearer","expires_in":3600,"access_token":"{access}","refresh_token":"{self.refresh}"}}',
                      headers={"Content-Type": "application/json"})

    def token(self, request):
        form = request.form()
        if request.headers.get("Origin"):
            return Answer(400, '{"error":"invalid_request","error_description":"AADSTS90023: cross-origin"}')
        if form["grant_type"] == "authorization_code":
            return self.give() if form["code"] == CODE else Answer(400, '{"error":"invalid_grant","error_description":"AADSTS70008"}')
        if self.family and form["refresh_token"] == self.refresh:
            return self.give()
        self.family, self.reused = 0, True
        return Answer(400, '{"error":"invalid_grant","error_description":"AADSTS70000: %s was used"}' % form["refresh_token"])

    def serve(self, request):
        path, _, query = request.path.partition("?")
        if path in self.broken:
            broken = self.broken[path]
            return broken.pop(0) if isinstance(broken, list) and broken else broken or self.answer_to(request, path, query)
        return self.answer_to(request, path, query)

    def answer_to(self, request, path, query):
        if path == "/oauth2/v2.0/token":
            return self.token(request)
        octets = {"Content-Type": "application/octet-stream"}
        if path in ("/SNDS/DataKey", "/SNDS/StatusKey"):
            if urllib.parse.parse_qs(query).get("Key") != [self.link_key]:
                return Answer(body=SIGN_IN_PAGE, headers={"Content-Type": "text/html"})
            return Answer(body=self.standing if path.endswith("StatusKey") else "".join(self.days.values()), headers=octets)
        if request.headers.get("Authorization", "")[7:] not in self.access:
            return Answer(401)
        if path == "/snds/api/report/status/ip":
            return Answer(body=self.standing, headers=octets)
        day = path.removeprefix("/snds/api/report/data/")
        return Answer(body=self.days[day], headers=octets) if day in self.days else Answer(404)

    def asked_for(self, part):
        return [request.path for request in self.taken() if part in request.path]
