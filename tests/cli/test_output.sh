# Results that cannot be written are failures; files are whole or not there.
. "$(dirname "$0")/support.sh"
write_classes shapes.csv
run train shapes.csv --device reference --epochs 1 -q -o shapes.safetensors
expect_code 0

# to_full COMMAND...: standard output on a full disk.
to_full() {
    command="kiln $* >/dev/full"
    "$kiln" "$@" >/dev/full 2>err
    code=$?
    : >out
    expect_code 1
    expect_text err "standard output cannot be written: No space left on device"
}
if [ -c /dev/full ]; then
    to_full --version
    to_full train --help
    to_full info shapes.safetensors
    to_full info shapes.safetensors --json
    to_full predict shapes.safetensors shapes.csv --device reference
    to_full evaluate shapes.safetensors shapes.csv --device reference
    to_full train shapes.csv --device reference --epochs 1 --json -o full.safetensors
    expect "the model all the same" -s full.safetensors
    failure "/dev/full: cannot be written: No space left on device" predict shapes.safetensors shapes.csv --device reference -o /dev/full
fi

# A reader that goes away is no news.
awk 'BEGIN { print "width,height"; for (i = 0; i < 100000; i++) print "0.1,0.2" }' >many.csv
command="kiln predict many.csv | head"
{ "$kiln" predict shapes.safetensors many.csv --device reference 2>err; echo $? >code; } | head -n 3 >out
code=$(cat code)
expect_code 1
expect_empty err
expect "the lines that were read" "$(wc -l <out)" -eq 3

# An old file stays until the new one is whole, keeps its permissions, and nothing is left beside it.
mkdir beside
echo old >beside/answers.csv
chmod 640 beside/answers.csv
printf 'width,height\n0.1,oops\n' >bad.csv
failure "oops" predict shapes.safetensors bad.csv --device reference -o beside/answers.csv
expect "the old content" "$(cat beside/answers.csv)" = old
run predict shapes.safetensors shapes.csv --device reference -o beside/answers.csv
expect_code 0
expect "the new content" "$(wc -l <beside/answers.csv)" -eq 201
expect "its permissions" "$(stat -c %a beside/answers.csv)" = 640
expect "nothing else" "$(ls -A beside)" = answers.csv

# What is read is never written over, by whatever name; a pipe or a terminal is no file.
cp shapes.csv kept.csv
ln -s shapes.csv link.csv
ln shapes.csv hard.csv
for name in shapes.csv ./shapes.csv link.csv hard.csv; do
    usage_error "$name: is what is read" train shapes.csv --device reference --epochs 1 -q -o $name
    usage_error "$name: is what is read" train shapes.csv --device reference --epochs 1 -q -o m.safetensors --checkpoint $name
    usage_error "$name: is what is read" train kept.csv --test shapes.csv --device reference --epochs 1 -q -o $name
    usage_error "$name: is what is read" predict shapes.safetensors shapes.csv --device reference -o $name
done
usage_error "shapes.safetensors: is what is read" predict shapes.safetensors shapes.csv --device reference -o shapes.safetensors
expect_same shapes.csv kept.csv
run train shapes.csv --device reference --epochs 1 -q --init shapes.safetensors -o shapes.safetensors
expect_code 0

# Class names with commas and quotes are one CSV field.
awk 'BEGIN { print "x,kind"; for (i = 0; i < 40; i++) print i "," (i < 20 ? "\"a,b\"" : "\"say \"\"c\"\"\"") }' >quoted.csv
run train quoted.csv --device reference --json -o quoted.safetensors
expect_code 0
expect_json classes '["a,b","say \"c\""]'
run predict quoted.safetensors quoted.csv --device reference
expect_code 0
expect "quotes" "$(sed -n 2p out)" = '"a,b"'
expect "doubled quotes" "$(tail -n 1 out)" = '"say ""c"""'

finish
