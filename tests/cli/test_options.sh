# Help, version, and what is said about wrong usage.
. "$(dirname "$0")/support.sh"

run
expect_code 2
expect_empty out
expect_text err "usage: kiln COMMAND"
run --help
expect_code 0
expect_empty err
expect_text out "train      trains a network"
run --version
expect_code 0
expect "one line" "$(wc -l <out)" -eq 1
expect_text out "kiln 0."
run help
expect_code 0
usage_error "no command 'tarin'; did you mean 'train'?" tarin
usage_error "no command 'xyzzy'" xyzzy
usage_error "no command 'xyzzy'" help xyzzy

run help --list
expect_code 0
commands=$(cat out)
expect "all commands in the list" "$(echo "$commands" | wc -l)" -ge 9
for name in $commands; do
    run "$name" --help
    expect_code 0
    expect_empty err
    expect_text out "usage: kiln $name"
    expect_text out "examples:"
    mv out by-option
    run help "$name"
    expect_code 0
    expect_same out by-option
    usage_error "no option --nosuch" "$name" --nosuch
    usage_error "Try 'kiln $name --help'." "$name" --nosuch
done

# Defaults and choices in the help are those of the table.
run train --help
expect_text out "--hidden W,W,..."
expect_text out "(default 0.1)"
expect_text out "leaky-relu"
expect_text out "one-cycle"

usage_error "no option --epoch; did you mean --epochs?" train data.csv --epoch 3
usage_error "no option --devcie; did you mean --device?" train data.csv --devcie=cpu
usage_error "no option --learning-rate; did you mean --lr?" train data.csv --learning-rate 0.1
usage_error "no option --batch; did you mean --batch-size?" train data.csv --batch=16
usage_error "--target is given twice: it takes a list, --target COLUMN,..." train data.csv --target a --epochs 3 --target=b
usage_error "no option -x" train -x data.csv
usage_error "--epochs needs a value: --epochs N" train data.csv --epochs
usage_error "--epochs needs a value" train --epochs --quiet data.csv
usage_error "--quiet takes no value, 'yes' was given" train data.csv --quiet=yes
usage_error "--epochs '0' is not a whole number of 1 or more, nor 'auto'" train data.csv --epochs 0
usage_error "--epochs '3.5' is not a whole number" train data.csv --epochs 3.5
usage_error "--epochs '-3' is not a whole number" train data.csv --epochs -3
usage_error "--epochs '99999999999999999999' is not a whole number" train data.csv --epochs 99999999999999999999
usage_error "--batch-size 'half' is not a whole number of 1 or more, nor 'full'" train data.csv --batch-size half
usage_error "--lr 'fast' is not a number above 0" train data.csv --lr fast
usage_error "--lr '0' is not a number above 0" train data.csv --lr 0
usage_error "--lr 'nan' is not a number above 0" train data.csv --lr nan
usage_error "--lr '1e999' is not a number above 0" train data.csv --lr 1e999
usage_error "--validation '1' is not a number from 0 up to below 1" train data.csv --validation 1
usage_error "--dropout '-0.1' is not a number from 0" train data.csv --dropout=-0.1
usage_error "--weight-decay '-1' is not a number of 0 or more" train data.csv --weight-decay -1
usage_error "--loss 'mze' is none of auto, sse, mse, bce, cross-entropy, mae, huber; did you mean mse?" train data.csv --loss mze
usage_error "--activation 'softmax' is none of" train data.csv --activation softmax
usage_error "--hidden '12,,3' is no list of layer widths" train data.csv --hidden 12,,3
usage_error "--hidden '0' is no list of layer widths" train data.csv --hidden 0
usage_error "--target is empty" train data.csv --target ''
usage_error "something is missing: usage is kiln train [options] DATA" train
usage_error "'b.csv' is one operand too many" train a.csv b.csv
usage_error "something is missing" train --
usage_error "something is missing" predict model.safetensors
usage_error "'extra' is one operand too many" devices extra

# Options that contradict each other.
usage_error "--resume needs --checkpoint FILE" train data.csv --resume
usage_error "--patience needs validation samples" train data.csv --patience 3 --validation 0
usage_error "--momentum 0 is no momentum" train data.csv --momentum 0
usage_error "--test-labels needs --test" train data.csv --test-labels b
usage_error "--test needs --test-labels" train images --labels a --test b
usage_error "cannot both be standard input" train - --test -
usage_error "--output-activation softmax is for classification" train data.csv --task regression --output-activation softmax
usage_error "--loss cross-entropy is for classification" train data.csv --task regression --loss cross-entropy
usage_error "--loss bce needs --output-activation sigmoid" train data.csv --loss bce --output-activation linear
usage_error "--loss cross-entropy needs --output-activation softmax" train data.csv --loss cross-entropy --output-activation sigmoid
usage_error "are the same file" train data.csv --checkpoint a --model a
usage_error "--all and --device 0: give one of them" verify --all --device 0
usage_error "--layers '10' is no list of at least two widths" verify --layers 10
usage_error "--layers '10-x' is no list" verify --layers 10-x

# "--" ends options: what follows is a file, whatever it looks like.
failure "--help: " train -- --help

finish
