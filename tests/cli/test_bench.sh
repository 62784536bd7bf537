# kiln bench: its table, its JSON, and wrong usage. How fast anything is, is nobody's promise here.
. "$(dirname "$0")/support.sh"

expect_table() {
    expect_code 0
    expect_empty err
    expect_text out "samples a second"
    expect_text out "us a step"
    expect "one row" "$(grep -c '^4-16-3 sgd  *16 ' out)" -eq 1
    expect_no_text out "784"
}

expect_object() {
    expect_code 0
    expect_empty err
    expect_json rounds 2
    expect_json strategy auto
    expect_json rows.# 1
    expect_json rows.0.name "4-16-3 sgd"
    expect_json rows.0.widths '[4,16,3]'
    expect_json rows.0.batch_size 16
    expect_json rows.0.optimizer sgd
    expect_json rows.0.loss_function cross-entropy
    expect_number "$(json rows.0.samples_per_second.min)" '>' 0
    expect_number "$(json rows.0.samples_per_second.median)" '>=' "$(json rows.0.samples_per_second.min)"
    expect_number "$(json rows.0.samples_per_second.max)" '>=' "$(json rows.0.samples_per_second.median)"
    expect_number "$(json rows.0.microseconds_per_step)" '>' 0
}

run bench --only 4-16-3 --rounds 1 --seconds 0.05 --device reference
expect_table
run bench --only 4-16-3 --rounds 2 --seconds 0.05 --device reference --json
expect_object
expect_json precision f64

# The tutorial's network: its four samples are the batch.
run bench --only 2-4-1 --rounds 1 --seconds 0.02 --device reference --json
expect_code 0
expect_json rows.# 1
expect_json rows.0.samples 4
expect_json rows.0.batch_size 4
expect_json rows.0.loss_function sse

usage_error "--only 'no-such-row' is in no row's name; the rows are 784-128-10 sgd, " bench --only no-such-row
usage_error "--rounds '0' is not a whole number of 1 or more" bench --rounds 0
usage_error "--seconds '0' is not a number above 0" bench --seconds 0
usage_error "'digits.csv' is one operand too many" bench digits.csv
usage_error "no option --round; did you mean --rounds?" bench --round 1

run devices --json
[ "$(json devices.#)" -gt 1 ] || finish

# What follows needs a device.
failure "no-such-device" bench --device no-such-device
run bench --only 4-16-3 --rounds 1 --seconds 0.05
expect_table
run bench --only 4-16-3 --rounds 2 --seconds 0.05 --json
expect_object
expect_json precision f32

finish
