# From a table to a model, its figures, and its answers.
. "$(dirname "$0")/support.sh"
write_classes shapes.csv
sed -n '1p;2,60p' shapes.csv >test.csv

run train shapes.csv --device reference --test test.csv --seed 3
expect_code 0
expect_text err "task        classification: 2 classes in column 'kind'"
expect_text err "network     2-128-2, sigmoid, softmax output: 642 parameters"
expect_text err "loss cross-entropy, adam, cosine schedule, batches of 32"
expect_text err "180 samples to train on, 20 to validate on, seed 3"
expect_text out "confusion matrix"
expect_text out "test        59 samples: accuracy"
expect_text out "model       shapes.safetensors"
expect "a model in the current folder" -s shapes.safetensors
expect "a line an epoch" "$(grep -c '^epoch' err)" -gt 19
expect_no_text err "$(printf '\033')"

# The same command, the same bytes; figures as one JSON object.
run train shapes.csv --device reference --test test.csv --seed 3 --json -o again.safetensors
expect_code 0
expect_same shapes.safetensors again.safetensors
expect_json task classification
expect_json parameters 642
expect_json network.widths '[2,128,2]'
expect_json classes '["large","small"]'
expect_json model again.safetensors
expect_json interrupted false
expect_json validation.samples 20
expect_json test.samples 59
expect_json test.confusion.# 2
expect_number "$(json test.accuracy)" '>=' 0.95
expect_number "$(json validation.accuracy)" '>=' 0.9
for figure in train.loss validation.loss test.loss seconds samples_per_second; do
    expect_number "$(json $figure)" '>=' 0
done
expect_number "$(json epochs)" '>=' 20
expect "a device" -n "$(json device)"
accuracy=$(json test.accuracy)

run train shapes.csv --device reference --seed 4 --quiet -o other.safetensors --epochs 20
expect_code 0
expect_empty out
expect_empty err
expect "another seed to give another network" "$(cmp -s shapes.safetensors other.safetensors; echo $?)" -eq 1

# evaluate agrees with what train said, and with a count over predict's answers.
run evaluate shapes.safetensors test.csv --device reference
expect_code 0
expect_text out "precision"
expect_text out "confusion matrix"
run evaluate shapes.safetensors test.csv --device reference --json
expect_code 0
expect_json test.classes no-json
expect_json classes '["large","small"]'
expect_json test.accuracy "$accuracy"
expect_json test.recall.# 2
expect_json parameters 642
expect_json model shapes.safetensors

run predict shapes.safetensors test.csv --device reference
expect_code 0
expect_empty err
expect "a header" "$(head -n 1 out)" = prediction
expect "an answer a sample" "$(wc -l <out)" -eq 60
tail -n +2 out >answers
cp out by-name
tail -n +2 test.csv | cut -d, -f3 | paste -d, - answers |
    awk -F, -v accuracy="$accuracy" '$1 == $2 { n++ } END { d = n / NR - accuracy; print d < 0 ? -d : d }' >difference
expect_number "$(cat difference)" '<' 1e-9

# The target may be missing, unreadable or elsewhere; columns are found by name; standard input is "-".
cut -d, -f1,2 test.csv >bare.csv
awk -F, 'NR == 1 { print "kind,height,extra,width"; next } { print "?," $2 ",7," $1 }' test.csv >shuffled.csv
for data in bare.csv shuffled.csv; do
    run predict shapes.safetensors $data --device reference
    expect_code 0
    expect_same out by-name
done
command='kiln predict - <bare.csv'
"$kiln" predict shapes.safetensors - --device reference <bare.csv >out 2>err
expect_same out by-name
tail -n +2 bare.csv | gzip >headless.gz
run predict shapes.safetensors headless.gz --device reference
expect_code 0
expect_same out by-name

