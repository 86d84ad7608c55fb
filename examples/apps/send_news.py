#!/usr/bin/env python3
"""Sends a text to each address of a list, with a token in each mail that names its recipient to you alone.

    send_news.py [--jmrp PROGRAM] [--server HOST:PORT] FROM SUBJECT TEXT-FILE <ADDRESSES

ADDRESSES: one a line. A mail that cannot get its token goes without.
"""
import argparse
import email.message
import email.policy
import email.utils
import smtplib
import subprocess
import sys


def token_for(jmrp, recipient, campaign):
    """None where there is none. The address is part of one argument and never of a shell's line, so it may hold anything."""
    command = [jmrp, "token", "seal", "--recipient=" + recipient, "--campaign=" + campaign]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=10, check=False)
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def mail_to(recipient, sender, subject, text, token):
    domain = sender.rpartition("@")[2]
    message = email.message.EmailMessage(policy=email.policy.SMTP.clone(max_line_length=998))  # a token stays in one line
    message["From"] = sender
    message["To"] = recipient
    message["Subject"] = subject
    message["Date"] = email.utils.localtime()
    message["Message-ID"] = email.utils.make_msgid(domain=domain)
    if token:
        # In two places: what a provider masks in one it may leave in the other.
        message["X-Jmrp-Token"] = token
        message["List-Unsubscribe"] = f"<mailto:unsubscribe@{domain}?subject={token}>"
    message.set_content(text)
    return message


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--jmrp", default="jmrp")
    parser.add_argument("--server", default="localhost:25")
    parser.add_argument("sender")
    parser.add_argument("subject")
    parser.add_argument("text")
    options = parser.parse_args()
    with open(options.text, encoding="utf-8") as file:
        text = file.read()
    host, _, port = options.server.rpartition(":")
    with smtplib.SMTP(host, int(port)) as smtp:
        for line in sys.stdin:
            recipient = line.strip()
            if recipient:
                token = token_for(options.jmrp, recipient, options.subject)
                smtp.send_message(mail_to(recipient, options.sender, options.subject, text, token), options.sender, [recipient])


if __name__ == "__main__":
    main()
