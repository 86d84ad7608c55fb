#!/usr/bin/env python3
"""How long `jmrp leaks`, `jmrp publish prometheus` and `jmrp delist check` take in a large store.

    leaks.py --jmrp PROGRAM --work DIRECTORY [--reports N]

The store is written by SQL, without the bytes of the mails: N complaints (2,000,000) received within a year, each twentieth about
somebody who complained before, and a tenth as many people suppressed by hand; an export that ran every ten minutes; a thousand
addresses that send.
"""
import argparse
import json
import os
import sqlite3
import statistics
import struct
import subprocess
import time

DAY = 86400


def write(path, reports, now):
    first = now - 365 * DAY
    step = 365 * DAY / reports
    database = sqlite3.connect(path, isolation_level=None)
    for pragma in ('synchronous = OFF', 'cache_size = -800000', 'foreign_keys = OFF'):
        database.execute('PRAGMA ' + pragma)
    database.execute('BEGIN')

    def person(number):
        """Each twentieth is somebody of the half before."""
        return number * 7919 % reports if number % 20 else number // 2 * 7919 % reports

    def at(number):
        return int(first + number * step)

    def address(number):
        return '10.0.%d.%d' % (number % 1000 // 250, number % 250 + 1)

    database.executemany(
        "INSERT INTO message (id, digest, feed, origin, envelope, received_at, size, truncated) VALUES (?, ?, 'jmrp', '', '', ?, 4000, 0)",
        ((n + 1, struct.pack('>IQI', at(n), n, 0), at(n)) for n in range(reports)))
    database.executemany("INSERT INTO outcome (message_id, kind, disposition) VALUES (?, 'feedback-report', 'complaint-suppressed')",
                         ((n + 1,) for n in range(reports)))
    database.executemany(
        "INSERT INTO report (message_id, identity, dialect, feedback_type, complaint, unsubscribe, source_ip, source_ip_from, "
        "original_mail_from, recipient_status, recipient_from, basis, verdict, attributed, token_refused, counted, "
        "reported_message_id, arrival_date, arrival_date_from, report_date, arrival_day, report_day, incidents) VALUES (?, ?, "
        "'arf', 'abuse', 1, 0, ?, 'report: Source-IP', 'bounces@sender.example', 'known', 'report-field: Original-Rcpt-To', "
        "'own-key', 'authentic', 1, 0, 1, ?, ?, 'report: Arrival-Date', ?, ?, ?, 1)",
        ((n + 1, struct.pack('>IQI', at(n) - DAY, n, 0), address(n), '%d.20261101.abcdef@sender.example' % n,
          at(n) - DAY, at(n), at(n) // DAY - 1, at(n) // DAY) for n in range(reports)))
    rows = sorted(('person%07d.surname@outlook.example' % person(n), n) for n in range(reports))
    before = None
    settled = []
    for key, n in rows:
        settled.append((key, n + 1, at(n), int(key == before)))
        before = key
    database.executemany("INSERT INTO report_recipient (address_key, scope, message_id, address, received_at, complaint, "
                         "unsubscribe, suppresses, again) VALUES (?, '', ?, NULL, ?, 1, 0, 1, ?)", settled)
    database.executemany(
        "INSERT INTO suppression_decision (address_key, scope, turn, address, decision, reason, note, sticky, decided_by, "
        "decided_at, after_message) VALUES (?1, '', 1, ?1, 'add', 'import', '', 0, 'bench', ?2, 0)",
        (('hand%07d@outlook.example' % n, first) for n in range(reports // 10)))
    database.execute("INSERT INTO complaint_count SELECT 0, report_day, source_ip, arrival_day, count(*), count(*), count(*), 0 FROM "
                     "report GROUP BY report_day, source_ip, arrival_day")
    database.execute("INSERT INTO feed_day SELECT 'jmrp', report_day, count(*), count(*), count(*), 0, 0, 0, max(report_date) FROM report "
                     "GROUP BY report_day")
    database.executemany("INSERT INTO traffic_count VALUES ('outlook.com', ?, ?, '', '', '', 'bench', 5000, 5000, 0, 0)",
                         ((address(n), now // DAY - back) for n in range(1000) for back in range(90)))
    database.execute("INSERT INTO export_consumer (id, name, form, seq, at, failures, last_error) VALUES (1, 'mta', '', 0, 0, 0, '')")
    database.executemany("INSERT INTO export_run (consumer_id, at, covers_until, seq, scope, reasons) VALUES (1, ?1, ?1 - 600, ?1, '', '')",
                         ((when,) for when in range(now - 42 * DAY, now, 600)))
    database.executemany("INSERT INTO export_run (consumer_id, at, covers_until, seq, scope, reasons) VALUES (1, ?1, ?1 - 600, ?1, '', '')",
                         ((when,) for when in range(first, now - 42 * DAY, DAY)))
    database.execute('COMMIT')
    database.close()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--jmrp', required=True)
    parser.add_argument('--work', required=True)
    parser.add_argument('--reports', type=int, default=2_000_000)
    options = parser.parse_args()
    config, path = os.path.join(options.work, 'leaks.toml'), os.path.join(options.work, 'leaks.db')
    with open(config, 'w', encoding='utf-8') as file:
        file.write('[export.mta]\nformat = "text"\nto = "%s/list"\n' % options.work)
    command = [options.jmrp, '--config', config, '--database', path]
    if not os.path.exists(path):
        subprocess.run([*command, 'status'], check=True, stdout=subprocess.DEVNULL)
        write(path, options.reports, int(time.time()))
    told = {days: subprocess.run([*command, 'leaks', '--json', '--days', str(days)], stdout=subprocess.PIPE, check=False).stdout
            for days in (7, 30)}
    rows = [('jmrp leaks --days %d, which finds %d' % (days, json.loads(text)['total']['leaks']), ['leaks', '--days', str(days)])
            for days, text in told.items()]
    rows.append(('jmrp publish prometheus', ['publish', 'prometheus']))
    rows.append(('jmrp delist check --offline of one of 1,000 addresses', ['delist', 'check', '--offline', '10.0.1.7']))
    for name, arguments in rows:
        seconds = []
        for _ in range(7):
            begun = time.perf_counter()
            subprocess.run([*command, *arguments], stdout=subprocess.DEVNULL, check=False)
            seconds.append(time.perf_counter() - begun)
        print('  %s of %s complaints: %.0f ms (%.0f to %.0f)' % (name, f'{options.reports:,}', statistics.median(seconds) * 1000,
                                                                min(seconds) * 1000, max(seconds) * 1000), flush=True)


if __name__ == '__main__':
    main()
