#!/usr/bin/env bash
# From a fresh clone on Debian 12 to a first look: installs what building needs, builds a release in build-release, reads the
# sample messages of examples/messages into a database in a temporary directory, and shows what became of them.
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/install-packages.sh build
log=$(mktemp -t jmrp-build.XXXXXX)
echo "Building in build-release (the first time takes a few minutes) ..."
if ! { cmake -S . -B build-release -G Ninja -DCMAKE_BUILD_TYPE=Release -DJMRP_TESTS=OFF &&
    cmake --build build-release --target programs; } >"$log" 2>&1; then
    tail -n 40 "$log" >&2
    echo "quickstart.sh: the build failed; all it said is in $log" >&2
    exit 1
fi
rm -f "$log"

work=$(mktemp -d -t jmrp-quickstart.XXXXXX)
jmrp=$PWD/build-release/bin/jmrp
export JMRP_DATABASE=$work/jmrp.db JMRP_CONFIG=$work/jmrp.toml
cat >"$JMRP_CONFIG" <<'TOML'
[own]
networks = ["192.0.2.0/28"]
domains = ["sender.example"]
[authenticity]
authserv_ids = ["mx.reports.example"]
reporters = ["staff@hotmail.com", "provider.example"]
TOML

show() {
    printf '\n$ jmrp %s\n' "$*"
    "$jmrp" "$@"
}

printf '\n$ jmrp ingest examples/messages\n'
"$jmrp" ingest -v examples/messages
show suppressions list
show review list
show rates --days 3650
show quarantine list
show status

cat <<EOF

All of that is in $work; delete it when you like. To go on with it:

    export JMRP_DATABASE=$JMRP_DATABASE JMRP_CONFIG=$JMRP_CONFIG
    alias jmrp=$jmrp
    jmrp inspect examples/messages/01-jmrp-sparse-verp.eml      # what is read from a message, and from where
    jmrp suppressions show alice@outlook.example                # why somebody is suppressed
    jmrp review accept 3                                        # what nothing confirmed, a person can
    jmrp export --format csv                                    # the list for your mailing program
    jmrp ingest mbox:PATH                                       # your own reports
    jmrp help

README.md tells how a mail server hands reports to jmrp.
EOF
