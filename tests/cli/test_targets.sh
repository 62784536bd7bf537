# Several targets: numbers, each in its own units; and labels, of 0 and 1 or of two texts.
. "$(dirname "$0")/support.sh"

# A linear price of some hundred thousand, and a share of thousandths that no plane reaches.
awk 'BEGIN { print "x,y,price,tiny"
    for (i = 0; i < 400; i++) { a = (i * 37 % 101) / 50 - 1; b = (i * 53 % 97) / 48 - 1
        printf "%.3f,%.3f,%.1f,%.7f\n", a, b, 200000 + 50000 * a - 30000 * b, 0.001 * sin(3 * a) * b } }' >numbers.csv
# Rules in the plane, and the two of opposite quarters; as numbers, and as texts among the features.
awk 'BEGIN { print "x,y,right,upper,quarter" >"labels.csv"; print "right,x,upper,y,quarter" >"texts.csv"
    for (i = 0; i < 400; i++) { a = (i * 37 % 101) / 50 - 1; b = (i * 53 % 97) / 48 - 1; r = a > 0.2; u = b > 0
        q = (a > 0) == u
        printf "%.3f,%.3f,%d,%d,%d\n", a, b, r, u, q >"labels.csv"
        printf "%s,%.3f,%s,%.3f,%d\n", (r ? "yes" : "no"), a, (u ? "true" : "false"), b, q >"texts.csv" } }'
common="--device reference --hidden 16 --activation tanh --lr 0.02"

# --- numbers

# shellcheck disable=SC2086
run train numbers.csv --target price,tiny $common --epochs 80 --json
expect_code 0
expect_json task regression
expect_json target null
expect_json targets.# 2
expect_json targets.1 tiny
expect_json network.output_activation linear
expect_json loss_function mse
expect_json validation.per_target.# 2
# A predictor of means has 0, the best plane 0.1 at most of the second: 0.95 is learnt, and each is scaled by itself.
expect_number "$(json validation.per_target.0.r2)" '>=' 0.95
expect_number "$(json validation.per_target.1.r2)" '>=' 0.95
expect_number "$(json validation.per_target.1.rmse)" '<' 0.0005
mean=$(awk -v a="$(json validation.per_target.0.r2)" -v b="$(json validation.per_target.1.r2)" -v r="$(json validation.r2)" \
    'BEGIN { d = (a + b) / 2 - r; print d < 0 ? -d : d }')
expect_number "$mean" '<' 1e-12

run evaluate numbers.safetensors numbers.csv --device reference
expect_code 0
expect_text out "target         RMSE          MAE       R2"
expect "a row for each target" "$(grep -cE '^(price|tiny) +[0-9.e+-]+ +[0-9.e+-]+ +0\.9' out)" = 2
run evaluate numbers.safetensors numbers.csv --device reference --json
expect_json task regression
expect_json targets.0 price
rmse=$(json test.per_target.0.rmse) tiny=$(json test.per_target.1.mae)

# The figures again, from what is predicted.
run predict numbers.safetensors numbers.csv --device reference -o answers.csv
expect_code 0
expect "a column for each target" "$(head -n 1 answers.csv)" = price,tiny
paste -d, numbers.csv answers.csv | awk -F, -v r="$rmse" -v m="$tiny" 'NR > 1 { d = $3 - $5; s += d * d; e = $4 - $6; t += e < 0 ? -e : e }
    END { a = sqrt(s / (NR - 1)) / r - 1; b = t / (NR - 1) / m - 1; print (a < 0 ? -a : a) + (b < 0 ? -b : b) }' >difference
expect_number "$(cat difference)" '<' 1e-4
cut -d, -f1,2 numbers.csv >bare.csv
run predict numbers.safetensors bare.csv --device reference
expect_same out answers.csv
run info numbers.safetensors
expect_text out "targets     price, tiny"

# shellcheck disable=SC2086
run train numbers.csv --target 2,-1 $common --epochs 1 -o indices.safetensors
expect_text err "task        regression: 2 targets, columns 'price', 'tiny'"

# --- labels

# shellcheck disable=SC2086
run train labels.csv --target right,upper,quarter --test labels.csv $common --epochs 80 --patience 40
expect_code 0
expect_text err "task        multilabel: 3 labels, columns 'right', 'upper', 'quarter'; inferred: each has two values only"
expect_text err "sigmoid output"
expect_text err "loss bce"
expect_text out "subset accuracy"
expect_text out "label    precision   recall       F1  samples"
expect_no_text out "confusion"
run evaluate labels.safetensors labels.csv --device reference --json
expect_code 0
expect_json task multilabel
expect_json classes null
expect_json loss_function bce
# Always saying the commonest value of each is right in all three of a sample in less than half of them.
expect_number "$(json test.accuracy)" '>=' 0.9
expect_number "$(json test.f1.2)" '>=' 0.9
expect_json test.confusion.# 3
accuracy=$(json test.accuracy) hamming=$(json test.hamming_loss) micro=$(json test.micro_f1) second=$(json test.recall.1)

