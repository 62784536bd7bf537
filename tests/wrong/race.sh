#!/bin/sh
# A missing barrier must be found: Oclgrind sees no race in the kernels as they are, and one where a barrier is missing.
# usage: race.sh PROGRAM KERNELS     PROGRAM runs training steps in GPU shape (tests/ops/test_exact.c)
set -eu
command -v oclgrind >/dev/null || { echo "skipped: oclgrind is not installed (Debian: oclgrind)"; exit 77; }
program=$1
kernels=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp -R "$2" "$work/kernels"

races() {
    KILN_KERNELS=$work/kernels KILN_TEST_SMALL=1 KILN_TEST_NOFORK=1 \
        oclgrind --build-options -cl-opt-disable --data-races "$1" 2>&1 | grep -c 'data race' || true
}

sound=$(races "$1")
[ "$sound" = 0 ] || { echo "$sound races in the kernels as they are"; exit 1; }

# The kernels with one line less, that says what: a race is found.
broken() { # FILE LINE
    awk -v line="$2" 'index($0, line) && !gone { gone = 1; next } { print }' "$kernels/$1" >"$work/kernels/$1"
    ! cmp -s "$kernels/$1" "$work/kernels/$1" || { echo "$1 has no '$2' any more: mend this test"; exit 1; }
    found=$(races "$program")
    cp "$kernels/$1" "$work/kernels/$1"
    [ "$found" != 0 ] || { echo "no race found in $1 without '$2'"; exit 1; }
    echo "$1: 0 races with '$2', $found without"
}
broken tile.clh 'barrier(CLK_LOCAL_MEM_FENCE);'
broken network.cl '            meet();'
