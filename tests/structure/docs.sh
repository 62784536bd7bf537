#!/bin/sh
# Makes the reference of the library's functions: without a warning, with every function and what is said of it, and a
# header with something wrong in it is found out.
# usage: docs.sh PROJECT DOXYFILE      Exit 77, "skipped", without Doxygen.
set -eu
project=$1 doxyfile=$2
command -v doxygen >/dev/null || { echo "no doxygen"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# document HEADERS: the reference of a folder of headers in $work/html, what Doxygen said in $work/log.
document() {
    {
        cat "$doxyfile"
        echo "INPUT = \"$1\""
        echo "STRIP_FROM_PATH = \"$1/..\""
        echo "OUTPUT_DIRECTORY = \"$work\""
    } | doxygen - >"$work/log" 2>&1
}

document "$project/include/kiln" || { cat "$work/log" && exit 1; }
[ ! -s "$work/log" ] || { cat "$work/log" && exit 1; }
wrong=0
functions=$(cat "$project"/include/kiln/*.h | grep -o '^[a-z].*kiln_[a-z_0-9]*(' | grep -v '^typedef' | sed 's/.*\(kiln_[a-z_0-9]*\)(/\1/')
[ "$(echo "$functions" | wc -l)" -gt 30 ] || { echo "few functions were found in the headers" && wrong=1; }
for name in $functions; do
    grep -qh "</span>$name()</h2>" "$work"/html/*_8h.html || { echo "$name: is not in the reference" && wrong=1; }
done
grep -q "the weights of the lowest validation loss" "$work/html/training_8h.html" || { echo "kiln_train's network is not explained" && wrong=1; }

# found TEXT HEADER: a header that ends so is an error with that text.
found() {
    rm -rf "$work/kiln" && cp -r "$project/include/kiln" "$work/kiln"
    printf '%s\n' "$2" >>"$work/kiln/status.h"
    document "$work/kiln" && echo "not found out: $2" && wrong=1
    grep -qF "$1" "$work/log" || { echo "Doxygen did not say '$1':" && cat "$work/log" && wrong=1; }
}
found "kiln_unexplained" "int kiln_unexplained(int a);"
found "argument 'b' of command @param is not found" "/* Explained.
 *
 * b  is no parameter. */
int kiln_explained(int a);"
exit $wrong
