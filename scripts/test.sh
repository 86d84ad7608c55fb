#!/usr/bin/env bash
# Every check of this project, from a fresh clone on Debian 12 to a verdict (about 50 minutes on two cores):
#     scripts/test.sh
# A failing stage does not stop the others; the summary at the end names what failed, and the exit status follows it.
#
#   build-sanitized   developer build, address and undefined behaviour sanitizers, kill points: tests labelled `developer`
#   build-release     what users get: the program, tests labelled `release` (pipe contract, Postfix, Dovecot, memory, package)
#   build-fuzz        clang and libFuzzer: each target for JMRP_FUZZ_SECONDS (60)
#   build-lint        clang-tidy's compile database
#
# JMRP_LABELLED_MAIL (../shared/corpus) names a directory of mails with labels.jsonl; where it is there, the release build is
# scored against it.
set -uo pipefail
exec </dev/null
cd "$(dirname "$0")/.." || exit 1
export CI=${CI:-true} LC_ALL=C.UTF-8
jobs=$(nproc)
fuzz_seconds=${JMRP_FUZZ_SECONDS:-60}
began=$SECONDS
checks=0
failed=()

passes() { checks=$((checks + 1)); }
fails() {
    checks=$((checks + 1))
    failed+=("$1")
}

# stage NAME COMMAND...: one check; its output is shown.
stage() {
    local name=$1 from=$SECONDS
    shift
    printf '\n==== %s\n' "$name"
    if "$@"; then
        passes
        printf '==== %s: passed, %d s\n' "$name" $((SECONDS - from))
    else
        fails "$name"
        printf '==== %s: FAILED, %d s\n' "$name" $((SECONDS - from))
        return 1
    fi
}

build() { # build DIRECTORY TARGET CMAKE-OPTION...
    local directory=$1 target=$2
    shift 2
    cmake -S . -B "$directory" -G Ninja -DJMRP_TESTS=ON "$@" && cmake --build "$directory" --parallel "$jobs" --target "$target"
}

# Each test of ctest counts as one check.
run_ctest() { # run_ctest DIRECTORY LABEL
    local results=$1/results.xml line
    printf '\n==== tests labelled %s in %s\n' "$2" "$1"
    rm -f "$results"
    ctest --test-dir "$1" -L "^$2\$" --output-on-failure --no-tests=error -j2 --output-junit results.xml
    if [[ ! -s $results ]]; then
        fails "$1: ctest did not run"
        return
    fi
    while IFS= read -r line; do
        case $line in
        pass\ *) passes ;;
        fail\ *) fails "$1: ${line#fail }" ;;
        skip\ *) printf 'skipped: %s\n' "${line#skip }" ;;
        esac
    done < <(python3 -B scripts/ctest_results.py "$results" || echo "fail $results cannot be read")
}

run_fuzz_target() { # run_fuzz_target EXECUTABLE: the corpus of the tests seeds it; findings stay in its working directory
    local name work
    name=$(basename "$1")
    work=build-fuzz/findings/$name
    mkdir -p "$work/corpus"
    if "$1" -max_total_time="$fuzz_seconds" -timeout=10 -rss_limit_mb=1024 -print_final_stats=1 -verbosity=0 \
        -artifact_prefix="$work/" "$work/corpus" tests/corpus >"$work/log" 2>&1; then
        printf '%s: %s runs\n' "$name" "$(sed -n 's/^stat::number_of_executed_units: *//p' "$work/log")"
    else
        printf '%s: FAILED; the end of %s:\n' "$name" "$work/log"
        tail -n 60 "$work/log"
        return 1
    fi
}

run_fuzz() {
    local target running=0 status=0 targets
    targets=(build-fuzz/bin/fuzz_*)
    [[ -x ${targets[0]} ]] || {
        echo "no fuzz target was built"
        return 1
    }
    for target in "${targets[@]}"; do
        if [[ $running -ge $jobs ]]; then
            wait -n || status=1
            running=$((running - 1))
        fi
        run_fuzz_target "$target" &
        running=$((running + 1))
    done
    while [[ $running -gt 0 ]]; do
        wait -n || status=1
        running=$((running - 1))
    done
    return $status
}

stage "install packages" scripts/install-packages.sh test
stage "format" scripts/format.sh --check
stage "layers" python3 -B scripts/check_layers.py .

if stage "build-release" build build-release programs -DCMAKE_BUILD_TYPE=Release -DJMRP_DEVELOPER=OFF; then
    run_ctest build-release release
    if [[ -f ${JMRP_LABELLED_MAIL:-../shared/corpus}/labels.jsonl ]]; then
        stage "labelled mail" env JMRP="$PWD/build-release/bin/jmrp" python3 -B tests/corpus/score_labels.py
    fi
fi
if stage "build-sanitized" build build-sanitized all -DCMAKE_BUILD_TYPE=Debug -DJMRP_DEVELOPER=ON -DJMRP_SANITIZE=ON; then
    run_ctest build-sanitized developer
fi
if stage "build-fuzz" build build-fuzz fuzz -DCMAKE_CXX_COMPILER=clang++-14 -DCMAKE_BUILD_TYPE=RelWithDebInfo -DJMRP_FUZZ=ON \
    -DJMRP_SANITIZE=ON; then
    stage "fuzz" run_fuzz
fi
stage "clang-tidy" scripts/lint.sh

printf '\n%d%% tests passed, %d tests failed out of %d\n' $(((checks - ${#failed[@]}) * 100 / checks)) ${#failed[@]} "$checks"
printf 'Total time: %d s\n' $((SECONDS - began))
if [[ ${#failed[@]} -gt 0 ]]; then
    printf '\nThe following tests FAILED:\n'
    printf '\t%s\n' "${failed[@]}"
    exit 1
fi
