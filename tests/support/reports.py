"""Feedback reports in numbered variety: equal numbers give equal bytes, unequal ones are different reports.

`report(n)` is one of three dialects in turn; `by_another_route(n)` is the same report, received by another way.
What names a person or could be recognized in a log stands in `secrets(n)`.
"""
import datetime

FIRST_DAY = datetime.datetime(2026, 11, 1, 8, 0, 0, tzinfo=datetime.timezone.utc)
# Tests run "at" this time (JMRP_NOW), so that counts a day do not depend on the day of the run.
NOW = int(datetime.datetime(2026, 11, 23, 12, 0, 0, tzinfo=datetime.timezone.utc).timestamp())


def _date(n):
    return (FIRST_DAY + datetime.timedelta(minutes=n % 20000)).strftime("%a, %d %b %Y %H:%M:%S +0000")


def _ip(n):
    return f"192.0.2.{n % 8 + 1}"


def recipient(n):
    return f"person{n % 4000}@outlook.example"


def secrets(n):
    return [recipient(n).split("@")[0], "Secret-Subject", "secret body", f"mail-{n}@sender.example"]


def _original(n):
    return (
        f"Received: from mta.sender.example ([{_ip(n)}]) by mx.hotmail.example; {_date(n)}\n"
        f"Authentication-Results: spf=pass (sender IP is {_ip(n)}) smtp.mailfrom=bounce.sender.example\n"
        f"Date: {_date(n)}\n"
        f"From: News <news@sender.example>\n"
        f"To: {recipient(n)}\n"
        f"Subject: Secret-Subject {n}\n"
        f"Message-ID: <mail-{n}@sender.example>\n"
        f"List-ID: <weekly.sender.example>\n"
        "MIME-Version: 1.0\n"
        "Content-Type: text/plain\n"
        f"Return-Path: <bounce+{recipient(n).replace('@', '=')}@bounce.sender.example>\n"
        "\n"
    )


def _outer(n, route, content_type, subject="complaint"):
    return (
        f"Received: from out{route}.hotmail.example by mx.sender.example with ESMTP id {route}{n}; {_date(n)}\n"
        f"Date: {_date(n)}\n"
        "From: staff@hotmail.com\n"
        f"Subject: {subject}\n"
        "To: fbl@sender.example\n"
        "MIME-Version: 1.0\n"
        f"Content-Type: {content_type}\n"
        f"Message-ID: <report-{n}@hotmail.example>\n"
        "\n"
    )


def _machine_readable(n, route, fields):
    return (
        _outer(n, route, 'multipart/report; report-type=feedback-report; boundary="b"')
        + "--b\nContent-Type: text/plain\n\nThis is an abuse report.\n\n"
        + f"--b\nContent-Type: message/feedback-report\n\n{fields}\n"
        + f"--b\nContent-Type: text/rfc822-headers\n\n{_original(n)}--b--\n"
    )


def _sparse(n, route):
    return _machine_readable(n, route, "Feedback-Type: abuse\nUser-Agent: JMRP/1.0\nVersion: 1\n")


def _complete(n, route):
    return _machine_readable(
        n,
        route,
        "Feedback-Type: abuse\nUser-Agent: SomeGenerator/1.0\nVersion: 1\n"
        f"Source-IP: {_ip(n)}\nArrival-Date: {_date(n)}\n"
        f"Original-Rcpt-To: <{recipient(n)}>\nOriginal-Mail-From: <news@sender.example>\n",
    )


def _attachment(n, route):
    return (
        _outer(n, route, 'multipart/mixed; boundary="B"', f" complaint about message from {_ip(n)}")
        + "--B\nContent-Type: message/rfc822\nContent-Disposition: inline\n\n"
        + f"X-HmXmrOriginalRecipient: {recipient(n)}\n{_original(n)}secret body {n}\n\n--B--\n"
    )


_DIALECTS = (_sparse, _complete, _attachment)


def report(n, route=1):
    return _DIALECTS[n % len(_DIALECTS)](n, route).encode()


def by_another_route(n):
    return report(n, route=2)


def mbox(messages):
    """The bytes of an mbox that holds the messages, which end with a line end and have no From_ lines in them."""
    return b"".join(b"From staff@hotmail.com Sun Nov 22 08:00:00 2026\n" + message + b"\n" for message in messages)
