#!/bin/sh
# Compiles every kernel without a device, in each variant that the -D lists in the kernels' first comments promise.
# usage: kernels.sh PROJECT      Exit 77, "skipped", without clang.
set -eu
cd "$1/kernels"
command -v clang >/dev/null || { echo "no clang"; exit 77; }

# The files one file is compiled from, itself first.
sources() {
    for name in $(sed -n 's/^#include "\(.*\)"/\1/p' "$1"); do
        [ -e "$name" ] || name=shared/$name
        echo "$name"
        sources "$name"
    done | sort -u
}

# One line a define: NAME CHOICE CHOICE ...; 1..32 counts as its two ends.
defines() {
    # shellcheck disable=SC2046
    grep -ohE -e '-D[A-Z_]+=[a-z0-9_|.]+' "$1" $(sources "$1") | sort -u | sed 's/^-D//; s/\.\.\.*/|/; s/[=|]/ /g; s/ *$//'
}

# One line a variant: all first choices, then each other choice by itself, for each width of vectors.
variants() {
    defines "$1" | awk '
    { name[NR] = $1; first[NR] = $2; choices[NR] = NF - 1; for (c = 2; c <= NF; c++) choice[NR, c - 1] = $c }
    function line(changed, c, width,    i, text) {
        for (i = 1; i <= NR; i++)
            text = text " -D" name[i] "=" (name[i] == "WIDTH" ? width : i == changed ? choice[i, c] : first[i])
        print text
    }
    END {
        for (width = 1; width <= 16; width += width == 1 ? 7 : 8) {
            line(0, 0, width)
            for (i = 1; i <= NR; i++) for (c = 2; c <= choices[i] && name[i] != "WIDTH"; c++) line(i, c, width)
        }
    }'
}

failed=0 compiled=0
for kernel in *.cl; do
    while read -r variant; do
        compiled=$((compiled + 1))
        # A choice leaves the other choices' functions, arguments and variables unused.
        # shellcheck disable=SC2086
        clang -x cl -cl-std=CL1.2 -Xclang -finclude-default-header -Xclang -fdeclare-opencl-builtins -Wall \
            -Wextra -Werror -Wno-unused-function -Wno-unused-parameter -Wno-unused-variable -fsyntax-only -I. -Ishared $variant "$kernel" || { echo "$kernel: $variant"; failed=$((failed + 1)); }
    done <<LIST
$(variants "$kernel")
LIST
done
echo "$compiled variants, $failed wrong"
[ "$failed" = 0 ] && [ "$compiled" -gt 0 ]
