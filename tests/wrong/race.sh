#!/bin/sh
# A missing barrier must be found: Oclgrind sees no race in the kernels as they are, and one without a tile's barrier.
# usage: race.sh PROGRAM KERNELS     PROGRAM runs training steps in GPU shape (tests/ops/test_exact.c)
set -eu
command -v oclgrind >/dev/null || { echo "skipped: oclgrind is not installed (Debian: oclgrind)"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp -R "$2" "$work/kernels"

races() {
    KILN_KERNELS=$work/kernels KILN_TEST_SMALL=1 KILN_TEST_NOFORK=1 \
        oclgrind --build-options -cl-opt-disable --data-races "$1" 2>&1 | grep -c 'data race' || true
}

sound=$(races "$1")
[ "$sound" = 0 ] || { echo "$sound races in the kernels as they are"; exit 1; }
awk '/barrier\(CLK_LOCAL_MEM_FENCE\)/ && !gone { gone = 1; next } { print }' "$2/tile.clh" >"$work/kernels/tile.clh"
! cmp -s "$2/tile.clh" "$work/kernels/tile.clh" || { echo "tile.clh has no barrier any more: mend this test"; exit 1; }
broken=$(races "$1")
[ "$broken" != 0 ] || { echo "no race found in a tile without its barrier"; exit 1; }
echo "0 races with the barrier, $broken without"