# The figures again, from what is predicted.
run predict labels.safetensors labels.csv --device reference -o answers.csv
expect "a column for each label" "$(head -n 1 answers.csv)" = right,upper,quarter
paste -d, labels.csv answers.csv | awk -F, 'NR > 1 { wrong = 0
        for (l = 3; l <= 5; l++) { t = $l; p = $(l + 3); wrong += t != p; tp += t && p; some += t + p }
        bad += wrong; right += wrong == 0; hit += $4 && $7; has += $4 }
    END { printf "%.12g %.12g %.12g %.12g\n", right / (NR - 1), bad / (NR - 1) / 3, 2 * tp / some, hit / has }' >figures
printf '%.12g %.12g %.12g %.12g\n' "$accuracy" "$hamming" "$micro" "$second" >reported
expect_same figures reported
run predict labels.safetensors labels.csv --device reference --proba
expect_code 0
expect "probabilities by label" "$(head -n 1 out)" = probability_right,probability_upper,probability_quarter
paste -d, out answers.csv | awk -F, 'NR > 1 { for (l = 1; l <= 3; l++) wrong += $l < 0 || $l > 1 || ($l >= 0.5) != $(l + 3) }
    END { print wrong + 0 }' >wrong
expect "labels that follow from the probabilities" "$(cat wrong)" = 0

# shellcheck disable=SC2086
run train texts.csv --target right,upper,quarter $common --epochs 3 --task multilabel -q --json
expect_json task multilabel
run info texts.safetensors
expect_text out "task        multilabel"
expect_text out "targets     right (no/yes), upper (false/true), quarter"
run info texts.safetensors --json
expect_json labels.0.1 yes
expect_json labels.2.0 0
run predict texts.safetensors texts.csv --device reference
expect "texts as the file has them" "$(grep -cE '^(yes|no),(true|false),[01]$' out)" = 400
run evaluate texts.safetensors texts.csv --device reference
expect_code 0

# 0 and 1 as numbers, on request; a single label; verification.
# shellcheck disable=SC2086
run train labels.csv --target right,upper --task regression $common --epochs 1 --json -q -o raw.safetensors
expect_json loss_function mse
# shellcheck disable=SC2086
run train labels.csv --target right --task multilabel $common --epochs 1 --json -q -o one.safetensors
expect_json network.widths.2 1
run predict one.safetensors labels.csv --device reference
expect "a single label by its name" "$(head -n 1 out)" = right
run verify labels.safetensors --device reference -q
expect_code 0

# Going on from a checkpoint arrives where one run does.
for epochs in 4 8; do
    # shellcheck disable=SC2086
    run train labels.csv --target right,upper,quarter $common --schedule constant --epochs $epochs --checkpoint c --resume -q -o two.safetensors
    expect_code 0
done
# shellcheck disable=SC2086
run train labels.csv --target right,upper,quarter $common --schedule constant --epochs 8 -q -o whole.safetensors
expect_same two.safetensors whole.safetensors

# --- what does not go

usage_error "'upper' names column 4, which is a target already" train labels.csv --target upper,upper --device reference
usage_error "no column 'lower': there are 'x'" train labels.csv --target right,lower --device reference
failure "of the targets 'right' has texts and 'x' has numbers" train texts.csv --target x,right --device reference
usage_error "classification has one target, not 2" train labels.csv --target right,upper --task classification --device reference
usage_error "so this is multilabel: softmax and cross-entropy need classes" \
    train labels.csv --target right,upper --device reference --loss cross-entropy
usage_error "multilabel has bce" train labels.csv --target right,upper --task multilabel --loss cross-entropy
usage_error "it has no classes" predict numbers.safetensors numbers.csv --proba
cut -d, -f1-4 labels.csv >part.csv
failure "no column 'quarter', which is one of the network's 3 targets" evaluate labels.safetensors part.csv --device reference
failure "has no targets to compare with" evaluate labels.safetensors bare.csv --device reference
usage_error "2 targets are named, the network has 3" evaluate labels.safetensors labels.csv --target right,upper --device reference

# What follows needs an OpenCL device: both ways to train on it, verified, and explained.
run devices --json
[ "$(json devices.#)" -gt 1 ] || finish
for strategy in layers fused; do
    run train labels.csv --target right,upper,quarter --device 0 --strategy $strategy --hidden 16 --activation tanh --lr 0.02 \
        --epochs 80 --json -q
    expect_code 0
    expect_number "$(json validation.accuracy)" '>=' 0.9
    run verify labels.safetensors --device 0 --strategy $strategy -q
    expect_code 0
done
run explain labels.csv --target right,upper,quarter --device 0 --steps 5 --json
expect_code 0
expect_json network.widths '[2,128,3]'

finish
