#!/usr/bin/env python3
"""A log of Postfix about COUNT deliveries, to standard output, as a busy server writes it: long queue ids, one recipient each, a tenth
put off once, three in a hundred refused; COUNT / DAYS of them a day, the last of them now. With "all" the lines of the other
daemons of such a server stand among them.

    postfix_log.py COUNT DAYS [all]
"""
import sys
import time

ALPHABET = "0123456789BCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz"
RELAYS = ("hotmail-com.olc.protection.outlook.com[198.51.100.1]:25", "gmail-smtp-in.l.google.com[198.51.100.2]:25",
          "mta5.am0.yahoodns.net[198.51.100.3]:25", "mx.example.com[198.51.100.4]:25")


def base52(number, digits):
    out = ""
    for _ in range(digits):
        number, digit = divmod(number, 52)
        out = ALPHABET[digit] + out
    return out


def before(n, head, queue_id):
    """What the daemons of a server write of one message up to its queue, and what stands around it."""
    client = f"app{n % 7}.sender.example[192.0.2.{n % 200 + 1}]"
    stamp_and_host, pid = head.rsplit(" ", 1)[0], n % 30_000
    out = f"{head}/smtpd[{pid}]: connect from {client}\n{head}/smtpd[{pid}]: {queue_id}: client={client}, " \
          f"sasl_method=PLAIN, sasl_username=app{n % 7}\n"
    if n % 3 == 0:
        out += f"{stamp_and_host} opendkim[812]: {queue_id}: DKIM-Signature field added (s=k2026, d=sender.example)\n"
    if n % 4 == 0:
        out += f"{head}/smtpd[{pid}]: NOQUEUE: reject: RCPT from unknown[203.0.113.{n % 250}]: 554 5.7.1 <x{n}@elsewhere.example>: " \
               f"Relay access denied; from=<q{n}@spam.example> to=<x{n}@elsewhere.example> proto=ESMTP helo=<host>\n" \
               f"{head}/postscreen[79]: CONNECT from [203.0.113.{n % 250}]:40122 to [192.0.2.9]:25\n" \
               f"{head}/postscreen[79]: PREGREET 11 after 0.04 from [203.0.113.{n % 250}]:40122: EHLO ylmf\\r\\n\n"
    if n % 10 == 0:
        out += f"{stamp_and_host} dovecot: imap-login: Login: user=<u{n % 999}>, method=PLAIN, rip=192.0.2.4, lip=192.0.2.9, " \
               f"mpid={pid}, TLS, session=<Zk{n:012x}>\n" \
               f"{stamp_and_host} CRON[{pid}]: (root) CMD (command -v debian-sa1 > /dev/null && debian-sa1 1 1)\n"
    return out + f"{head}/smtpd[{pid}]: disconnect from {client} ehlo=2 starttls=1 auth=1 mail=1 rcpt=1 data=1 quit=1 commands=8\n"


def tls(n, head):
    """What smtp writes of a connection with smtp_tls_loglevel = 1."""
    return f"{head}-out{n % 8}/smtp[{n % 900}]: Trusted TLS connection established to {RELAYS[n % len(RELAYS)]}: TLSv1.3 with cipher " \
           "TLS_AES_256_GCM_SHA384 (256/256 bits) key-exchange X25519 server-signature RSA-PSS (2048 bits) server-digest SHA256\n"


def main():
    count, days = int(sys.argv[1]), int(sys.argv[2])
    everything = sys.argv[3:] == ["all"]
    end = int(time.time())
    begin, pending, lines = end - days * 86400, [], []
    for n in range(count):
        at = begin + n * days * 86400 // count
        queue_id = base52(at, 6) + base52(n * 7919 % 1_000_000, 4) + "z" + base52(n % 5000, 3)
        stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(at))
        head = f"{stamp}.{n % 1_000_000:06}+00:00 mta{n % 4} postfix"
        relay = RELAYS[n % len(RELAYS)]
        to = f"to=<reader.{n * 104729 % 40_000_000}@{('hotmail.com', 'gmail.com', 'yahoo.com', 'example.com')[n % 4]}>"
        tail = f"delay=1.2, delays=0.1/0.01/0.5/0.6, dsn=%s, status=%s"
        if everything:
            lines.append(before(n, head, queue_id))
        lines.append(f"{head}/cleanup[77]: {queue_id}: message-id=<{n * 2654435761 % 2**32:08x}.{n}@news.sender.example>\n"
                     f"{head}/qmgr[78]: {queue_id}: from=<bounce+{n}@sender.example>, size=48211, nrcpt=1 (queue active)\n")
        if everything and n % 2:
            lines.append(tls(n, head))
        if n % 10 == 0:
            pending.append((n, head, queue_id, to, relay))
            text = tail % ("4.7.1", "deferred") + f" (host {relay[:-3]} said: 451 4.7.650 try again later)"
            lines.append(f"{head}-out{n % 8}/smtp[{n % 900}]: {queue_id}: {to}, relay={relay}, {text}\n")
            if len(pending) > 100:
                _, _, old_id, old_to, old_relay = pending.pop(0)
                lines.append(f"{head}-out{n % 8}/smtp[{n % 900}]: {old_id}: {old_to}, relay={old_relay}, "
                             + tail % ("2.0.0", "sent") + f" (250 2.0.0 OK 1794803411 {n} - gsmtp)\n{head}/qmgr[78]: {old_id}: removed\n")
        else:
            said = ("5.1.1", "bounced (host said: 550 5.1.1 no such user)") if n % 33 == 1 else \
                ("2.0.0", f"sent (250 2.0.0 OK 1794803411 {n} - gsmtp)")
            bounce = f"{head}/bounce[80]: {queue_id}: sender non-delivery notification: {queue_id[::-1]}\n" if everything and n % 33 == 1 else ""
            lines.append(f"{head}-out{n % 8}/smtp[{n % 900}]: {queue_id}: {to}, relay={relay}, " + tail % said + "\n" + bounce +
                         f"{head}/qmgr[78]: {queue_id}: removed\n")
        if len(lines) > 10_000:
            sys.stdout.write("".join(lines))
            lines = []
    sys.stdout.write("".join(lines))


if __name__ == "__main__":
    main()
