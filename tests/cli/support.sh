# What the command-line tests share. Each is run as: sh test_NAME.sh KILN JSON_VALUE PROJECT
# and works in a folder of its own. A failed expectation is printed with all that the command said; finish counts them.
# shellcheck shell=sh disable=SC2034

set -u
[ -x "$1" ] && [ -x "$2" ] || { echo "usage: sh test_NAME.sh KILN JSON_VALUE PROJECT"; exit 1; }
kiln=$1 json_value=$2 project=$3
folder=$(mktemp -d "${TMPDIR:-/tmp}/kiln-cli-XXXXXX") || exit 1
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 1
unset NO_COLOR KILN_KERNELS
# A sanitizer's finding must not pass for the program's own exit code 1.
export ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}exitcode=99" UBSAN_OPTIONS="${UBSAN_OPTIONS:+$UBSAN_OPTIONS:}exitcode=99"
failures=0 expectations=0 command=

# Runs kiln: its exit code in $code, what it printed in the files out and err.
run() {
    command="kiln $*"
    "$kiln" "$@" >out 2>err
    code=$?
}

failed() {
    failures=$((failures + 1))
    printf 'FAILED: %s\n  %s\n' "$command" "$1"
    [ -s out ] && sed 's/^/  out: /' out | head -n 20
    [ -s err ] && sed 's/^/  err: /' err | head -n 20
}

# expect 'what should be' TEST...: a test(1) that must hold.
expect() {
    expectations=$((expectations + 1))
    said=$1
    shift
    [ "$@" ] || failed "expected $said: [ $* ]"
}

expect_code() {
    expectations=$((expectations + 1))
    [ "$code" -eq "$1" ] || failed "exit code $code, expected $1"
}

# expect_text FILE TEXT: the file has the text, letter for letter.
expect_text() {
    expectations=$((expectations + 1))
    grep -qF -e "$2" "$1" || failed "expected in $1: $2"
}

expect_no_text() {
    expectations=$((expectations + 1))
    ! grep -qF -e "$2" "$1" || failed "not expected in $1: $2"
}

expect_empty() {
    expectations=$((expectations + 1))
    [ ! -s "$1" ] || failed "expected nothing in $1"
}

# expect_number NUMBER RELATION BOUND: numbers that test(1) cannot compare; NaN and no number at all fail.
expect_number() {
    expectations=$((expectations + 1))
    awk -v a="$1" -v b="$3" "BEGIN { exit !(a ~ /^[-+0-9.eE]+\$/ && a + 0 $2 b + 0) }" || failed "expected $1 $2 $3"
}

# expect_same FILE FILE: the same bytes.
expect_same() {
    expectations=$((expectations + 1))
    cmp "$1" "$2" || failed "expected the same bytes in $1 and $2"
}

# json PATH: a value of the JSON object in out, which must be strict JSON and all there is.
json() {
    "$json_value" "$1" <out 2>/dev/null || echo "no-json"
}

expect_json() {
    expect "$1 to be $2" "$(json "$1")" = "$2"
}

# usage_error TEXT ARGUMENTS...: exit code 2, nothing on standard output, the sentence on standard error.
usage_error() {
    sentence=$1
    shift
    run "$@"
    expect_code 2
    expect_empty out
    expect_text err "$sentence"
}

# failure TEXT ARGUMENTS...: the same with exit code 1.
failure() {
    sentence=$1
    shift
    run "$@"
    expect_code 1
    expect_empty out
    expect_text err "$sentence"
}

# Two classes in a plane, told apart by a line, 200 samples from a fixed formula; the target is text.
write_classes() {
    awk 'BEGIN { print "width,height,kind"
        for (i = 0; i < 200; i++) { x = (i * 37 % 101) / 50 - 1; y = (i * 53 % 97) / 48 - 1
            printf "%.3f,%.3f,%s\n", x, y, (x + y > 0.1 ? "large" : "small") } }' >"$1"
}

# A plane's height over two features, far from 0: prices of some hundred thousand.
write_prices() {
    awk 'BEGIN { print "area,age,price"
        for (i = 0; i < 300; i++) { a = 40 + i * 37 % 101; b = i * 53 % 97
            printf "%d,%d,%.1f\n", a, b, 150000 + 2000 * a - 500 * b } }' >"$1"
}

finish() {
    echo "$expectations expectations, $failures failed"
    [ "$failures" -eq 0 ] && [ "$expectations" -gt 0 ]
    exit
}
