#!/usr/bin/env python3
"""A log of Postfix about COUNT deliveries, to standard output, as a busy server writes it: long queue ids, one recipient each, a tenth
put off once, three in a hundred refused; COUNT / DAYS of them a day, the last of them now.

    postfix_log.py COUNT DAYS
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


def main():
    count, days = int(sys.argv[1]), int(sys.argv[2])
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
        lines.append(f"{head}/cleanup[77]: {queue_id}: message-id=<{n * 2654435761 % 2**32:08x}.{n}@news.sender.example>\n"
                     f"{head}/qmgr[78]: {queue_id}: from=<bounce+{n}@sender.example>, size=48211, nrcpt=1 (queue active)\n")
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
            lines.append(f"{head}-out{n % 8}/smtp[{n % 900}]: {queue_id}: {to}, relay={relay}, " + tail % said + "\n"
                         f"{head}/qmgr[78]: {queue_id}: removed\n")
        if len(lines) > 10_000:
            sys.stdout.write("".join(lines))
            lines = []
    sys.stdout.write("".join(lines))


if __name__ == "__main__":
    main()
