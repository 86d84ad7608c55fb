"""Forged reports: each way to make somebody suppressed who did not complain, and what becomes of it. None suppresses anybody.

The control, a genuine report of the same shape, suppresses. What stands between the forger and the list is the verdict about the
report alone: the reported mail is as good as it gets, about our address and with a return path made for the victim.
"""
import os
import re

import jmrp_test
import reports

VICTIM = "victim@outlook.example"
SECRET = "fbl-7x3k@ours.example"
DATE = "Mon, 23 Nov 2026 11:00:00 +0000"
PASS = "dmarc=pass (p=none dis=none) header.from=hotmail.com"
OURS = f"Authentication-Results: mx.ours.example; {PASS}\n"
REFUTED = (
    "Authentication-Results: mx.ours.example;\n\tspf=fail smtp.mailfrom=hotmail.com;\n\tdkim=none;\n"
    "\tdmarc=fail (p=none dis=none) header.from=hotmail.com\n"
)
SILENT = "Authentication-Results: mx.ours.example; spf=none smtp.mailfrom=evil.example\n"
STAFF = "From: staff@hotmail.com\n"


def hop(hello="evil.example", seen="evil.example [203.0.113.66]", recipient="fbl@ours.example"):
    return f"Received: from {hello} ({seen})\n\tby mx.ours.example (Postfix) with ESMTP id 4X1\n\tfor <{recipient}>; {DATE}\n"


GENUINE_HOP = hop("out.hotmail.example", "out.hotmail.example [198.51.100.7]")
HOP = hop()


def mail(header, *, returned="", fields="", text="This is an abuse report.", part="", victim=VICTIM, source="192.0.2.10",
         return_path=None, message_id="<m1@sender.example>"):
    return_path = return_path or f"bounce+{victim.replace('@', '=')}@bounce.sender.example"
    return (
        f"{header}To: fbl@ours.example\nDate: {DATE}\nSubject: complaint\nMessage-ID: <r1@hotmail.example>\nMIME-Version: 1.0\n"
        'Content-Type: multipart/report; report-type=feedback-report; boundary="b"\n\n'
        f"--b\nContent-Type: text/plain\n{part}\n{text}\n\n"
        f"--b\nContent-Type: message/feedback-report\n{part}\nFeedback-Type: abuse\nUser-Agent: JMRP/1.0\nVersion: 1\n"
        f"Source-IP: {source}\nOriginal-Rcpt-To: <{victim}>\nOriginal-Mail-From: <{return_path}>\n{fields}\n"
        f"--b\nContent-Type: text/rfc822-headers\n{part}\n{returned}Return-Path: <{return_path}>\n"
        f"Received: from mta.sender.example (mta.sender.example [192.0.2.10]) by mx.hotmail.example; {DATE}\n"
        f"From: news@sender.example\nTo: {victim}\nSubject: News\nDate: {DATE}\nMessage-ID: {message_id}\n\n--b--\n"
    )


UNVERIFIED = ("unverified", "complaint-held")
FORGED = ("forged", "forged-report")
FOREIGN = ("unverified", "foreign-report")

