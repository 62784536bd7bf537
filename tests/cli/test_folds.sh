# Cross-validation: its networks are those that training without the held-out samples gives, its figures follow from theirs.
. "$(dirname "$0")/support.sh"
write_classes shapes.csv
write_prices prices.csv

# statistics FIGURE: the mean and the deviation of its folds in out, n - 1, by awk, and how far the JSON's own are from them.
statistics() {
    i=0
    : >values
    while [ "$(json "cross_validation.$1.folds.$i")" != no-json ]; do
        json "cross_validation.$1.folds.$i" >>values
        i=$((i + 1))
    done
    awk -v mean="$(json "cross_validation.$1.mean")" -v std="$(json "cross_validation.$1.std")" '
        { v[NR] = $1; s += $1 }
        END { for (i = 1; i <= NR; i++) q += (v[i] - s / NR) ^ 2
            m = s / NR; d = sqrt(q / (NR - 1)); a = mean - m; b = std - d; scale = (m < 0 ? -m : m) + d
            print NR, (a < 0 ? -a : a) + (b < 0 ? -b : b) <= 1e-12 * scale ? "same" : "off: " m " " d }' values
}

run train shapes.csv --folds 3 --device reference --epochs 5 --seed 3 --json -o shapes.safetensors
expect_code 0
expect_json cross_validation.folds 3
expect_json cross_validation.done 3
expect_json cross_validation.ddof 1
expect_json cross_validation.samples '[67,67,66]'
expect_json cross_validation.train_samples '[133,133,134]'
expect_json cross_validation.epochs '[5,5,5]'
expect_json train.samples 200
expect_json validation.samples 0
for figure in accuracy macro_f1 loss; do
    expect "$figure's mean and deviation" "$(statistics $figure)" = "3 same"
done
expect_number "$(json cross_validation.accuracy.std)" '>' 0
# All held-out samples are in the confusion matrix, once, and its diagonal says how many were right.
right=0
for i in 0 1 2; do
    fold=$(json cross_validation.accuracy.folds.$i) samples=$(json cross_validation.samples.$i)
    right=$(awk -v r="$right" -v a="$fold" -v n="$samples" 'BEGIN { printf "%.0f", r + a * n }')
done
expect "the matrix's diagonal" $(($(json cross_validation.confusion.0.0) + $(json cross_validation.confusion.1.1))) -eq "$right"
expect "the first class" $(($(json cross_validation.confusion.0.0) + $(json cross_validation.confusion.0.1))) -eq "$(grep -c large shapes.csv)"
expect "the other class" $(($(json cross_validation.confusion.1.0) + $(json cross_validation.confusion.1.1))) -eq "$(grep -c small shapes.csv)"

# The same seed, the same figures; another seed, others. The network that is kept is that of all samples.
loss=$(json cross_validation.loss.folds)
run train shapes.csv --folds 3 --device reference --epochs 5 --seed 3 --json -o shapes.safetensors
expect_json cross_validation.loss.folds "$loss"
run train shapes.csv --folds 3 --device reference --epochs 5 --seed 4 --json -o other.safetensors
expect "another seed to make other folds" "$(json cross_validation.loss.folds)" != "$loss"
run train shapes.csv --validation 0 --device reference --epochs 5 --seed 3 -q -o alone.safetensors
expect_same shapes.safetensors alone.safetensors

# As many folds as samples: every row by itself is what a network of the others' table is evaluated on. Order aside, the same
# numbers, of 12 trainings in one command and of 12 commands; also where each network fills in what is missing.
head -n 13 prices.csv >few.csv
awk -F, -v OFS=, 'NR % 4 == 0 { $1 = "" } NR == 7 { $2 = "NA" } { print }' few.csv >holes.csv
for data in few.csv holes.csv; do
    settings="--device reference --precision f64 --hidden 4 --epochs 7 --seed 2"
    [ $data = few.csv ] || settings="$settings --missing median --missing-indicator"
    # shellcheck disable=SC2086
    run train $data --folds 12 $settings --json -o few.safetensors
    expect_code 0
    expect_json cross_validation.samples '[1,1,1,1,1,1,1,1,1,1,1,1]'
    expect_json cross_validation.r2.mean null
    expect_json cross_validation.rmse.folds.12 no-json
    for figure in rmse mae loss; do
        expect "$figure's mean and deviation" "$(statistics $figure)" = "12 same"
    done
    sort -g values >together # of the loss
    : >values
    for row in 2 3 4 5 6 7 8 9 10 11 12 13; do
        sed "${row}d" $data >rest.csv
        sed -n "1p;${row}p" $data >held.csv
        # shellcheck disable=SC2086
        run train rest.csv $settings --validation 0 -q -o rest.safetensors
        run evaluate rest.safetensors held.csv --device reference --json
        json test.loss >>values
    done
    sort -g values >one-by-one
    expect "12 losses" "$(wc -l <one-by-one)" -eq 12
    expect_same together one-by-one
