#!/usr/bin/env python3
"""How fast a Postfix takes mail in with `jmrp milter` and without: pairs of runs, one after the other, and the median of their ratios.

    milter.py --jmrp PROGRAM [--messages N] [--pairs N]

Needs root, as Postfix does. A run: 8 connections of smtp-source hand in N mails (4 kB) that go on to smtp-sink; timed until the
last one is in the queue. Once with one recipient a mail, once with five.
"""
import argparse
import os
import statistics
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..', '..', 'tests', 'support'))
CONNECTIONS = 8


def take_in(port, messages, recipients):
    """Messages a second."""
    begun = time.perf_counter()
    subprocess.run(['smtp-source', '-s', str(CONNECTIONS), '-m', str(messages), '-r', str(recipients), '-l', '4096', '-f',
                    'news@sender.example', '-t', 'person@outlook.example', f'inet:127.0.0.1:{port}'], check=True)
    return messages / (time.perf_counter() - begun)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--jmrp', required=True)
    parser.add_argument('--messages', type=int, default=2000)
    parser.add_argument('--pairs', type=int, default=5)
    options = parser.parse_args()
    os.environ['JMRP'] = options.jmrp
    os.environ['PATH'] += ':/usr/sbin'
    import milter
    import postfix

    class Run(milter.MilterTest):
        def runTest(self):
            process = self.start_milter()
            port = postfix._free_port()
            sink = subprocess.Popen(['smtp-sink', '-u', 'nobody', f'127.0.0.1:{port}', '1000'])
            self.addCleanup(sink.wait)
            self.addCleanup(sink.terminate)
            common = 'smtpd_client_connection_count_limit = 0\nsmtpd_client_message_rate_limit = 0\n'
            with postfix.Postfix({}, port, self.example_main_cf() + common) as with_it:
                with postfix.Postfix({}, port, common) as without:
                    for recipients in (1, 5):
                        ratios, rates = [], []
                        for _ in range(options.pairs):
                            pair = []
                            for server in (without, with_it):
                                pair.append(take_in(server.port, options.messages, recipients))
                                server.wait_until_empty()
                            rates.append(pair)
                            ratios.append(pair[1] / pair[0])
                        print('%d recipient(s): %.0f/s without, %.0f/s with, ratio %.2f (%.2f to %.2f)'
                              % (recipients, statistics.median(pair[0] for pair in rates),
                                 statistics.median(pair[1] for pair in rates), statistics.median(ratios), min(ratios), max(ratios)))
            self.assertEqual(process.stop(), 0)
            print('the milter: ' + process.said[-1])

    result = Run().run()
    for _, trace in result.errors + result.failures:
        print(trace, file=sys.stderr)
    return 0 if result.wasSuccessful() else 1


if __name__ == '__main__':
    sys.exit(main())
