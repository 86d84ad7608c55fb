#!/usr/bin/env python3
"""The measurements of scripts/bench.sh: whole processes, medians, ratios of runs that were made one after the other.

    measure.py --jmrp PROGRAM --minimal PROGRAM --gmime-loop PROGRAM --lookups PROGRAM --log-reader PROGRAM --traffic-sums PROGRAM
               --work DIRECTORY [--full] [--quick]
"""
import argparse
import datetime
import json
import mailbox
import os
import shutil
import statistics
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))


def run(command, stdin=None, environment=None):
    """-> (seconds, peak kB) of the process and those it waited for; stops the benchmark where it fails."""
    begun = time.perf_counter()
    actions = [(os.POSIX_SPAWN_OPEN, 0, stdin or os.devnull, os.O_RDONLY, 0), (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
    pid = os.posix_spawnp(command[0], command, environment or os.environ, file_actions=actions)
    _, status, usage = os.wait4(pid, 0)
    seconds = time.perf_counter() - begun
    if status != 0:
        sys.exit('measure.py: %s ended with status %d' % (' '.join(command), os.waitstatus_to_exitcode(status)))
    return seconds, usage.ru_maxrss


class Bench:
    def __init__(self, arguments):
        self.jmrp_program = os.path.abspath(arguments.jmrp)
        self.minimal = os.path.abspath(arguments.minimal)
        self.gmime_loop = os.path.abspath(arguments.gmime_loop)
        self.lookups = os.path.abspath(arguments.lookups)
        self.log_reader = os.path.abspath(arguments.log_reader)
        self.traffic_sums = os.path.abspath(arguments.traffic_sums)
        self.work = arguments.work
        self.rows = []
        config = self.path('jmrp.toml')
        with open(config, 'w', encoding='utf-8') as file:
            file.write('[own]\nnetworks = ["192.0.2.0/24"]\ndomains = ["sender.example"]\n'
                       '[policy]\nact_on = "unverified"\nbelieve_report_fields = true\npace_per_hour = 0\n')
        self.config = config

    def path(self, name):
        return os.path.join(self.work, name)

    def jmrp(self, database, *arguments, stdin=None):
        return run([self.jmrp_program, '--config', self.config, '--database', database, *arguments], stdin)

    def status(self, database):
        return json.loads(subprocess.run([self.jmrp_program, '--config', self.config, '--database', database, 'status', '--json'],
                                         check=True, capture_output=True, text=True).stdout)

    def check(self, database, reports):
        status = self.status(database)
        if (status['messages'], status['unsettled'], status['quarantined']) != (reports, 0, 0):
            sys.exit('measure.py: %d reports were taken in, status says %s' % (reports, json.dumps(status)))

    def fresh(self, name):
        path = self.path(name)
        for suffix in ('', '-wal', '-shm', '.settling', '-lock', '.lock'):
            if os.path.exists(path + suffix):
                os.remove(path + suffix)
        return path

    def generate(self, count, first=0):
        path = self.path('reports-%d-%d.mbox' % (first, count))
        if not os.path.exists(path):
            subprocess.run([sys.executable, os.path.join(HERE, 'generate.py'), str(count), path, '--first', str(first)], check=True)
        return path

    def row(self, what, value, ours, theirs):
        self.rows.append((what, value, ours, theirs))
        print('  %s: %s (%s; %s)' % (what, value, ours, theirs), flush=True)

    def deliveries(self, count, repetitions):
        """Each message is delivered to all, one after the other; who goes first changes with each message."""
        folder = self.path('messages')
        os.makedirs(folder, exist_ok=True)
        files = []
        for number, message in enumerate(mailbox.mbox(self.generate(count))):
            files.append(os.path.join(folder, '%05d.eml' % number))
            with open(files[-1], 'wb') as file:
                file.write(message.as_bytes())
        ways = ('closes', 'exits')  # closing a database checkpoints it: three more syncs
        sums = {name: [] for name in ('jmrp', *ways)}
        for _ in range(repetitions):
            database = self.fresh('pipe.db')
            tables = {way: self.fresh(way + '.db') for way in ways}
            seconds = dict.fromkeys(sums, 0.0)
            for number, file in enumerate(files):
                turns = [('jmrp', lambda: self.jmrp(database, 'ingest', stdin=file)[0])]
                turns += [(way, lambda way=way: run([self.minimal, tables[way], way], file)[0]) for way in ways]
                for name, turn in turns[number % 3:] + turns[:number % 3]:
                    seconds[name] += turn()
            seconds['jmrp'] += self.jmrp(database, 'settle')[0]
            self.check(database, count)
            for name, value in seconds.items():
                sums[name].append(value)
        for way in ways:
            self.row('%d deliveries through the pipe, all settled / a minimal C program: one synchronous SQLite commit, then it %s' % (count, way),
                     '%.2f x its time' % statistics.median(a / b for a, b in zip(sums['jmrp'], sums[way])),
                     '%.1f ms each' % (statistics.median(sums['jmrp']) / count * 1000), '%.1f ms each' % (statistics.median(sums[way]) / count * 1000))

    def batch(self, count, sample, repetitions):
        mbox, small = self.generate(count), self.generate(sample)
        ours, gmime, sisimai, peak = [], [], [], 0
        for _ in range(repetitions):
            database = self.fresh('batch.db')
            seconds, memory = self.jmrp(database, 'ingest', 'mbox:' + mbox)
            self.check(database, count)
            ours.append(count / seconds)
            peak = max(peak, memory)
            gmime.append(count / run([self.gmime_loop, mbox])[0])
            sisimai.append(sample / run(['perl', os.path.join(HERE, 'sisimai.pl'), small])[0])
        rates = [statistics.median(values) for values in (ours, gmime, sisimai)]
        self.row('batch of %s reports / Sisimai parsing (%s of them, scaled)' % (f'{count:,}', f'{sample:,}'),
                 '%.1f x its rate' % statistics.median(a / b for a, b in zip(ours, sisimai)), '%.0f/s' % rates[0], '%.0f/s' % rates[2])
        self.row('batch of %s reports / a bare GMime loop on one core' % f'{count:,}',
                 '%.2f x its rate' % statistics.median(a / b for a, b in zip(ours, gmime)), '%.0f/s' % rates[0], '%.0f/s' % rates[1])
        self.row('peak memory of that batch', '%.0f MB' % (peak / 1024), '', '')

    def large(self, stored, chunk, repetitions):
        """The same reports into an empty database and into one that holds `stored` others."""
        database = self.fresh('large.db')
        step = min(stored, 200_000)
        for first in range(0, stored, step):
            mbox = self.generate(step, first)
            self.jmrp(database, 'ingest', 'mbox:' + mbox)
            if stored > step:
                os.remove(mbox)
        self.check(database, stored)
        ratios, empty, full = [], [], []
        for repetition in range(repetitions):
            first = stored + repetition * chunk
            mbox = self.generate(chunk, first)
            empty.append(chunk / self.jmrp(self.fresh('empty.db'), 'ingest', 'mbox:' + mbox)[0])
            full.append(chunk / self.jmrp(database, 'ingest', 'mbox:' + mbox)[0])
            self.check(database, first + chunk)
            ratios.append(full[-1] / empty[-1])
            os.remove(mbox)
        self.row('batch of %s reports with %s stored / into an empty database' % (f'{chunk:,}', f'{stored:,}'),
                 '%.2f x its rate' % statistics.median(ratios), '%.0f/s' % statistics.median(full), '%.0f/s' % statistics.median(empty))
        self.row('database with these reports', '%.1f GB' % (os.path.getsize(database) / 1e9), '', '')

    def send_log(self, deliveries, days):
        """Into an empty send log; the rate of its last tenth shows what a large one costs."""
        log = self.path('mail.log')
        with open(log, 'wb') as file:
            subprocess.run([sys.executable, os.path.join(HERE, 'postfix_log.py'), str(deliveries), str(days)], check=True, stdout=file)
        size = os.path.getsize(log)
        database = self.fresh('sent.db')
        for suffix in ('.sent', '.sent-wal', '.sent-shm'):
            self.fresh('sent.db' + suffix)
        rest = self.path('rest.log')
        with open(log, 'rb') as whole, open(rest, 'wb') as file:
            whole.seek(size * 9 // 10)
            whole.readline()
            first = whole.tell()
            shutil.copyfileobj(whole, file)
        os.truncate(log, first)
        seconds, memory = self.jmrp(database, 'import', 'sent', log)
        last, _ = self.jmrp(database, 'import', 'sent', rest)
        os.remove(log)
        os.remove(rest)
        stored = sum(os.path.getsize(database + suffix) for suffix in ('.sent', '.sent-wal') if os.path.exists(database + suffix))
        self.row('send log: a log of Postfix about %s deliveries (%.1f GB) / its last tenth' % (f'{deliveries:,}', size / 1e9),
                 '%.0f deliveries/s' % (deliveries * 0.9 / seconds), '%.0f MB peak' % (memory / 1024),
                 '%.0f/s' % (deliveries * 0.1 / last))
        self.row('send log: bytes a delivery on disk', '%.0f' % (stored / deliveries), '%.2f GB' % (stored / 1e9), '')
        said = subprocess.run([self.lookups, database, str(deliveries)], check=True, capture_output=True, text=True).stdout.split()
        self.row('send log: look-up of a Message-ID among them, over %d days, median (99th of 100) / of one that is not there' % days,
                 '%s us (%s)' % (said[0], said[1]), '', '%s us (%s)' % (said[2], said[3]))

    def log(self, megabytes, repetitions):
        """A log of a busy server with the lines of all its daemons: the reader alone, the whole import, and what grep costs. Seconds of
        processor time, so that a busy machine does not count."""
        log, bytes_a_delivery = self.path('busy.log'), 1400
        count = megabytes * 1_000_000 // bytes_a_delivery
        with open(log, 'wb') as file:
            subprocess.run([sys.executable, os.path.join(HERE, 'postfix_log.py'), str(count), '7', 'all'], check=True, stdout=file)
        size = os.path.getsize(log) / 1e6

        def rate(command):
            """-> MB per second of processor time, the best of some; peak MB"""
            rates, peak = [], 0
            for _ in range(repetitions):
                before = os.times()
                _, memory = run(command)
                after = os.times()
                rates.append(size / (after.children_user + after.children_system - before.children_user - before.children_system))
                peak = memory / 1024
            return max(rates), peak

        wc, _ = rate(['wc', '-l', log])
        grep, _ = rate(['sh', '-c', 'grep -c status=sent "$1" | cat', 'sh', log])  # into /dev/null it stops at the first match
        reader, memory = rate([self.log_reader, 'postfix', log])
        for name, yardstick in (('grep -c', grep), ('wc -l', wc)):
            self.row('reader of Postfix on a log of %.1f GB, a core / %s' % (size / 1000, name), '%.2f x its rate' % (reader / yardstick),
                     '%.0f MB/s, %.0f MB peak' % (reader, memory), '%.0f MB/s' % yardstick)
        database, rates = self.fresh('busy.db'), []
        for _ in range(repetitions):
            for suffix in ('.sent', '.sent-wal', '.sent-shm'):
                self.fresh('busy.db' + suffix)
            begun, before = time.perf_counter(), os.times()
            _, memory = self.jmrp(database, 'import', 'traffic', log)
            after = os.times()
            rates.append((after.children_user + after.children_system - before.children_user - before.children_system,
                          time.perf_counter() - begun, memory / 1024))
        processor, seconds, memory = min(rates)
        self.row('import of that log: %s deliveries' % f'{count:,}', '%.0f MB/s a core' % (size / processor),
                 '%.0f MB/s by the clock, %.0f MB peak' % (size / seconds, memory), '%.0f deliveries/s a core' % (count / processor))
        os.remove(log)

    def traffic(self, addresses, days):
        for name, what in (('log', 'the send log'), ('counts', 'counts that were given')):
            for suffix in ('', '-wal', '-shm', '.sent', '.sent-wal', '.sent-shm'):
                self.fresh('sums.db' + suffix)
            said = subprocess.run([self.traffic_sums, self.path('sums.db'), str(addresses), str(days), name], check=True,
                                  capture_output=True, text=True).stdout.split()
            self.row('sums over %d days for %s addresses at four providers out of %s / at one' % (days, f'{addresses:,}', what),
                     '%s ms' % said[0], '', '%s ms' % said[1])

    def beside_send_log(self, deliveries, chunk, repetitions):
        """The same batch without a send log and with that of send_log(), which knows none of these mails: every day is asked."""
        mbox = self.generate(chunk)
        ratios, without, beside = [], [], []
        for _ in range(repetitions):
            without.append(chunk / self.jmrp(self.fresh('without.db'), 'ingest', 'mbox:' + mbox)[0])
            database = self.fresh('beside.db')
            for suffix in ('.sent', '.sent-wal'):
                self.fresh('beside.db' + suffix)
                if os.path.exists(self.path('sent.db') + suffix):
                    os.link(self.path('sent.db') + suffix, database + suffix)
            beside.append(chunk / self.jmrp(database, 'ingest', 'mbox:' + mbox)[0])
            self.check(database, chunk)
            ratios.append(beside[-1] / without[-1])
        self.row('batch of %s reports beside a send log of %s deliveries / without one' % (f'{chunk:,}', f'{deliveries:,}'),
                 '%.2f x its rate' % statistics.median(ratios), '%.0f/s' % statistics.median(beside), '%.0f/s' % statistics.median(without))

    def suppressions(self, count, repetitions):
        """The list of so many people, as a whole and what is new, and questions about as many."""
        database, addresses = self.fresh('list.db'), self.path('addresses')
        with open(addresses, 'w', encoding='ascii') as file:
            for number in range(count):
                file.write('person%d.%d@outlook.example\n' % (number * 7919 % count, number))
        seconds, _ = self.jmrp(database, 'suppressions', 'import', '--format', 'text', addresses)
        self.row('import of %s suppressions' % f'{count:,}', '%.0f/s' % (count / seconds), '', '')
        rest = ' FROM suppression_decision ORDER BY address_key'
        one = ('the addresses', ['sqlite3', database, 'SELECT address' + rest])
        same = ('what the CSV is made of', ['sqlite3', '-csv', database,
                                            'SELECT address, reason, scope, decided_at, decided_at, note' + rest])
        for form, (what, select) in (('text', one), ('csv', one), ('csv', same)):
            ours, theirs = [], []
            for _ in range(repetitions):
                ours.append(self.jmrp(database, 'export', '--format', form)[0])
                theirs.append(run(select)[0])
            self.row('export of %s suppressions as %s / sqlite3 selecting %s' % (f'{count:,}', form, what),
                     '%.2f x its time' % statistics.median(a / b for a, b in zip(ours, theirs)),
                     '%.2f s' % statistics.median(ours), '%.2f s' % statistics.median(theirs))
        # Half of these are suppressed. The status says that some are.
        questions = self.path('questions')
        with open(addresses, encoding='ascii') as file, open(questions, 'w', encoding='ascii') as out:
            for number, line in enumerate(file):
                out.write(line if number % 2 else 'x' + line)
        for words in ((), ('--fold',)):
            begun = time.perf_counter()
            with open(questions, 'rb') as file:
                subprocess.run([self.jmrp_program, '--config', self.config, '--database', database, 'suppressions', 'check', *words, '-'],
                               stdin=file, stdout=subprocess.DEVNULL, check=False)
            self.row(' '.join(['check', *words, 'of %s addresses on standard input' % f'{count:,}']),
                     '%.1f s' % (time.perf_counter() - begun), '', '')
        cursor = subprocess.run([self.jmrp_program, '--config', self.config, '--database', database, 'export', '--format', 'jsonl',
                                 '--since', '0', '--dry-run'], check=True, capture_output=True, text=True).stderr.split()[-1]
        self.jmrp(database, 'suppressions', 'add', '--note', 'new', *['new%d@outlook.example' % n for n in range(10)])
        news = [self.jmrp(database, 'export', '--format', 'text', '--since', cursor)[0] for _ in range(2 * repetitions + 1)]
        self.row('export of ten new ones among them', '%.1f ms' % (statistics.median(news) * 1000), '', '')


def machine():
    model = 'unknown processor'
    with open('/proc/cpuinfo', encoding='utf-8') as file:
        for line in file:
            if line.startswith('model name'):
                model = line.split(':', 1)[1].strip()
    with open('/proc/meminfo', encoding='utf-8') as file:
        memory = int(file.readline().split()[1]) / 1e6
    return '%d cores of %s, %.0f GB, Linux %s' % (len(os.sched_getaffinity(0)), model, memory, os.uname().release)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ('jmrp', 'minimal', 'gmime-loop', 'lookups', 'log-reader', 'traffic-sums', 'work'):
        parser.add_argument('--' + name, required=True)
    parser.add_argument('--full', action='store_true', help='2,000,000 stored reports in place of 200,000')
    parser.add_argument('--quick', action='store_true', help='small numbers, to see that it runs')
    arguments = parser.parse_args()
    os.makedirs(arguments.work, exist_ok=True)
    free = shutil.disk_usage(arguments.work).free / 1e9
    needed = 12 if arguments.full else 3
    if free < needed:
        sys.exit('measure.py: %s has %.1f GB free, %d are needed; name another directory' % (arguments.work, free, needed))
    bench = Bench(arguments)
    if arguments.quick:
        bench.deliveries(20, 1)
        bench.batch(2_000, 200, 1)
        bench.large(4_000, 1_000, 1)
        bench.send_log(20_000, 5)
        bench.beside_send_log(20_000, 2_000, 1)
        bench.log(20, 1)
        bench.traffic(100, 10)
        bench.suppressions(10_000, 1)
    else:
        bench.deliveries(500, 3)
        bench.batch(100_000, 5_000, 3)
        bench.large(2_000_000 if arguments.full else 200_000, 50_000, 3)
        deliveries = 5_000_000 if arguments.full else 1_000_000
        bench.send_log(deliveries, 30)
        bench.beside_send_log(deliveries, 50_000, 5)
        bench.log(1_000, 3)
        bench.traffic(1_000, 90)
        bench.suppressions(1_000_000, 5)
    print('\nMachine: %s' % machine())
    print('Date: %s' % datetime.date.today().isoformat())
    print('\n| what | ratio | jmrp | the other |\n|---|---|---|---|')
    for row in bench.rows:
        print('| %s | %s | %s | %s |' % row)


if __name__ == '__main__':
    main()
