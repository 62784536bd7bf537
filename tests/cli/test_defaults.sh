# With every option left alone the shipped data give good networks, on the device that a person has.
. "$(dirname "$0")/support.sh"

run train "$project/examples/digits.csv" --test "$project/examples/digits-test.csv" --json
expect_code 0
expect_json task classification
expect_json classes.# 10
expect_json test.samples 360
expect_number "$(json test.accuracy)" '>=' 0.97
expect "a model here" -s digits.safetensors

run train "$project/examples/iris.csv" --json
expect_code 0
expect_json target species
expect_json classes.# 3
run evaluate iris.safetensors "$project/examples/iris.csv" --json
expect_code 0
expect_number "$(json test.accuracy)" '>=' 0.95

finish
