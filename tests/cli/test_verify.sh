# kiln verify: the table, its verdict, and its exit code.
. "$(dirname "$0")/support.sh"

run verify --device reference --layers 7-5-3
expect_code 0
expect_text out "central differences"
expect_text out "weight gradient"
expect_text out "verified: all is within its bound on 1 device"
expect_no_text out "WRONG"
run verify --device reference --layers 7-5-1 --loss huber --optimizer momentum --dropout 0.2 --clip-norm 0.5 --weight-decay 0.01 \
    --steps 2 --batch-size 9 --seed 5 --activation relu --json
expect_code 0
expect_json holds true
expect_json reference.holds true
expect_json devices.# 1
expect_json devices.0.holds true
expect_json devices.0.error null
expect_json network.widths '[7,5,1]'
expect_json parameters 46
expect_json steps 2
expect_number "$(json devices.0.rows.#)" '>' 3
expect_number "$(json devices.0.rows.0.share)" '<=' 1
run verify --device reference --quiet
expect_code 0
expect_empty out
expect_empty err

# A model that was trained.
write_classes shapes.csv
run train shapes.csv --device reference --epochs 1 -q -o shapes.safetensors --hidden 9
run verify shapes.safetensors --device reference
expect_code 0
expect_text out "network 2-9-2, 47 parameters"

usage_error "bce" verify --device reference --layers 3-2 --loss bce --output-activation linear

# Every device there is.
run devices --json
[ "$(json devices.#)" -gt 1 ] || finish
run verify --device 0
expect_code 0
expect_text out "verified: all is within its bound"

finish
