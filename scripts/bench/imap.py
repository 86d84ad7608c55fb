#!/usr/bin/env python3
"""A mailbox of reports on a Dovecot on loopback, fetched by `jmrp poll`, by fdm and by getmail6: medians of pairs of runs.

    imap.py --jmrp PROGRAM --work DIRECTORY [--messages N] [--rounds N]

One connection over TLS each; the others deliver to a Maildir. Afterwards the messages are deleted on the server, and once more
with jmrp moved to its archive, as is its default. getmail6 takes part with a tenth of the messages: its rate changes little
with their number. The server's work is in all figures.
"""
import argparse
import json
import os
import pwd
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, '..', '..', 'tests', 'support'), HERE]
import dovecot
import generate

PASSWORD = 'of-a-bench'
GETMAIL = '''[retriever]
type = SimpleIMAPSSLRetriever
server = 127.0.0.1
port = {port}
username = {user}
password = {password}
ca_certs = {authority}
[destination]
type = Maildir
path = {maildir}/
[options]
verbose = 0
read_all = true
delete = true
delivered_to = false
received = false
'''
FDM = '''set allow-multiple
account "{user}" imaps server "127.0.0.1" port {port} user "{user}" pass "{password}"
action "keep" maildir "{maildir}"
match all action "keep"
'''


class Bench:
    def __init__(self, options):
        self.jmrp_program = os.path.abspath(options.jmrp)
        os.chmod(options.work, 0o711)  # fdm and getmail6 run as nobody: the latter refuses to be root
        tempfile.tempdir = os.path.abspath(options.work)
        self.authority = dovecot.Authority(tempfile.mkdtemp())
        self.messages = [generate.report(number).encode() for number in range(options.messages)]
        self.runs = 0

    def folder(self):
        """A new one that nobody may write to."""
        path = tempfile.mkdtemp()
        if os.geteuid() == 0:
            nobody = pwd.getpwnam('nobody')
            os.chown(path, nobody.pw_uid, nobody.pw_gid)
        return path

    def timed(self, command, server, mailbox, count, **more):
        """Messages a second; stops the benchmark where it fails, or leaves mail behind."""
        begun = time.perf_counter()
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, **more)
        seconds = time.perf_counter() - begun
        if done.returncode != 0 or server.count(user=mailbox) != 0:
            sys.exit('imap.py: %s ended with status %d and left %d messages: %s %s'
                     % (command, done.returncode, server.count(user=mailbox), done.stdout[-2000:], done.stderr[-2000:]))
        return count / seconds

    def other(self, command, configuration, server, user, count):
        folder = self.folder()
        maildir = os.path.join(folder, 'Maildir')
        identity = {'user': 'nobody', 'group': 'nogroup', 'extra_groups': []} if os.geteuid() == 0 else {}
        subprocess.run(['mkdir', '-m', '700', maildir] + [os.path.join(maildir, name) for name in ('cur', 'new', 'tmp')], check=True, **identity)
        file = os.path.join(folder, 'configuration')
        with open(file, 'w', encoding='ascii') as out:
            out.write(configuration.format(port=server.tls_port, user=user, password=PASSWORD, authority=self.authority.file, maildir=maildir))
        os.chmod(file, 0o600)
        os.chown(file, os.stat(folder).st_uid, os.stat(folder).st_gid)
        rate = self.timed([word.format(folder=folder, file=file) for word in command], server, user, count, cwd='/',
                          env={'HOME': folder, 'PATH': os.environ['PATH']}, **identity)
        if len(os.listdir(os.path.join(maildir, 'new'))) != count:
            sys.exit('imap.py: %s did not deliver all' % command)
        return rate

    def fdm(self, server, user, count):
        return self.other(['fdm', '-q', '-f', '{file}', 'fetch'], FDM, server, user, count)

    def getmail(self, server, user, count):
        return self.other(['getmail', '--getmaildir', '{folder}', '--rcfile', '{file}'], GETMAIL, server, user, count)

    def jmrp(self, server, user, count, after):
        folder = self.folder()
        config, secret = os.path.join(folder, 'jmrp.toml'), os.path.join(folder, 'password')
        with open(secret, 'w', encoding='ascii') as out:
            out.write(PASSWORD)
        with open(config, 'w', encoding='ascii') as out:
            out.write('[database]\npath = "%s/jmrp.db"\n[own]\nnetworks = ["192.0.2.0/24"]\ndomains = ["sender.example"]\n'
                      '[policy]\nact_on = "unverified"\nbelieve_report_fields = true\npace_per_hour = 0\n'
                      '[feed.bench]\nurl = "imaps://127.0.0.1:%d"\nuser = "%s"\nsecret_file = "%s"\nca_file = "%s"\nafter = "%s"\n'
                      % (folder, server.tls_port, user, secret, self.authority.file, after))
        os.chmod(secret, 0o600)
        rate = self.timed([self.jmrp_program, '--config', config, 'poll'], server, user, count)
        status = json.loads(subprocess.run([self.jmrp_program, '--config', config, 'status', '--json'], check=True, capture_output=True,
                                           text=True).stdout)
        if (status['messages'], status['unsettled'], status['quarantined']) != (count, 0, 0):
            sys.exit('imap.py: %d reports were taken in, status says %s' % (count, json.dumps(status)))
        return rate

    def run(self, way, server, count=None, **more):
        """In a mailbox of its own, which the server has seen before."""
        self.runs += 1
        user = 'user%d' % self.runs
        count = count or len(self.messages)
        server.deliver(self.messages[:count], user=user)
        with server.client(user) as client:
            client.select()
        return way(server, user, count, **more)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--jmrp', required=True)
    parser.add_argument('--work', required=True)
    parser.add_argument('--messages', type=int, default=10_000)
    parser.add_argument('--rounds', type=int, default=3)
    options = parser.parse_args()
    bench = Bench(options)
    rates = {name: [] for name in ('delete', 'move', 'fdm', 'getmail6')}
    users = {'user%d' % number: PASSWORD for number in range(1, 1 + 4 * options.rounds)}
    with dovecot.Dovecot(bench.authority.certificate(), users=users) as server:
        for number in range(options.rounds):
            for name in sorted(rates, reverse=bool(number % 2)):  # who goes first changes
                rates[name].append(bench.run(bench.fdm, server) if name == 'fdm'
                                   else bench.run(bench.getmail, server, max(1, options.messages // 10)) if name == 'getmail6'
                                   else bench.run(bench.jmrp, server, after=name))
                print('  %s: %.0f/s' % (name, rates[name][-1]), flush=True)
    print('\n| what | ratio | jmrp | the other |\n|---|---|---|---|')
    for ours, what in (('delete', 'deleted there'), ('move', 'moved to the archive')):
        for other in ('fdm', 'getmail6'):
            ratios = [a / b for a, b in zip(rates[ours], rates[other])]
            print('| mailbox of %s reports on Dovecot, one connection over TLS, %s / %s, which deletes them | %.1f x its rate | %.0f/s | %.0f/s |'
                  % (f'{options.messages:,}', what, other, statistics.median(ratios), statistics.median(rates[ours]), statistics.median(rates[other])))


if __name__ == '__main__':
    main()
