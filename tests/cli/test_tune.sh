# kiln tune: what is measured and kept, what explain says of it, files that were spoilt, and forgetting.
. "$(dirname "$0")/support.sh"

run tune --help
expect_text out "usage: kiln tune [options] DATA"
expect_text out "--clear"
usage_error "DATA is missing" tune
usage_error "--clear takes no DATA" tune shapes.csv --clear
usage_error "--gemm has no use here" tune shapes.csv --gemm native
usage_error "--seconds '0' is not a number above 0" tune shapes.csv --seconds 0
usage_error "--sets '0' is not a whole number of 1 or more, nor 'all'" tune shapes.csv --sets 0
write_classes shapes.csv
failure "has one way to multiply, so there is nothing to tune" tune shapes.csv --device reference
failure "has one way to multiply" tune --clear --device reference
failure "nosuch.csv" tune nosuch.csv --device reference

# What follows needs an OpenCL device.
run devices --json
[ "$(json devices.#)" -gt 1 ] || finish
XDG_CACHE_HOME=$folder/cache
export XDG_CACHE_HOME
run tune --clear --device 0
expect_code 0
expect_text out "nothing was kept for"
expect_empty err
(
    unset HOME XDG_CACHE_HOME
    failure "there is no folder to keep the result in" tune shapes.csv --hidden 9 --device 0
    [ "$failures" -eq 0 ]
) || failures=$((failures + 1))

XDG_CACHE_HOME=/dev/null
failure "the result cannot be kept in this folder" tune shapes.csv --hidden 9 --device 0
XDG_CACHE_HOME=$folder/cache

# No time for other parameters: kiln's own kernels, and CLBlast as it is.
run tune shapes.csv --hidden 9 --batch-size 20 --device 0 --seconds 0.001 --json
expect_code 0
expect_text err "kiln: measuring kiln's own kernels"
expect_text err "kiln: measuring CLBlast as it is"
expect_json network.widths '[2,9,2]'
expect_json batch 20
expect_json tried 0
expect_json products.# 5
expect_json products.0.what "layer 1 forward"
expect_json products.0.m 20
expect_json products.0.n 9
expect_json products.0.k 2
expect_json parameters '{}'
for i in 0 1 2 3 4; do
    expect_number "$(json products.$i.own_seconds)" '>' 0
    expect_number "$(json products.$i.clblast_seconds)" '>' 0
done
chosen=$(json chosen) file=$(json file) date=$(json date)
expect "a choice" "$chosen" = native -o "$chosen" = clblast
expect "the file $file" -f "$file"
case $chosen in native) words="kiln's own kernels" ;; *) words=CLBlast ;; esac

explain() { # WIDTH OPTIONS...
    width=$1
    shift
    run explain shapes.csv --hidden "$width" --batch-size 20 --steps 2 --strategy layers --device 0 "$@"
}
explain 9
expect_code 0
expect_text out "products: $words, since kiln tune measured on $date that this is faster"
explain 12 --json
expect_text out "kiln tune measured, for other sizes, on $date"

# Figures that say the opposite.
sed 's/"own_seconds": [0-9.e-]*/"own_seconds": 5.0/; s/"clblast_seconds": [0-9.e-]*/"clblast_seconds": 1e-6/' "$file" >changed
cp changed "$file"
explain 9
expect_text out "products: CLBlast, since kiln tune measured on $date that this is faster"
run train shapes.csv --hidden 9 --epochs 2 --strategy layers --device 0 -q -o shapes.safetensors
expect_code 0

# A file that was spoilt is said, with what helps; --gemm native and --clear do.
echo '{"version": 1' >"$file"
failure "$file: what 'kiln tune' found is not JSON" train shapes.csv --hidden 9 --epochs 2 --device 0 -q -o shapes.safetensors
expect_text err "'kiln tune --clear' forgets it, and --gemm native does without"
run train shapes.csv --hidden 9 --epochs 2 --gemm native --device 0 -q -o shapes.safetensors
expect_code 0
run tune --clear --device 0
expect_code 0
expect_text out "removed $file"
expect "no file any more" ! -e "$file"
run tune --clear --device 0 --json
expect_json removed null
explain 9
expect_no_text out "kiln tune"

finish
