#!/usr/bin/env python3
"""`jmrp rates` and `jmrp check` over two million complaints about 1,000 addresses in 90 days, and what that history costs a batch of
reports that comes in; a part of scripts/bench.sh.

    rates.py --jmrp PROGRAM --work DIRECTORY [--quick]

The counts are written by this script, as settling and importing logs would have left them.
"""
import argparse
import os
import random
import sqlite3
import statistics
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ADDRESSES, DAYS, COMPLAINTS_A_DAY = 1_000, 90, 22
# Days between mail and report: most come at once, some late.
LAGS = [0] * 50 + [1] * 30 + [2] * 9 + [3] * 4 + [4, 4, 5, 5, 6, 7, 9]
PROVIDERS = ['outlook.com', 'office365', 'gmail.com', 'yahoo.com']
LOG = '%s mx1 postfix/smtp[1]: 4X1: to=<a@outlook.com>, relay=a.olc.protection.outlook.com[192.0.2.1]:25, delay=1, dsn=2.0.0, status=sent (250 ok)\n'


class Bench:
    def __init__(self, options):
        self.program = os.path.abspath(options.jmrp)
        self.work = options.work
        self.days = 10 if options.quick else DAYS
        self.runs = 3 if options.quick else 9
        self.config = os.path.join(self.work, 'rates.toml')
        self.today = int(time.time()) // 86400
        with open(self.config, 'w', encoding='utf-8') as file:
            file.write('[own]\nnetworks = ["192.0.2.0/24"]\n[policy]\nact_on = "unverified"\nbelieve_report_fields = true\npace_per_hour = 0\n')

    def jmrp(self, database, *arguments, stdin=None, ends_with=(0,)):
        """-> seconds of the whole process."""
        begun = time.perf_counter()
        done = subprocess.run([self.program, '--config', self.config, '--database', database, *arguments], input=stdin,
                              stdout=subprocess.DEVNULL, check=False)
        if done.returncode not in ends_with:
            sys.exit('rates.py: jmrp %s ended with %d' % (' '.join(arguments), done.returncode))
        return time.perf_counter() - begun

    def median(self, database, *arguments, **more):
        return statistics.median(self.jmrp(database, *arguments, **more) for _ in range(self.runs))

    def fresh(self, name):
        database = os.path.join(self.work, name)
        for suffix in ('', '-wal', '-shm', '.sent', '.sent-wal', '.sent-shm', '.settling'):
            if os.path.exists(database + suffix):
                os.remove(database + suffix)
        self.jmrp(database, 'status')
        return database

    def fill(self, database):
        """-> complaints."""
        chance = random.Random(7)
        complaints = 0
        counts, feeds = [], []
        for day in range(self.today - self.days + 1, self.today + 1):
            feeds.append(('jmrp', day, day * 86400 + 43200))
            for number in range(ADDRESSES):
                name = '198.51.%d.%d' % (100 + number // 250, number % 250)
                by_lag = {}
                for lag in chance.choices(LAGS, k=COMPLAINTS_A_DAY + chance.randint(-5, 5)):
                    by_lag[lag] = by_lag.get(lag, 0) + 1
                for lag, count in by_lag.items():
                    if day + lag <= self.today:
                        complaints += count
                        counts.append((0, day + lag, name, day, count, count, count, 0))
        counts.sort()
        with sqlite3.connect(database) as connection:
            connection.executemany('INSERT INTO complaint_count VALUES (?, ?, ?, ?, ?, ?, ?, ?)', counts)
            connection.executemany('INSERT INTO feed_day VALUES (?, ?, 1, 1, 1, 0, 0, 0, ?)', feeds)
        connection.close()
        self.jmrp(database, 'import', 'sent', '-', stdin=(LOG % time.strftime('%Y-%m-%dT%H:%M:%S+00:00', time.gmtime())).encode())
        with sqlite3.connect(database + '.sent') as connection:
            columns = [row[1] for row in connection.execute('PRAGMA table_info(sent_count)')]
            connection.executemany(
                'INSERT INTO sent_count (%s) VALUES (:%s)' % (', '.join(columns), ', :'.join(columns)),
                ({'provider': provider, 'source_ip': '198.51.%d.%d' % (100 + number // 250, number % 250), 'day': day,
                  'accepted': chance.randint(10_000, 20_000), 'deferred': 10, 'rejected': 1}
                 for provider in PROVIDERS for number in range(ADDRESSES) for day in range(self.today - self.days + 1, self.today + 1)))
        connection.close()
        return complaints

    def ingest_ratio(self, database, reports, repetitions):
        """The same batches into a database with that history of counts and into an empty one."""
        ratios, full = [], []
        for repetition in range(repetitions):
            mbox = os.path.join(self.work, 'batch.mbox')
            subprocess.run([sys.executable, os.path.join(HERE, 'generate.py'), str(reports), mbox, '--first', str(repetition * reports)],
                           check=True)
            empty = self.fresh('empty.db')
            pair = [self.jmrp(one, 'ingest', 'mbox:' + mbox) for one in (empty, database)]
            ratios.append(pair[0] / pair[1])
            full.append(reports / pair[1])
        return statistics.median(ratios), statistics.median(full)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--jmrp', required=True)
    parser.add_argument('--work', required=True)
    parser.add_argument('--quick', action='store_true', help='ten days, to see that it runs')
    options = parser.parse_args()
    bench = Bench(options)
    database = bench.fresh('rates.db')
    complaints = bench.fill(database)
    what = '%s complaints, %s addresses, %d days' % (f'{complaints:,}', f'{ADDRESSES:,}', bench.days)
    rows = []
    first = time.strftime('%Y-%m-%d', time.gmtime((bench.today - bench.days + 1) * 86400))
    for told, arguments in (('7 days', ['rates']), ('1, 7 and 30 days', ['rates', '--days', '1,7,30']), ('all days', ['rates', '--from', first]),
                            ('all days, as JSON', ['rates', '--from', first, '--json'])):
        rows.append(('`jmrp rates`, %s: %s' % (told, what), '%.0f ms' % (1000 * bench.median(database, *arguments))))
    rows.append(('`jmrp check` there', '%.0f ms' % (1000 * bench.median(database, 'check', ends_with=(0, 1, 2, 3)))))
    rows.append(('`jmrp status` there, which asks nothing of that', '%.0f ms' % (1000 * bench.median(database, 'status'))))
    ratio, rate = bench.ingest_ratio(database, 500 if options.quick else 5_000, 1 if options.quick else 5)
    print('\n| what | figure |\n|---|---|')
    for row in rows:
        print('| %s | %s |' % row)
    print('| a batch of reports into that database / into an empty one | %.2f x its rate, %.0f/s |' % (ratio, rate))


if __name__ == '__main__':
    main()
