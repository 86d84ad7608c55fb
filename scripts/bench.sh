#!/usr/bin/env bash
# Measures the release build against yardsticks over the same mail, and prints a table of ratios with the machine and the date:
#     scripts/bench.sh [--full] [--quick]
#
#   a  500 sequential deliveries to `jmrp ingest`, until all are settled, against a minimal C program that keeps the bytes
#   b  a batch of 100,000 reports against Sisimai (Perl) and against a bare GMime loop on one core
#   c  a batch into a database that holds 200,000 reports (--full: 2,000,000) against an empty one
#   d  the send log: a log of Postfix about a million deliveries (--full: five million), its rate, size, and look-ups in it
#   e  one million suppressions: import, export against sqlite3 selecting the same column, and for CSV the same columns, what is
#      new, and as many questions
#   f  `jmrp poll` of a mailbox with 10,000 reports against fdm and getmail6
#   g  a log of Postfix of 1 GB: the reader alone on one core, the whole import, against grep and wc;
#      and sums over 90 days of 1,000 addresses at four providers
#   h  `jmrp rates` and `jmrp check` over two million complaints, 1,000 addresses and 90 days; what that costs a batch
#   i  `jmrp leaks`, `jmrp publish prometheus` and `jmrp delist check` in a store of two million complaints
#
# Whole processes, medians of repeated runs. About 20 minutes; with --full more than half an hour, and 12 GB of disk. The
# files lie in JMRP_BENCH_WORK, else in a temporary directory; they are removed at the end.
set -euo pipefail
cd "$(dirname "$0")/.."

for option in "$@"; do
    if [[ $option != --full && $option != --quick ]]; then
        echo "usage: scripts/bench.sh [--full] [--quick]" >&2
        exit 64
    fi
done
scripts/install-packages.sh bench
build=${JMRP_BUILD_ROOT:-.}/build-release
{
    cmake -S . -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DJMRP_DEVELOPER=OFF -DJMRP_TESTS=OFF
    cmake --build "$build" --target programs send_log_lookups log_reader traffic_sums
} >&2
work=$(mktemp -d "${JMRP_BENCH_WORK:-${TMPDIR:-/tmp}}/jmrp-bench.XXXXXX")
trap 'rm -rf "$work"' EXIT
cc -O2 -o "$work/minimal" scripts/bench/minimal.c -lsqlite3
# shellcheck disable=SC2046
cc -O2 -o "$work/gmime_loop" scripts/bench/gmime_loop.c $(pkg-config --cflags --libs gmime-3.0)
python3 -B scripts/bench/measure.py --jmrp "$build/bin/jmrp" --minimal "$work/minimal" --gmime-loop "$work/gmime_loop" \
    --lookups "$build/bin/send_log_lookups" --log-reader "$build/bin/log_reader" \
    --traffic-sums "$build/bin/traffic_sums" \
    --work "$work" "$@"
small=()
[[ " $* " != *" --quick "* ]] || small=(--messages 300 --rounds 1)
python3 -B scripts/bench/imap.py --jmrp "$build/bin/jmrp" --work "$work" "${small[@]}"
few=()
[[ " $* " != *" --quick "* ]] || few=(--quick)
python3 -B scripts/bench/rates.py --jmrp "$build/bin/jmrp" --work "$work" "${few[@]}"
some=()
[[ " $* " != *" --quick "* ]] || some=(--reports 20000)
python3 -B scripts/bench/leaks.py --jmrp "$build/bin/jmrp" --work "$work" "${some[@]}"
