# --config: options from a TOML file, what is wrong in one, and runs that a written one repeats.
. "$(dirname "$0")/support.sh"

write_classes classes.csv
write_prices prices.csv

# config TEXT...: the file run.toml, one line each.
config() {
    printf '%s\n' "$@" >run.toml
}

# refused TEXT LINES...: such a file is an error with this sentence, and exit code 2.
refused() {
    told=$1
    shift
    config "$@"
    usage_error "kiln train: run.toml:$told" train classes.csv --config run.toml
}

# A run is repeated bit for bit by the options it wrote, inferred ones and the data's name included.
for data in classes.csv prices.csv; do
    run train $data --hidden 8,8 --lr 0.02 --optimizer nesterov --dropout 0.1 --seed 7 --epochs 3 --batch-size 16 --device reference \
        --quiet --save-config saved.toml --model first.safetensors
    expect_code 0
    mv first.safetensors kept.safetensors
    run train --config saved.toml
    expect_code 0
    expect_same first.safetensors kept.safetensors
done
run train classes.csv --epochs 2 --device reference --quiet --save-config saved.toml --no-bias --activation relu --model m.safetensors
expect_code 0
expect_text saved.toml 'data = "classes.csv"'
expect_text saved.toml 'task = "classification"'
expect_text saved.toml 'output-activation = "softmax"'
expect_text saved.toml 'loss = "cross-entropy"'
expect_text saved.toml 'lr = 0.003'
expect_text saved.toml 'model = "m.safetensors"'
expect_text saved.toml 'no-bias = true'
expect_text saved.toml 'no-shuffle = false'
expect_no_text saved.toml save-config
expect_no_text saved.toml labels
cp m.safetensors kept.safetensors

# Every option that its manual has is written, but texts that were left empty; these have no default.
run help --man train
awk '/^(\\fB\\-.\\fR, )?\\fB\\-\\-/ { name = $0; sub(/.*\\fB\\-\\-/, "", name); sub(/\\fR.*/, "", name); gsub(/\\/, "", name)
        valued = /\\fI/; next }
    name != "" { if (!valued || /\(default /) print name; name = "" }' out | grep -vx help | sort >manual
sed -n 's/^\([a-z-]*\) = .*/\1/p' saved.toml | grep -vx data | sort >written
expect "some twenty options" "$(wc -l <written)" -gt 20
expect_same manual written

# Several targets that are labels: the task, and the list of columns.
awk 'BEGIN { print "x,y,high,right"; for (i = 0; i < 60; i++) { x = i * 37 % 61; y = i * 23 % 59
    printf "%d,%d,%d,%d\n", x, y, (y > 30), (x > 30) } }' >labels.csv
run train labels.csv --target high,right --epochs 2 --device reference --quiet --save-config saved-labels.toml --model l.safetensors
expect_code 0
expect_text saved-labels.toml 'task = "multilabel"'
expect_text saved-labels.toml 'target = "high,right"'
mv l.safetensors kept-labels.safetensors
sed 's/^target = .*/target = ["high", "right"]/' saved-labels.toml >run.toml
run train --config run.toml
expect_code 0
expect_same l.safetensors kept-labels.safetensors

# What the command line says goes before the file: options, switches, and the data.
run train --config saved.toml --no-bias=false --model other.safetensors --hidden 16
expect_code 0
run info other.safetensors
expect_text out "2-16-2"
expect_text out "biases"
run train --config=saved.toml --model same.safetensors
expect_same same.safetensors kept.safetensors
run train prices.csv --config saved.toml --task regression --loss mse --output-activation linear --json --model prices.safetensors
expect_code 0
run info prices.safetensors
expect_text out "regression"
expect_same m.safetensors kept.safetensors

# All kinds of values and ways to write them.
config '# a comment' '' 'data = "classes.csv" # the samples' "hidden = [ 6, # two" "  '5', ]" '"epochs" = 1_0' 'lr = 1e-2' \
    'batch-size = "full"' 'validation = 0.2' "device = 'reference'" 'quiet = true' 'no-bias = false' 'momentum=+0.5' \
    'model = "caf\u00e9 \"1\".safetensors"' 'seed = 3'
