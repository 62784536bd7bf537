# Numbers as targets: inferred, scaled while training, and in their own units everywhere else.
. "$(dirname "$0")/support.sh"
write_prices prices.csv

run train prices.csv --device reference --json
expect_code 0
expect_json task regression
expect_json target price
expect_json classes null
expect_json network.output_activation linear
expect_json loss_function mse
expect_json validation.accuracy null
expect_number "$(json validation.r2)" '>=' 0.98
rmse=$(json validation.rmse) loss=$(json validation.loss)
awk -v r="$rmse" -v l="$loss" 'BEGIN { d = r * r / l - 1; print d < 0 ? -d : d }' >difference
expect_number "$(cat difference)" '<' 1e-6
# The training loss is in the target's units too, not in those it was scaled to (where it would be below 2).
expect_number "$(json train.loss)" '>' 100

run train prices.csv --device reference --epochs 1 -o one.safetensors
expect_code 0
expect_text err "task        regression: 1 target, column 'price'"
expect_text err "targets are standardised while training"
expect_text out "RMSE"

run evaluate prices.safetensors prices.csv --device reference --json
expect_code 0
expect_number "$(json test.r2)" '>=' 0.98
expect_json test.confusion no-json

run predict prices.safetensors prices.csv --device reference
expect_code 0
tail -n +2 prices.csv | cut -d, -f3 >truth
tail -n +2 out | paste -d, truth - | awk -F, '{ d = $1 - $2; s += d * d } END { print sqrt(s / NR) }' >rmse
expect_number "$(cat rmse)" '<' 10000
usage_error "it has no classes" predict prices.safetensors prices.csv --device reference --proba

# Weights from a file are in the target's units: unscaled on the way in, scaled on the way out, they stay the same.
run train prices.csv --device reference --precision f64 -q -o whole.safetensors --epochs 20
run train prices.csv --device reference --precision f64 -q -o same.safetensors --init whole.safetensors --optimizer sgd --lr 1e-30 --epochs 1
expect_code 0
run predict whole.safetensors prices.csv --device reference -o whole.csv
run predict same.safetensors prices.csv --device reference -o same.csv
paste -d, whole.csv same.csv | awk -F, 'NR > 1 { d = $1 / $2 - 1; if (d < 0) d = -d; if (d > m) m = d } END { print m + 0 }' >difference
expect_number "$(cat difference)" '<' 1e-12

# Targets as they are, on request; and what does not go with numbers.
run train prices.csv --device reference --no-standardize --epochs 1 --json -o raw.safetensors
expect_code 0
expect_number "$(json train.loss)" '>' 1e6
usage_error "its target is a number, so this is regression" train prices.csv --device reference --loss cross-entropy
usage_error "its target is a number, so this is regression" train prices.csv --device reference --output-activation softmax

# A target that never varies, and no biases to carry the mean.
awk 'BEGIN { print "x,y"; for (i = 0; i < 60; i++) print i ",1.5" }' >constant.csv
run train constant.csv --device reference --task regression --epochs 2 --json -o constant.safetensors
expect_code 0
expect_number "$(json train.loss)" '<' 10
run train prices.csv --device reference --no-bias --epochs 2 -q -o nobias.safetensors
expect_code 0

finish
