# kiln plot: logs become pictures; what is no log is told with its line.
. "$(dirname "$0")/support.sh"
write_classes shapes.csv
write_prices prices.csv
blue='rgb(0%, *45%, *70%)' orange='rgb(84%, *37%, *0%)' green='rgb(0%, *62%, *45%)'

for run in a b; do
    run train shapes.csv --device reference --epochs 12 --seed 1 --log $run.jsonl -q -o m.safetensors
    expect_code 0
done
run train prices.csv --device reference --epochs 3 --log prices.jsonl -q -o m.safetensors
expect_code 0
run plot a.jsonl
if [ $code -eq 1 ] && grep -q "built without cairo" err; then
    echo "no cairo"
    exit 77
fi

# strokes FILE COLOUR: how many lines of it there are.
strokes() {
    grep -c "stroke:$2\|stroke=\"$2\"" "$1"
}
# size FILE: a PNG's width and height, which its first chunk has.
size() {
    od -An -tu1 -j16 -N8 "$1" | awk '{ print ($1 * 256 + $2) * 65536 + $3 * 256 + $4, ($5 * 256 + $6) * 65536 + $7 * 256 + $8 }'
}

# One log: training blue, in the legend and two panels; validation orange, in the legend and two panels.
expect_code 0
expect_empty out
expect_empty err
expect_text a.svg "<svg "
expect_text a.svg "</svg>"
expect "lines of the training" "$(strokes a.svg "$blue")" -eq 3
expect "lines of the validation" "$(strokes a.svg "$orange")" -eq 3
expect_no_text a.svg dasharray
command -v xmllint >/dev/null && expect "XML" -z "$(xmllint --noout a.svg 2>&1)"

# Several: one colour each, validation dashed. Numbers have no accuracy, so a panel less.
run plot a.jsonl b.jsonl prices.jsonl -o three.svg --title "three"
expect_code 0
expect "lines of the third" "$(strokes three.svg "$green")" -eq 4
expect "dashed ones: of each log and in the legend" "$(grep -c 'dasharray' three.svg)" -eq 4
run plot a.jsonl -o a.PNG
expect_code 0
expect "a PNG" "$(od -An -tx1 -N8 a.PNG | tr -d ' ')" = 89504e470d0a1a0a
expect "three panels" "$(size a.PNG)" = "2432 724"
run plot prices.jsonl -o p.png
expect_code 0
expect "two panels" "$(size p.png)" = "1632 724"
run plot a.jsonl a.jsonl a.jsonl a.jsonl a.jsonl a.jsonl a.jsonl "$(printf './%.0s' $(seq 60))a.jsonl" -o eight.png
expect_code 0
expect "a legend of two lines" "$(size eight.png)" = "2432 764"

# Standard input and output; figures that are not known, a single epoch, any name; many epochs make no larger picture.
"$kiln" plot - -o - <a.jsonl >out 2>err
expect_text out "</svg>"
expect_empty err
bad=$(printf 'no\377utf8.jsonl')
echo '{"epoch":7,"loss":null}' >"$bad"
run plot "$bad" -o unknown.svg --title "$bad"
expect_code 0
expect "no lines" "$(strokes unknown.svg "$orange")" -eq 0
awk 'BEGIN { for (i = 1; i <= 50000; i++) printf "{\"epoch\":%d,\"loss\":%g}\n", i, 1 / i + i % 7 / 1000 }' >many.jsonl
run plot many.jsonl -o many.svg
expect_code 0
expect "a small file" "$(wc -c <many.svg)" -lt 300000

# What is no log, and where a picture cannot go. Nothing is left behind.
failure "nowhere.jsonl: cannot be opened: No such file or directory" plot nowhere.jsonl -o none.svg
failure "shapes.csv: line 1 is no JSON object" plot shapes.csv -o none.svg
: >empty.jsonl
failure "empty.jsonl: has no epochs" plot empty.jsonl -o none.svg
printf '\033[31m\n' >red.jsonl
failure "red.jsonl: line 1 is no JSON object" plot red.jsonl -o none.svg
expect_no_text err "$(printf '\033')"
printf '{"epoch":1}\n{"epoch":2,"loss":"low"}\n' >text.jsonl
failure 'text.jsonl: line 2 has the "loss" "low", should be a number or null' plot text.jsonl -o none.svg
printf '{"epoch":1}\n\n{"epoch":1}\n' >twice.jsonl
failure "twice.jsonl: line 3 has epoch 1 after epoch 1" plot twice.jsonl -o none.svg
printf '{"epoch":1.5}\n' >half.jsonl
failure "half.jsonl: line 1 has epoch 1.5, should be a whole number" plot half.jsonl -o none.svg
printf '{"loss":1}\n' >bare.jsonl
failure 'bare.jsonl: line 1 has no "epoch"' plot bare.jsonl -o none.svg
printf '[1]\n' >list.jsonl
failure "list.jsonl: line 1 is no JSON object" plot list.jsonl -o none.svg
head -c 5000 /dev/zero | tr '\0' ' ' >blank.jsonl
failure "blank.jsonl: line 1 is longer than 4096 bytes" plot blank.jsonl -o none.svg
failure "nowhere/none.svg: cannot be written" plot a.jsonl -o nowhere/none.svg
usage_error "none.pdf: is neither .svg nor .png" plot a.jsonl -o none.pdf
cp a.jsonl log.svg
usage_error "log.svg: is what is read" plot log.svg -o log.svg
expect_same a.jsonl log.svg
usage_error "one operand too many" plot a a a a a a a a a
usage_error "something is missing" plot
expect "nothing" ! -e none.svg -a ! -e none.pdf
if [ -c /dev/full ]; then
    ln -s /dev/full full.svg
    ln -s /dev/full full.png
    failure "full.svg: cannot be written: No space left on device" plot a.jsonl -o full.svg
    failure "full.png: cannot be written: No space left on device" plot a.jsonl -o full.png
fi

finish