# A table without names: columns are matched by place, whether the target is there or not.
tail -n +2 shapes.csv >nameless.csv
tail -n +2 bare.csv >nameless-bare.csv
run train nameless.csv --device reference --seed 3 -q -o nameless.safetensors
expect_code 0
run predict nameless.safetensors nameless-bare.csv --device reference
expect_code 0
expect_same out by-name
tail -n +2 test.csv >nameless-test.csv
run predict nameless.safetensors nameless-test.csv --device reference
expect_code 0
expect_same out by-name

# Probabilities: a column a class, that add up to 1 and have their largest where the answer is.
run predict shapes.safetensors test.csv --device reference --proba -o proba.csv
expect_code 0
expect_empty out
expect "the classes' names" "$(head -n 1 proba.csv)" = probability_large,probability_small
tail -n +2 proba.csv | paste -d, - answers | awk -F, '
    { s = $1 + $2 - 1; if (s < -1e-12 || s > 1e-12 || ($1 >= $2 ? "large" : "small") != $3) bad++ } END { print bad + 0, NR }' >sums
expect "sums of 1" "$(cat sums)" = "0 59"

run info shapes.safetensors
expect_code 0
expect_text out "2-128-2: 642 parameters"
expect_text out "classes     large, small"
expect_text out "target      kind"
run info shapes.safetensors --json
expect_code 0
expect_json parameters 642
expect_json columns.1.name height
expect_json standardised true

# Which columns are taken for text is said, above all where somebody meant numbers.
sed 's/\.\([0-9]\)/ \1/g' shapes.csv >spaces.csv
run train spaces.csv --device reference --epochs 1 --lr 0.5 -o spaces.safetensors
expect_text err "; one for each text in: width ("
expect_text err "adam at 0.5, cosine schedule"
expect "one epoch, not epochs" "$(grep -c '^training.*, 1 epoch$' err)" -eq 1
expect_text out "trained     1 epoch in"
expect_no_text err "1 epochs"

# One sigmoid output tells two classes apart, and both have a probability.
run train shapes.csv --device reference --output-activation sigmoid --hidden 8 --json -o single.safetensors --lr 0.03 --epochs 60
expect_code 0
expect_json network.widths '[2,8,1]'
expect_json loss_function bce
run predict single.safetensors bare.csv --device reference --proba
expect_code 0
expect "both classes" "$(head -n 1 out)" = probability_large,probability_small
run evaluate single.safetensors test.csv --device reference --json
expect_number "$(json test.accuracy)" '>=' 0.9

# Every choice of the tutorial's and the others, once.
run train shapes.csv --device reference --hidden none --activation tanh --loss sse --optimizer sgd --lr 0.01 --no-bias \
    --batch-size full --epochs 3 --validation 0 --no-shuffle --no-standardize --json -o plain.safetensors
expect_code 0
expect_json network.bias false
expect_json parameters 4
expect_json batch_size 200
expect_json epochs 3
expect_json validation.loss null
expect_json test.loss null
expect_number "$(json train.accuracy)" '>=' 0
for optimizer in adam adamw momentum nesterov rmsprop; do
    run train shapes.csv --device reference --optimizer $optimizer --schedule cosine --warm-up 0.1 --dropout 0.1 --clip-norm 1 \
        --weight-decay 1e-4 --epochs 2 --hidden 5,4 --activation gelu --patience 2 --quiet --init he -o x.safetensors
    expect_code 0
    expect_empty err
done

# Going on from a file's weights: without steps of any size they stay what they were.
run train shapes.csv --device reference --init shapes.safetensors --optimizer sgd --lr 1e-30 --epochs 1 --seed 3 -q -o same.safetensors
expect_code 0
expect_same shapes.safetensors same.safetensors

# Where no sample can be spared for validation, that is said.
printf 'a,b,kind\n1,2,x\n2,3,y\n3,4,z\n' >few.csv
run train few.csv --device reference --epochs 1 -o few.safetensors
expect_code 0
expect_text err "too few samples of each class to keep any for validation"
run train few.csv --device reference --epochs 1 --validation 0 -o few.safetensors
expect_no_text err "too few samples"

finish