run train --config run.toml --json
expect_code 0
expect_json .epochs 10
expect_json .validation.samples 40
run info 'café "1".safetensors'
expect_text out "2-6-5-2"
config 'hidden = 12' 'target = -1' 'epochs = 1'
run train classes.csv --config run.toml -q -o n.safetensors --device reference
expect_code 0
config 'model = "kept.safetensors"' 'data = "classes.csv"' 'device = "reference"'
run predict --config run.toml
expect_code 0
mv out by-file
run predict kept.safetensors classes.csv --device reference
expect_same out by-file
run predict other.safetensors --config run.toml
expect_code 0
expect "other predictions" "$(cmp -s out by-file; echo $?)" -ne 0

# What is wrong is said with file and line.
refused "2: no option epoch; did you mean epochs?" 'seed = 1' 'epoch = 3'
refused "1: no option xyzzy" 'xyzzy = 3'
refused "1: no option config" 'config = "other.toml"'
refused "1: epochs needs a number, without quotes, or \"auto\"" 'epochs = "3"'
refused "1: seed needs a number, without quotes" 'seed = "3"'
refused "1: seed needs a number" 'seed = true'
refused "1: epochs '0' is not a whole number of 1 or more, nor 'auto'" 'epochs = 0'
refused "1: lr '-1' is not a number above 0" 'lr = -1'
refused "1: quiet needs true or false, without quotes" 'quiet = 1'
refused "1: quiet needs true or false, without quotes" 'quiet = "true"'
refused "1: target needs a text in quotes" 'target = false'
refused "1: labels needs one value, not a list" 'labels = ["a", "b"]'
refused "1: hidden needs at least one value" 'hidden = []'
refused "1: data needs one value, not a list" 'data = ["a", "b"]'
refused "1: data is empty" 'data = ""'
refused "1: labels is empty" 'labels = ""'
refused "3: loss 'mze' is none of auto, sse, mse, bce, cross-entropy, mae, huber; did you mean mse?" '# one' '' 'loss = "mze"'
refused "2: seed was given in line 1 already" 'seed = 1' '"seed" = 2'
refused "2: tables such as [name] are not used here" 'seed = 1' '[train]'
refused "1: keys with dots are not used here: train" 'train.seed = 1'
refused "1: 'relu' is no value: texts are in quotes" 'activation = relu'
refused "1: a value is missing" 'seed ='
refused "1: '=' is missing behind seed" 'seed: 1'
refused "1: a text without its closing \"" 'activation = "relu'
refused "1: this line is not 'name = value'" '= 1'
printf 'labels = "\377"\n' >run.toml
usage_error "run.toml: is no text in UTF-8" train classes.csv --config run.toml
failure "nowhere.toml: cannot be read: No such file" train classes.csv --config nowhere.toml
failure "cannot be read: Is a directory" train classes.csv --config .
head -c 1100000 /dev/zero >large.toml
failure "large.toml: is larger than a file of options can be" train classes.csv --config large.toml
usage_error "--config is given twice" train classes.csv --config run.toml --config run.toml
usage_error "--config needs a value: --config FILE" train classes.csv --config
config 'seed = 1'
usage_error "something is missing: usage is kiln train" train --config run.toml
config 'model = "m.safetensors"'
usage_error "something is missing: usage is kiln predict" predict --config run.toml
config 'data = "classes.csv"'
usage_error "something is missing: usage is kiln predict" predict --config run.toml

# Files that would be lost, and names that the file cannot have.
usage_error "--save-config and --model are the same file" train classes.csv --save-config a --model a
usage_error "classes.csv: is what is read" train classes.csv --save-config classes.csv
failure "is a folder" train classes.csv --save-config .
odd=$(printf 'odd\377.safetensors')
usage_error "is no UTF-8" train classes.csv --save-config odd.toml --model "$odd" --device reference
expect "no file" ! -e odd.toml

finish
