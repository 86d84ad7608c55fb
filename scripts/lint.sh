#!/usr/bin/env bash
# Runs clang-tidy (.clang-tidy) over src, one file a core. Its compile database comes from a configuration of its own in
# build-lint, made for clang; nothing is built there.
#     scripts/lint.sh [FILE ...]      only these files of src
set -euo pipefail
cd "$(dirname "$0")/.."

for tool in clang-tidy-14 clang++-14; do
    command -v "$tool" >/dev/null || {
        echo "lint.sh: $tool is not there; scripts/install-packages.sh test installs it" >&2
        exit 1
    }
done
build=${JMRP_BUILD_ROOT:-.}/build-lint
if ! output=$(cmake -S . -B "$build" -G Ninja -DCMAKE_CXX_COMPILER=clang++-14 -DCMAKE_BUILD_TYPE=Debug -DJMRP_TESTS=OFF \
    -DJMRP_STATIC=OFF 2>&1); then
    echo "$output" >&2
    exit 1
fi
if [[ $# -gt 0 ]]; then
    files=("$@")
else
    mapfile -t files < <(find src -name '*.cpp' | sort)
fi
# clang-tidy counts the warnings it hid in the headers of others on stderr; that is of no use to a reader.
printf '%s\0' "${files[@]}" |
    xargs -0 -n 1 -P "$(nproc)" clang-tidy-14 -p "$build" --quiet 2> >(grep -vE '^[0-9]+ warnings? generated|^Suppressed|^Use -header' >&2)
