#!/bin/sh
# In the loaders, a size is computed by size_product and size_sum alone: no product inside a call that makes memory.
# usage: sizes.sh PROJECT
set -eu
cd "$1"
find host/data host/model host/base -name '*.c' | grep -vx host/base/memory.c | sort | xargs awk '
FNR == 1 { call = "" }
{
    # The call from its name to its semicolon, over as many lines as it takes.
    if (match($0, /(mem_alloc|mem_zeroed|mem_resize|mem_copy|[^_a-z](malloc|calloc|realloc))\(/)) { call = substr($0, RSTART); line = FNR }
    else if (call != "") call = call $0
    if (call != "" && call ~ /;/) {
        sub(/;.*/, "", call)
        gsub(/sizeof( \*|\([^)]*\))/, "", call) # the star of `sizeof *x` is no product
        if (call ~ /[])a-z0-9_] \* [(a-z0-9_]/) { print FILENAME ":" line ": a product inside: " call; wrong++ }
        calls++
        call = ""
    }
}
END {
    printf "%d calls, %d with a product\n", calls, wrong
    exit wrong > 0 || calls == 0
}'
