#!/bin/sh
# Gives each checker one thing to find, and fails where it is not found.
# usage: checkers_can_fail.sh PROJECT
set -eu
checkers=$1/tests/structure
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
missed=0

# One file of a made-up house; the checker must fail on it, and must not on the same house without it.
expect() { # CHECKER FILE TEXT
    mkdir -p "$tree/house/include/kiln" "$tree/house/kernels/shared" "$tree/house/$(dirname "$2")"
    for part in base data model network; do mkdir -p "$tree/house/host/$part"; done
    printf '#include <stdlib.h>\n' >"$tree/house/host/base/good.c"
    printf 'x = mem_alloc(n, sizeof *x);\n' >>"$tree/house/host/base/good.c"
    printf 'kernel void good(void) {}\n' >"$tree/house/kernels/good.cl"
    (cd "$tree/house" && { [ -e .git ] || git init -q .; } && git add -A)
    sh "$checkers/$1.sh" "$tree/house" >"$tree/log" 2>&1 || [ $? = 77 ] || { echo "$1: fails on a good house:" && cat "$tree/log" && missed=1; }
    printf '%s\n' "$3" >"$tree/house/$2"
    (cd "$tree/house" && git add -A)
    status=0
    sh "$checkers/$1.sh" "$tree/house" >"$tree/log" 2>&1 || status=$?
    case $status in
    0) echo "$1: did not see: $2: $3" && missed=1 ;;
    77) echo "$1: skipped" ;;
    esac
    rm -rf "$tree/house"
}

expect includes host/training/x.c '#include "data/csv.h"'
expect includes host/training/x.c '#include "model/onnx.h"'
expect includes host/base/x.c '#include "network/network.h"'
expect includes host/base/x.c '#include <kiln/network.h>'
expect includes host/network/x.h '# include "backend/backend.h"'
expect includes host/backend/reference/x.c '#include <CL/cl.h>'
expect includes host/backend/opencl/x.c '#include "training/settings.h"'
expect includes host/training/x.c '#include <clblast_c.h>'
expect includes host/cli/x.c '#include "base/memory.h"'
expect includes host/cli/x.c '#include <CL/cl.h>'
expect includes host/model/x.c '#include <cairo.h>'
expect includes host/data/x.c '#include "../model/onnx.h"'
expect includes host/data/x.c '#include <openssl/sha.h>'
expect includes host/model/x.c '#include "philox.h"'
expect includes include/kiln/x.h '#include "network/network.h"'
expect includes kernels/x.cl '#include <stdint.h>'
expect kernels kernels/x.cl 'kernel void x(global float *y) { y[0] = undeclared; }'
expect kernels kernels/x.cl 'kernel void x(global float *y) { int *p = y; }'
expect sizes host/data/x.c 'x = mem_alloc(rows * columns, sizeof *x);'
expect sizes host/model/x.c 'x = realloc(old, 4 * n);'
expect tree extra/x.c 'int x;'
expect tree host/other/x.c 'int x;'
expect tree host/base/x.c "/* see /$(echo home)/somebody/notes */"
exit $missed
