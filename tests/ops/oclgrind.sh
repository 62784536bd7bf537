#!/bin/sh
# Runs programs under Oclgrind on small sizes, and fails on a test that fails, on anything that Oclgrind reports, and on a
# kernel that no program runs.
# usage: oclgrind.sh KERNELS PROGRAM ...      KERNELS: the folder of kernels
set -eu
command -v oclgrind >/dev/null || { echo "oclgrind is not installed (Debian: oclgrind)" >&2; exit 1; }
kernels=$1
shift
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
        --uninitialized --check-api --inst-counts "$program" >"$work/out" 2>"$work/err" || status=$?
    grep 'Checks: ' "$work/out" || true
    cat "$work/out" "$work/err" | sed -n "s/^Instructions executed for kernel '\(.*\)':/\1/p" >>"$work/ran"
    # Every report names the kernel or the API function it is about.
    if grep -qE 'OpenCL runtime error|^[[:space:]]*(Kernel|Function): ' "$work/err"; then
        echo "$name: Oclgrind reports:" && head -n 60 "$work/err" && failed=1
    elif [ "$status" != 0 ]; then
        echo "$name: exit $status" && head -n 60 "$work/out" "$work/err" && failed=1
    fi
done
for kernel in "$kernels"/*.cl; do
    name=$(basename "$kernel" .cl)
    grep -qx "$name" "$work/ran" || { echo "$name: no program runs this kernel" && failed=1; }
done
exit $failed