# What somebody tries, the mail, and what it is taken for.
CASES = [
    ("a From of the reporter that our border refutes", mail(REFUTED + HOP + STAFF), FORGED),
    ("a From of the reporter that nobody vouches for", mail(HOP + STAFF), UNVERIFIED),
    ("a From of the reporter, from a host that SPF refutes, unsigned",
     mail("Authentication-Results: mx.ours.example; spf=softfail smtp.mailfrom=hotmail.com\n" + HOP + STAFF), FORGED),
    ("our results, below the field of our border, which has none", mail(HOP + OURS + STAFF), UNVERIFIED),
    ("our results, below those of our border", mail(SILENT + HOP + OURS + STAFF), UNVERIFIED),
    ("our results, below those of our border that refute it", mail(REFUTED + HOP + OURS + STAFF), FORGED),
    ("our results, between a true and an invented hop", mail(HOP + OURS + GENUINE_HOP + STAFF), UNVERIFIED),
    ("our results, above an invented hop and nothing else", mail(SILENT + HOP + OURS + GENUINE_HOP + OURS + STAFF), UNVERIFIED),
    ("our results from a client that greets with our name", mail(hop("mx.ours.example") + OURS + GENUINE_HOP + STAFF), UNVERIFIED),
    ("our results from a client that greets as localhost",
     mail(hop("localhost", "unknown [203.0.113.66]") + OURS + GENUINE_HOP + STAFF), UNVERIFIED),
    ("our results from a client that greets with a loopback address",
     mail(hop("[127.0.0.1]", "unknown [203.0.113.66]") + OURS + GENUINE_HOP + STAFF), UNVERIFIED),
    ("our results from a client that greets as LMTP", mail(hop("with LMTP") + OURS + GENUINE_HOP + STAFF), UNVERIFIED),
    ("our results behind a translating gateway", mail(hop("x", "unknown [172.17.0.1]") + OURS + GENUINE_HOP + STAFF), UNVERIFIED),
    ("our results in a mail that shows no hop at all", mail(OURS + STAFF), UNVERIFIED),
    ("our name in other case", mail(HOP + OURS.replace("mx.ours.example", "MX.Ours.EXAMPLE") + STAFF), UNVERIFIED),
    ("our name in a comment",
     mail(f"Authentication-Results: mx.evil.example (mx.ours.example; {PASS}); {PASS}\n" + HOP + STAFF), UNVERIFIED),
    ("our name quoted, with a tail", mail(f'Authentication-Results: "mx.ours.example.evil.example"; {PASS}\n' + HOP + STAFF),
     UNVERIFIED),
    ("our results as a continuation line of another field", mail(f"X-Note: hello\n\tAuthentication-Results: mx.ours.example; {PASS}\n"
                                                                 + HOP + STAFF), UNVERIFIED),
    ("our results after a bare carriage return in a field our border copied",
     mail(f"Authentication-Results: mx.ours.example; spf=none smtp.mailfrom=x\r{OURS}" + HOP + STAFF), UNVERIFIED),
    ("our results behind a bare carriage return in the Subject", mail(HOP + f"Subject: x\r{OURS}" + STAFF), UNVERIFIED),
    ("a passing result in a comment",
     mail(f"Authentication-Results: mx.ours.example; dmarc=none ({PASS}) header.from=hotmail.com\n" + HOP + STAFF), UNVERIFIED),
    ("a passing result in a quoted local part",
     mail(f'Authentication-Results: mx.ours.example; spf=none smtp.mailfrom="; {PASS.replace("(p=none dis=none) ", "")}"@evil.example\n'
          + HOP + STAFF), UNVERIFIED),
    ("a passing result in a reason", mail(f'Authentication-Results: mx.ours.example; dkim=none reason="; dkim=pass header.d=hotmail.com"\n'
                                          + HOP + STAFF), UNVERIFIED),
    ("a passing result that our border failed to quote",
     mail("Authentication-Results: mx.ours.example; spf=none (x); dmarc=pass header.from=hotmail.com (y) smtp.mailfrom=z; "
          "dmarc=fail header.from=hotmail.com\n" + HOP + STAFF), FORGED),
    ("Microsoft's own form without a name",
     mail("Authentication-Results: spf=pass (sender IP is 203.0.113.66) smtp.mailfrom=hotmail.com; dkim=pass header.d=hotmail.com;"
          "dmarc=pass action=none header.from=hotmail.com\n" + HOP + STAFF), UNVERIFIED),
    ("our results in ARC fields", mail(f"ARC-Authentication-Results: i=1; mx.ours.example; {PASS}\n" + HOP + STAFF), UNVERIFIED),
    ("our results in the header of a part", mail(SILENT + HOP + STAFF, part=OURS), UNVERIFIED),
    ("our results in the returned mail", mail(SILENT + HOP + STAFF, returned=OURS), UNVERIFIED),
    ("our results among the fields of the report", mail(SILENT + HOP + STAFF, fields=OURS), UNVERIFIED),
    ("our results in the text", mail(SILENT + HOP + STAFF, text=OURS), UNVERIFIED),
    ("SPF alone", mail("Authentication-Results: mx.ours.example; spf=pass smtp.mailfrom=hotmail.com\n" + HOP + STAFF), UNVERIFIED),
    ("a mailbox of one's own in the reporter's domain", mail(OURS + HOP + "From: forger@hotmail.com\n"), UNVERIFIED),
    ("the reporter as a display name", mail(OURS.replace("hotmail.com", "evil.example") + HOP
                                            + 'From: "staff@hotmail.com" <x@evil.example>\n'), UNVERIFIED),
    ("the reporter as a display name without quotes", mail(OURS + HOP + "From: staff@hotmail.com <x@evil.example>\n"), UNVERIFIED),
    ("the reporter in an encoded word", mail(OURS + HOP + "From: =?utf-8?q?staff=40hotmail.com?= <x@evil.example>\n"), UNVERIFIED),
    ("two From fields", mail(OURS + HOP + STAFF + "From: x@evil.example\n"), UNVERIFIED),
    ("two From fields, the reporter last", mail(OURS + HOP + "From: x@evil.example\n" + STAFF), UNVERIFIED),
    ("a From with two mailboxes", mail(OURS + HOP + "From: staff@hotmail.com, x@evil.example\n"), UNVERIFIED),
    ("a From with a group", mail(OURS + HOP + "From: Staff: staff@hotmail.com;\n"), UNVERIFIED),
    ("no From", mail(OURS + HOP), UNVERIFIED),
    ("a domain that begins like the reporter's",
     mail(OURS.replace("hotmail.com", "hotmail.com.evil.example") + HOP + "From: staff@hotmail.com.evil.example\n"), UNVERIFIED),
    ("a domain that ends like the reporter's",
     mail(OURS.replace("hotmail.com", "evil-hotmail.com") + HOP + "From: staff@evil-hotmail.com\n"), UNVERIFIED),
    ("a domain that looks like the reporter's",
     mail(OURS.replace("hotmail.com", "xn--htmail-xbf.com") + HOP + "From: staff@h\u043etmail.com\n"), UNVERIFIED),
    ("a right signature of an unrelated domain",
     mail("Authentication-Results: mx.ours.example; dkim=pass header.d=evil.example\n" + HOP + STAFF), UNVERIFIED),
    ("a right signature of an unrelated domain for an identity of the reporter",
     mail("Authentication-Results: mx.ours.example; dkim=pass header.d=evil.example header.i=@hotmail.com\n" + HOP + STAFF), UNVERIFIED),
    ("a right signature of the reporter under another From",
     mail("Authentication-Results: mx.ours.example; dkim=pass header.d=hotmail.com\n" + HOP + "From: x@evil.example\n"), UNVERIFIED),
    ("a right signature of another reporter",
     mail("Authentication-Results: mx.ours.example; dkim=pass header.d=microsoft.com\n" + HOP + STAFF), UNVERIFIED),
    ("the secret address in the text only", mail(HOP + STAFF, text=f"To: {SECRET}"), UNVERIFIED),
    ("the secret address in the returned mail only", mail(HOP + STAFF, returned=f"Delivered-To: {SECRET}\n"), UNVERIFIED),
    ("the secret address in the Subject", mail(HOP + f"Subject: {SECRET}\n" + STAFF), UNVERIFIED),
    ("the secret address with a tail", mail(HOP + f"Delivered-To: {SECRET}.evil.example\n" + STAFF), UNVERIFIED),
    ("the secret address, and our border refutes it", mail(REFUTED + f"Delivered-To: {SECRET}\n" + HOP + STAFF), FORGED),
    ("the wrong provider: right by its own domain", mail(OURS.replace("hotmail.com", "isp.example") + HOP + "From: fbl@isp.example\n"),
     UNVERIFIED),
    ("a report about somebody else's address", mail(HOP + STAFF, source="203.0.113.200"), FOREIGN),
    ("hundreds of recipients", mail(HOP + STAFF, fields="".join(f"Original-Rcpt-To: <p{n}@outlook.example>\n" for n in range(500))),
     UNVERIFIED),
    ("a token of another installation", mail(HOP + STAFF, returned="X-Jmrp-Token: jt1" + "A" * 120 + "\n"), UNVERIFIED),
]


