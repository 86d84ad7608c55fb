#!/usr/bin/env bash
# Formats the C++ of src and tests with clang-format 14; with --check it changes nothing and fails where it would.
set -euo pipefail
cd "$(dirname "$0")/.."

command -v clang-format-14 >/dev/null || {
    echo "format.sh: clang-format-14 is not there; scripts/install-packages.sh test installs it" >&2
    exit 1
}
case "${1:-}" in
"") mode=(-i) ;;
--check) mode=(--dry-run -Werror) ;;
*)
    echo "usage: scripts/format.sh [--check]" >&2
    exit 64
    ;;
esac
find src tests -type f \( -name '*.cpp' -o -name '*.hpp' \) -print0 | xargs -0 -r clang-format-14 "${mode[@]}"
