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

# A log has a line for each of some epochs, and not one for each of hundreds that take no time.
run train shapes.csv --device reference --epochs 40 --hidden 4 -o log.safetensors
expect "a line for each of 40 epochs" "$(grep -c '^epoch' err)" -eq 40
run train shapes.csv --device reference --epochs 600 --hidden 4 -o log.safetensors
expect "fewer lines than 600 epochs" "$(grep -c '^epoch' err)" -lt 100
expect_text err "epoch   1/600"
expect_text err "epoch 600/600"

# Class names with commas and quotes are one CSV field.
awk 'BEGIN { print "x,kind"; for (i = 0; i < 40; i++) print i "," (i < 20 ? "\"a,b\"" : "\"say \"\"c\"\"\"") }' >quoted.csv
run train quoted.csv --device reference --json -o quoted.safetensors
expect_code 0
expect_json classes '["a,b","say \"c\""]'
run predict quoted.safetensors quoted.csv --device reference
expect_code 0
expect "quotes" "$(sed -n 2p out)" = '"a,b"'
expect "doubled quotes" "$(tail -n 1 out)" = '"say ""c"""'

# Where standard error is a terminal: one line that is rewritten, within its width; no colour under NO_COLOR.
if command -v script >/dev/null; then
    printf '%s\n' "stty cols 40" "TERM=xterm '$kiln' train shapes.csv --device reference --epochs 3 -o t.safetensors 2>&1 >/dev/null" >live.sh
    command="kiln train, on a terminal of 40 columns"
    script -qec "sh live.sh" /dev/null >out 2>err </dev/null
    expect_text out "$(printf '\r\033[K')epoch 3/3  loss"
    expect "lines within 40 columns" "$(tr '\r' '\n' <out | grep -a '^.\[Kepoch' | sed 's/\x1b\[[0-9]*[mK]//g' | awk 'length > 39' | wc -l)" -eq 0
    sed -i -e 1d -e 's/TERM=xterm/stty cols 120; TERM=xterm/' live.sh
    script -qec "sh live.sh" /dev/null >out 2>err </dev/null
    expect_text out "$(printf '\033[32m')"
    expect_text out "samples/s"
    NO_COLOR=1 script -qec "sh live.sh" /dev/null >out 2>err </dev/null
    expect_text out "samples/s"
    expect_no_text out "$(printf '\033[32m')"
    sed -i 's/TERM=xterm/TERM=dumb/' live.sh
    script -qec "sh live.sh" /dev/null >out 2>err </dev/null
    expect_no_text out "$(printf '\033')"
fi

finish