done

# The table for people: a row a fold, what they come to, and then the network that is kept.
run train prices.csv --folds 4 --device reference --epochs 3 --target price -o prices.safetensors
expect_code 0
expect "a row a fold" "$(grep -cE '^   [1-4]  +225  +75  +3 ' out)" -eq 4
expect "the header" "$(head -n 1 out | tr -s ' ')" = "fold trained held out epochs RMSE MAE R2 loss"
expect "mean of RMSE" "$(awk '/^   [1-4] / { s += $5 } /^mean/ { d = s / 4 / $2 - 1; print (d < 0 ? -d : d) < 1e-5 }' out)" = 1
expect_text out "+- (standard deviation, n - 1)"
expect_text out "training    300 samples: RMSE"
expect_text err "folds       4 networks"
expect_text err "fold 4/4  epoch 3/3"
expect "the folds' progress" "$(grep -c '^fold ' err)" -eq 12
expect "the last network's progress" "$(grep -c '^epoch' err)" -eq 3

# Several targets, labels, early stopping, a test file, and the files of the network that is kept.
awk 'BEGIN { print "x,y,warm,wet"; for (i = 0; i < 90; i++) { x = i * 37 % 101; y = i * 53 % 97
    print x "," y "," (x > 50 ? "yes" : "no") "," (y > 40) } }' >several.csv
run train several.csv --target warm,wet --folds 3 --device reference --epochs 3 --json -o several.safetensors
expect_code 0
for figure in accuracy hamming_loss micro_f1 macro_f1 loss; do
    expect "$figure's mean and deviation" "$(statistics $figure)" = "3 same"
done
run train several.csv --target x,y --task regression --folds 3 --device reference --epochs 3 --json -o several.safetensors
expect_code 0
expect "a target's" "$(statistics per_target.1.rmse)" = "3 same"
expect "another target's" "$(statistics per_target.0.r2)" = "3 same"
run train shapes.csv --folds 3 --device reference --patience 2 --epochs 30 --lr 0.1 --validation 0.2 --json -o p.safetensors \
    --test shapes.csv --log p.jsonl --report p.html --save-config p.toml
expect_code 0
expect_json cross_validation.train_samples '[106,106,107]'
expect_json validation.samples 40
expect_json test.samples 200
expect "a line an epoch of the last network" "$(wc -l <p.jsonl)" -eq "$(json epochs)"
expect_text p.html "3 of 3 folds: accuracy"
expect_text p.toml "folds = 3"
loss=$(json cross_validation.loss.folds)
run train --config p.toml --json -o again.safetensors
expect_json cross_validation.loss.folds "$loss"
expect_same p.safetensors again.safetensors

# Ctrl-C in the second fold: what is done is said, and no network of half the work is left.
rm -f out err
command='kiln train --folds (SIGINT in fold 2)'
"$kiln" train shapes.csv --folds 3 --device reference --hidden 200,100 --epochs 150 -o none.safetensors >out 2>err &
pid=$!
tries=0
until grep -qs '^fold 2/3  epoch' err || [ $tries -eq 400 ]; do
    sleep 0.05
    tries=$((tries + 1))
done
kill -s INT $pid
wait $pid
code=$?
expect_code 130
expect "the first fold's row" "$(grep -cE '^   [12] ' out)" -ge 1
expect_text err "kiln: interrupted in fold"
expect_text err "of 3 folds were measured; no model was written"
expect "no model" ! -e none.safetensors

# What cannot be is said, and no model is written.
failure "fold 1 of 3: the loss became" train prices.csv --folds 3 --device reference --optimizer sgd --lr 1e30 -q -o none.safetensors
expect_text err "0 of 3 folds were measured; no model was written"
usage_error "--folds 1 would leave nothing to learn from" train shapes.csv --folds 1
usage_error "--folds '0' is not a whole number of 1 or more, nor 'none'" train shapes.csv --folds 0
usage_error "--checkpoint does not go with --folds" train shapes.csv --folds 3 --checkpoint state
usage_error "201 folds are asked for, but there are 200 samples" train shapes.csv --folds 201 --device reference -q -o none.safetensors
expect "no model" ! -e none.safetensors

# Every fold runs the kernels that the first one compiled: no program more is kept than one training needs.
run devices --json
if [ "$(json devices.0.name)" != no-json ]; then
    XDG_CACHE_HOME=$folder/one "$kiln" train shapes.csv --validation 0 --epochs 2 -q -o x.safetensors
    XDG_CACHE_HOME=$folder/all "$kiln" train shapes.csv --folds 3 --epochs 2 -q -o x.safetensors
    expect "programs" "$(find one -type f | wc -l)" -gt 0
    expect "no other programs" "$(find one -type f -printf '%f\n' | sort)" = "$(find all -type f -printf '%f\n' | sort)"
fi

finish
