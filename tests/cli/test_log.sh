# --log: one JSON object an epoch, which goes on where a resumed training goes on, and whose failure costs no network.
. "$(dirname "$0")/support.sh"
write_classes shapes.csv
write_prices prices.csv

# value LINE KEY: of the log, by a strict JSON reader.
value() {
    sed -n "$1p" log.jsonl >out
    json "$2"
}

run train shapes.csv --device reference --epochs 5 --batch-size 50 --log log.jsonl -o m.safetensors --json
expect_code 0
loss=$(json validation.loss) accuracy=$(json validation.accuracy) trained=$(json train.loss)
expect "a line an epoch" "$(wc -l <log.jsonl)" -eq 5
for line in 1 2 3 4 5; do
    expect "its epoch" "$(value $line epoch)" = $line
    expect "its step, of 4 an epoch" "$(value $line step)" = $((4 * line))
    expect_number "$(value $line loss)" '>' 0
    expect_number "$(value $line seconds)" '>' 0
    expect_number "$(value $line samples_per_second)" '>' 0
done
expect "the validation loss of the result" "$(value 5 validation_loss)" = "$loss"
expect "the validation accuracy of the result" "$(value 5 validation_accuracy)" = "$accuracy"
expect_number "$trained" '>' 0
# The cosine from 0.003: the last step of 20 was taken at 19/20 of the way.
expect_number "$(awk -v rate="$(value 5 learning_rate)" 'BEGIN { print rate / (0.003 * (1 + cos(0.95 * 3.14159265358979)) / 2) - 1 }')" '<' 1e-9
expect "seven keys and the epoch" "$(sed -n 1p log.jsonl | grep -o '"[a-z_]*":' | tr -d '\n')" = \
    '"epoch":"step":"loss":"validation_loss":"validation_accuracy":"learning_rate":"seconds":"samples_per_second":'

# What is not known is null. Epochs that are trained several at a time have each their line; an old log is replaced.
run train prices.csv --device reference --epochs 1 --log log.jsonl -q -o m.safetensors
expect_code 0
expect "no accuracy of numbers" "$(value 1 validation_accuracy)" = null
run train shapes.csv --device reference --epochs 300 --hidden 4 --validation 0 --log log.jsonl -q -o m.safetensors
expect_code 0
expect "no validation loss" "$(value 300 validation_loss)" = null
expect "every epoch once, in order" "$(sed 's/{"epoch":\([0-9]*\),.*/\1/' log.jsonl | tr '\n' ' ')" = "$(seq 300 | tr '\n' ' ')"

# Resumed: the lines before are kept, later ones and one that was cut off are replaced; the numbers are those of an unbroken run.
numbers() {
    sed 's/,"seconds".*//' "$1"
}
long="shapes.csv --device reference --schedule constant -q -o m.safetensors"
# shellcheck disable=SC2086
{
    run train $long --epochs 9 --log unbroken.jsonl
    expect_code 0
    run train $long --epochs 5 --log log.jsonl --checkpoint state
    expect_code 0
    cp log.jsonl five.jsonl
    run train $long --epochs 9 --log log.jsonl --checkpoint state --resume
    expect_code 0
    numbers unbroken.jsonl >one
    numbers log.jsonl >other
    expect_same one other
    head -n 5 log.jsonl >first
    expect_same first five.jsonl
    run train $long --epochs 9 --log log.jsonl --checkpoint state --resume # nothing is left to do
    expect_code 0
    numbers log.jsonl >other
    expect_same one other

    cp state old
    printf '{"epoch":10,"ste' >>log.jsonl
    run train $long --epochs 10 --log log.jsonl --checkpoint state --resume
    expect_code 0
    expect "the cut line replaced" "$(wc -l <log.jsonl)" -eq 10
    expect "by a whole one" "$(value 10 step)" = 60
    cp old state
    run train $long --epochs 10 --log log.jsonl --checkpoint state --resume # the checkpoint is older than the log
    expect "no epoch twice" "$(grep -c '"epoch":10,' log.jsonl)" -eq 1

    # A file that is no log is not touched.
    cp shapes.csv table.csv
    failure "table.csv: line 1 is no JSON object" train $long --epochs 11 --log table.csv --checkpoint state --resume
    expect_same table.csv shapes.csv
}

# Files that cannot be: before the training, which is not lost where a disk fills during it.
failure "nowhere/log.jsonl: cannot be written" train shapes.csv --device reference --log nowhere/log.jsonl -o none.safetensors
failure ".: cannot be written: Is a directory" train shapes.csv --device reference --log . -o none.safetensors
usage_error "shapes.csv: is what is read" train shapes.csv --device reference --log shapes.csv -o none.safetensors
usage_error "--log needs a file" train shapes.csv --device reference --log - -o none.safetensors
usage_error "the same file" train shapes.csv --device reference --log none.safetensors -o none.safetensors
usage_error "the same file" train shapes.csv --device reference --log state --checkpoint state -o none.safetensors
expect "no model" ! -e none.safetensors
if [ -c /dev/full ]; then
    run train shapes.csv --device reference --epochs 3 --log /dev/full -q -o full.safetensors
    expect_code 1
    expect "it is said once" "$(cat err)" = \
        "kiln: /dev/full: cannot be written: No space left on device; the training goes on without it"
    expect "the network" -s full.safetensors
fi
run train shapes.csv --device reference --epochs 3 --log /dev/stdout -q -o m.safetensors
expect_code 0
expect "three lines" "$(wc -l <out)" -eq 3

finish
