"""What the tests of SNDS share: a server of their own, its authority, and a sign-in to it."""
import json
import os

import http_server
import jmrp_test
import snds_server


class SndsTest(jmrp_test.JmrpTest):
    def setUp(self):
        super().setUp()
        self.authority, *certificate = http_server.certificates(self.directory)
        self.server = snds_server.Microsoft(certificate)
        self.server.__enter__()
        self.addCleanup(self.server.__exit__)
        self.configure()

    def environment(self, **changes):
        return super().environment(**{"JMRP_NOW": snds_server.NOON, **changes})

    def configure(self, **keys):
        keys = {"base_url": self.server.url + "/snds", "authority": self.server.url + "/oauth2/v2.0", "ca_file": self.authority,
                "patience_seconds": 0, **keys}
        lines = [f"{name} = {json.dumps(value)}" for name, value in keys.items()]
        self.write("jmrp.toml", "\n".join(["[own]", 'networks = ["192.0.2.0/24"]', "[snds]", *lines, ""]))

    def secret(self, name, text):
        path = self.write(name, text + "\n")
        os.chmod(path, 0o600)
        return path

    def sign_in(self):
        self.server.tokens += 1
        return self.secret("snds.token", self.server.refresh)

    def token(self):
        with open(self.path("snds.token"), encoding="ascii") as file:
            return file.read().strip()

    def show(self, *arguments):
        return self.json("snds", "show", *arguments)

    def missing(self):
        return {one["day"]: one["reason"] for one in self.show()["missing"]}

    def fail_to_fetch(self, status=78, **more):
        result = self.run_jmrp("snds", "fetch", **more)
        self.assertEqual(result.status, status, str(result))
        for secret in ("key", "refresh-", "access-"):
            self.assertNotIn(secret, result.stderr.decode())
        return result.stderr.decode()
