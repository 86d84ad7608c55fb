#!/usr/bin/env python3
"""Score `jmrp inspect --json` against labelled mails that are no part of this repository.

    JMRP=PATH score_labels.py

JMRP_LABELLED_MAIL (../shared/corpus beside the checkout) names the directory with labels.jsonl; the scorer is
../tools/score.py seen from there. Passes with no worst error and at least 97 % of the fields right.
"""
import json
import os
import subprocess
import sys

NEEDED = 0.97
SOURCE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def main():
    mails = os.path.abspath(os.environ.get('JMRP_LABELLED_MAIL') or os.path.join(SOURCE, '..', 'shared', 'corpus'))
    scorer = os.path.join(os.path.dirname(mails), 'tools', 'score.py')
    labels = os.path.join(mails, 'labels.jsonl')
    for needed in (labels, scorer):
        if not os.path.isfile(needed):
            print('score_labels.py: there is no %s' % needed, file=sys.stderr)
            return 2
    done = subprocess.run([sys.executable, '-B', scorer, '--jmrp', os.environ['JMRP'], '--labels', labels, '--root', mails, '--json'],
                          stdout=subprocess.PIPE, text=True)
    if done.returncode not in (0, 1):
        return done.returncode
    score = json.loads(done.stdout)

    by_field = {}
    for row in score['table']:
        if not row['optional']:
            sums = by_field.setdefault(row['field'], [0, 0, 0])
            for at, verdict in enumerate(('right', 'wrong', 'missing')):
                sums[at] += row[verdict]
    for wrong in score['wrong']:
        if not wrong['optional']:
            print('%s  %s %s: want %s, got %s' % (wrong['file'], wrong['field'], wrong['verdict'], wrong['want'], json.dumps(wrong['got'])))
    for kind, errors in score['worst'].items():
        for error in errors:
            print('WORST %s  %s: %s' % (kind, error['file'], error['detail']))
    print('%-22s %7s %7s %7s' % ('field', 'right', 'wrong', 'missing'))
    for field, sums in sorted(by_field.items()):
        print('%-22s %7d %7d %7d' % (field, *sums))
    right, counted = sum(sums[0] for sums in by_field.values()), sum(map(sum, by_field.values()))
    share = right / counted if counted else 0
    print('%d of %d fields right, %.2f %% (needed %.0f %%); worst errors: %d' % (right, counted, 100 * share, 100 * NEEDED, score['worst_total']))
    return 0 if share >= NEEDED and score['worst_total'] == 0 else 1


if __name__ == '__main__':
    sys.exit(main())