class RedTeam(jmrp_test.JmrpTest):
    def setUp(self):
        super().setUp()
        self.configure()

    def configure(self, more=""):
        self.config = self.write(
            "jmrp.toml",
            f'[token]\nkeys = "{self.path("token.keys")}"\n'
            '[own]\nnetworks = ["192.0.2.0/24"]\ndomains = ["sender.example", "ours.example"]\n'
            f'[authenticity]\nauthserv_ids = ["mx.ours.example"]\nsecret_addresses = ["{SECRET}"]\n[policy]\n{more}\n',
        )

    def suppressed(self):
        return re.findall(r"\S+@\S+", self.succeed("suppressions", "list"))

    def inspected(self, text):
        report = self.json("inspect", self.write("mail.eml", text))
        return report["authenticity"]["verdict"], report["outcome"]["disposition"]

    def outcome(self):
        return re.findall(r"^outcome\|feedback-report\|(\S+)\|1$", self.dump(), re.M)

    def assert_held_off(self, text, verdict, disposition):
        self.assertEqual(self.inspected(text), (verdict, disposition))
        self.assert_kept(self.deliver(text.encode()))
        self.assertEqual(self.outcome(), [disposition])
        self.assertEqual(self.suppressed(), [])

    def test_none_of_the_cases_suppresses_anybody(self):
        self.assertGreaterEqual(len(CASES), 20)
        self.assertEqual(len({name for name, _, _ in CASES}), len(CASES))
        for index, (name, text, (verdict, disposition)) in enumerate(CASES):
            with self.subTest(name), self.other_database(f"{index}.db"):
                self.assert_held_off(text, verdict, disposition)

    def test_the_control_suppresses(self):
        for index, header in enumerate((
            OURS + GENUINE_HOP + STAFF,
            f"Authentication-Results: mx.ours.example; dkim=pass header.d=hotmail.com\n" + GENUINE_HOP + STAFF,
            f"Delivered-To: {SECRET}\n" + GENUINE_HOP + STAFF,
            hop(recipient=SECRET) + STAFF,
        )):
            with self.subTest(header), self.other_database(f"control{index}.db"):
                self.configure("believe_report_fields = true")  # no send log: nobody else confirms the address
                text = mail(header)
                self.assertEqual(self.inspected(text), ("authentic", "complaint-suppressed"))
                self.assert_kept(self.deliver(text.encode()))
                self.assertEqual(self.suppressed(), [VICTIM])

    def test_believing_the_reports_word_does_not_make_forged_ones_believed(self):
        self.configure("believe_report_fields = true")
        for index, (name, text, (verdict, disposition)) in enumerate(CASES):
            with self.subTest(name):
                self.assertEqual(self.inspected(text), (verdict, disposition))

    def token(self):
        self.succeed("token", "key", "new")
        return self.succeed("token", "seal", "--recipient", VICTIM).split()[0]

    def test_a_token_replayed_in_a_report_that_is_refuted_suppresses_nobody(self):
        token = self.token()
        self.assert_held_off(mail(REFUTED + HOP + STAFF, returned=f"X-Jmrp-Token: {token}\n"), *FORGED)

    def test_a_token_replayed_in_a_report_that_nobody_vouches_for_is_held_where_the_policy_says_so(self):
        token = self.token()
        self.configure("token_needs_authentic = true")
        self.assert_held_off(mail(HOP + STAFF, returned=f"X-Jmrp-Token: {token}\n"), *UNVERIFIED)

    def test_a_token_of_another_installation_is_none(self):
        token = self.token()
        os.remove(self.path("token.keys"))
        self.succeed("token", "key", "new")
        self.assert_held_off(mail(HOP + STAFF, returned=f"X-Jmrp-Token: {token}\n"), *UNVERIFIED)

    def test_a_token_in_the_text_or_the_outer_header_is_none(self):
        token = self.token()
        self.assert_held_off(mail(HOP + f"X-Jmrp-Token: {token}\n" + STAFF, text=token), *UNVERIFIED)

    def test_a_genuine_report_inside_a_forged_one_is_not_what_is_read(self):
        inner = mail(OURS + GENUINE_HOP + STAFF).replace("boundary=\"b\"", "boundary=\"i\"").replace("--b", "--i")
        for index, outer in enumerate((
            HOP + STAFF + f'Subject: x\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="o"\n\n--o\n'
            f"Content-Type: message/rfc822\n\n{inner}\n--o--\n",
            mail(HOP + STAFF).replace("Content-Type: text/rfc822-headers\n", f"Content-Type: message/rfc822\n\n{inner}\n", 1),
            HOP + STAFF + f"Subject: x\nMIME-Version: 1.0\nContent-Type: message/rfc822\n\n{inner}",
        )):
            with self.subTest(index), self.other_database(f"nested{index}.db"):
                self.assert_kept(self.deliver(outer.encode()))
                self.assertEqual(self.suppressed(), [])

    def test_the_same_forged_report_a_hundred_times_suppresses_nobody(self):
        box = [mail(HOP + STAFF).replace("<r1@", f"<r{n}@").encode() for n in range(100)]
        self.succeed("ingest", "mbox:" + self.write("box", reports.mbox(box)))
        self.assertEqual(self.suppressed(), [])


if __name__ == "__main__":
    jmrp_test.main()
