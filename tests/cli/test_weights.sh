# Sample weights and class weights: what is said of them, what they change, what is refused.
. "$(dirname "$0")/support.sh"

# 190 samples of "common", 10 of "rare", which overlap; weights 0.5, 1 and 4 in turn.
awk 'BEGIN {
    print "x,z,w,kind"
    for (i = 0; i < 200; i++) {
        rare = i % 20 == 7
        printf "%.3f,%.3f,%s,%s\n", (i * 37 % 101) / 50 + 0.9 * rare, (i * 53 % 97) / 48 + 0.8 * rare, \
            i % 3 == 0 ? "0.5" : i % 3 == 1 ? "1" : "4", rare ? "rare" : "common"
    }
}' >kinds.csv
cut -d, -f1,2,4 kinds.csv >plain.csv
set -- --device reference --seed 3 --epochs 60 --validation 0

# The column is no feature, and is named; other commands know it.
run train kinds.csv "$@" --weights w -o weighted.safetensors
expect_code 0
expect_text err "kinds.csv: 200 samples, 2 features"
expect_text err "weights     column 'w', 0.5 to 4"
expect_no_text err "ignored"
expect_text out "training    200 samples by weight: accuracy"
run predict weighted.safetensors kinds.csv --device reference
expect_code 0
mv out with-column
run predict weighted.safetensors plain.csv --device reference
expect_same out with-column
tail -n +2 kinds.csv >nameless.csv
run train nameless.csv "$@" --weights 2 -q -o nameless.safetensors
expect_code 0
run predict nameless.safetensors nameless.csv --device reference
expect_same out with-column
run evaluate weighted.safetensors kinds.csv --weights w --device reference
expect_text out "weights     column 'w'"
expect_text out "test        200 samples by weight: accuracy"

# Figures by weight are those of samples that are there as often; counts are of samples.
awk -F, 'NR == 1 { print; next } { for (i = 0; i < 2 * $3; i++) print }' kinds.csv >repeated.csv
run evaluate weighted.safetensors kinds.csv --weights w --device reference --json
expect_json test.weighted true
expect_json weights w
expect_json test.samples 200
accuracy=$(json test.accuracy) loss=$(json test.loss) matrix=$(json test.confusion)
run evaluate weighted.safetensors repeated.csv --device reference --json
expect_json test.weighted false
expect_json weights null
expect_number "$(awk -v a="$accuracy" -v b="$(json test.accuracy)" 'BEGIN { d = a - b; print d < 0 ? -d : d }')" '<' 1e-12
expect_number "$(awk -v a="$loss" -v b="$(json test.loss)" 'BEGIN { d = a - b; print d < 0 ? -d : d }')" '<' 1e-12
run evaluate weighted.safetensors kinds.csv --device reference --json
expect_json test.confusion "$matrix"

# Whole batches by gradient descent: twice as many samples, or twice the weight, is the same network but for rounding.
set -- --device reference --epochs 200 --validation 0 --batch-size full --optimizer sgd --lr 0.5 --no-standardize -q
run train kinds.csv "$@" --weights w -o a.safetensors
run train repeated.csv "$@" --ignore w -o b.safetensors
expect_code 0
for model in a b; do
    run predict $model.safetensors plain.csv --proba --device reference
    mv out $model.csv
done
expect_number "$(paste -d, a.csv b.csv | awk -F, 'NR > 1 { d = $1 - $3; d = d < 0 ? -d : d; if (d > most) most = d } END { print most }')" \
    '<' 1e-6
set -- --device reference --seed 3 --epochs 60 --validation 0

# Balanced classes: more of the rare ones are found.
run train plain.csv "$@" --json -q -o plain.safetensors
expect_json class_weights null
expect_json weights null
recall=$(json train.recall.1)
run train plain.csv "$@" --class-weight balanced --json -o balanced.safetensors
expect_text err "weights     classes balanced, 0.5263 to 10"
expect_json class_weights.1 10.0
expect_number "$(json train.recall.1)" '>' "$recall"
run train kinds.csv "$@" --weights w --class-weight balanced --test kinds.csv --json -o both.safetensors --report both.html
expect_text err "weights     column 'w', 0.5 to 4; classes balanced, 0.5263 to 10"
expect_text both.html "column &#39;w&#39;, 0.5 to 4; classes balanced, 0.5263 to 10"
expect_text both.html "Loss and accuracy are means by the samples&#39; weights; all else counts samples."
expect_json weights.column w
expect_json weights.least 0.5
expect_json weights.most 4.0
expect_json test.weighted true
run train kinds.csv "$@" --weights w --class-weight balanced --save-config run.toml -q -o first.safetensors
run train --config run.toml -q -o second.safetensors
expect_code 0
expect_same first.safetensors second.safetensors
run train kinds.csv "$@" --validation 0.2 --weights w --class-weight balanced --folds 3 -q -o folds.safetensors
expect_code 0

usage_error "kinds.csv: no column 'weight'" train kinds.csv "$@" --weights weight
usage_error "'w' cannot be the target: it has the weights" train kinds.csv "$@" --weights w --target w
usage_error "column 'w' has the weights: --ignore is for the others" train kinds.csv "$@" --weights w --ignore w
usage_error "--class-weight balanced is for classification" train plain.csv "$@" --class-weight balanced --task regression
usage_error "plain.csv: its target is no class, so --class-weight balanced has nothing to balance" train plain.csv "$@" \
    --class-weight balanced --target x
usage_error "column 'x' cannot be the weights: it is one of the network's inputs" evaluate plain.safetensors plain.csv \
    --weights x --device reference
sed '5s/,[^,]*,\([a-z]*\)$/,-1,\1/' kinds.csv >negative.csv
failure "negative.csv:5: column 3 ('w'): '-1' is below 0: a sample's weight is 0 or more" train negative.csv "$@" --weights w
sed '5s/,[^,]*,\([a-z]*\)$/,inf,\1/' kinds.csv >infinite.csv
failure "infinite.csv:5: column 3 ('w'): 'inf' is not finite" train infinite.csv "$@" --weights w
sed '2,$s/,[^,]*,\([a-z]*\)$/,0,\1/' kinds.csv >none.csv
usage_error "the weights of all 200 training samples are 0" train none.csv "$@" --weights w

# kiln verify checks weights, too.
run verify --weights --layers 7-5-3 --device auto --json
[ "$code" -eq 0 ] || expect_text err "no OpenCL device"
finish
