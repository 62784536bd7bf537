#!/bin/sh
# Runs programs under Oclgrind on small sizes, and fails on a test that fails or on anything that Oclgrind reports.
# usage: oclgrind.sh PROGRAM ...
set -eu
command -v oclgrind >/dev/null || { echo "oclgrind is not installed (Debian: oclgrind)" >&2; exit 1; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0
for program in "$@"; do
    name=$(basename "$program")
    echo "== $name"
    # Without optimisation, since Oclgrind 21.10 computes wrong values from optimised vector code. One process for all cases:
    # a child for each would build every kernel anew.
    status=0
    XDG_CACHE_HOME=$work/cache KILN_TEST_SMALL=1 KILN_TEST_NOFORK=1 oclgrind --build-options -cl-opt-disable --data-races \
        --uninitialized --check-api "$program" >"$work/out" 2>"$work/err" || status=$?
    tail -n 3 "$work/out"
    # Every report names the kernel or the API function it is about.
    if grep -qE 'OpenCL runtime error|^[[:space:]]*(Kernel|Function): ' "$work/err"; then
        echo "$name: Oclgrind reports:" && head -n 60 "$work/err" && failed=1
    elif [ "$status" != 0 ]; then
        echo "$name: exit $status" && head -n 60 "$work/out" "$work/err" && failed=1
    fi
done
exit $failed
