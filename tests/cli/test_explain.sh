# kiln explain: the table, the JSON object, and devices that are not there.
. "$(dirname "$0")/support.sh"

run explain --help
expect_text out "usage: kiln explain [options] DATA"
expect_text out "--hidden W,W,..."
expect_text out "--device-model G,B,L"

write_classes shapes.csv
for model in 15000,900 15000,900,5,1 0,900,5 15000,0,5 15000,900,-5 fast 15000,900, gflops=15000,gbs=900 1,2,launch_us=3 \
    gflops=1,gflops=2,gbs=3 gflops=x,gbs=900,launch_us=5 nan,1,1 inf,1,1; do
    usage_error "--device-model '$model' is not three numbers" explain shapes.csv --device-model "$model"
done
usage_error "--device-model is empty" explain shapes.csv --device-model ""
usage_error "something is missing" explain
failure "launches nothing, so there is nothing to explain" explain shapes.csv --device reference
failure "nosuch.csv" explain nosuch.csv --device reference

# What follows needs an OpenCL device.
run devices --json
[ "$(json devices.#)" -gt 1 ] || finish

run explain shapes.csv --hidden 9 --steps 5 --gemm native --clip-norm 1 --strategy layers --device 0
expect_code 0
expect_empty err
expect_text out "one training step: network 2-9-2, 47 parameters, a batch of 32, f32"
expect_text out "layer 1 forward"
expect_text out "32 x 9 x 2"
expect_text out "launches a step                      7"
expect_text out "products: kiln's own kernels, since asked for"
expect_text out "data: resident, all 200 samples"
expect "no file written" ! -e shapes.safetensors

run explain shapes.csv --hidden 9 --batch-size 20 --steps 5 --gemm native --clip-norm 1 --strategy layers --device 0 --json
expect_code 0
expect_json measured true
expect_json device_model null
expect_json network.widths '[2,9,2]'
expect_json batch 20
expect_json launches.# 7
expect_json launches.1.what "layer 1 forward"
expect_json launches.1.kernel dense_forward
expect_json launches.1.m 20
expect_json launches.1.n 9
expect_json launches.1.k 2
expect_json launches.1.flops 720.0
expect_json launches.0.n null
expect_number "$(json launches.1.seconds)" '>' 0
expect_number "$(json launches.1.share)" '>' 0
expect_number "$(json peak_flops)" '>' 1e6
expect_number "$(json peak_bytes)" '>' 1e6
expect_number "$(json step_seconds)" '>' 0
expect_number "$(json samples_per_second)" '>' 0
expect_json steps_a_launch 1
expect_json choices.0.what strategy
expect_json choices.0.why "asked for"
expect_json choices.1.what products

# A GPU that is not there: 13 launches by CLBlast, each 5 us and what it moves.
run explain shapes.csv --hidden 9 --device 0 --device-model 15000,900,5
expect_code 0
expect_text out "PREDICTED for a device that is not there: 15000 GFLOP/s, 900 GB/s, 5 us a launch"
expect_text out "CLBlast gemm"
expect_text out "products: CLBlast, since the model is of a GPU"
mv out plain
run explain shapes.csv --hidden 9 --device 0 --device-model launch_us=5,gflops=15000,gbs=900
expect_code 0
expect_same out plain
run explain shapes.csv --hidden 9 --device 0 --device-model 15000,900,5 --json
expect_code 0
expect_json measured false
expect_json device null
expect_json device_model.gbs 900.0
expect_json launches.# 13
expect_number "$(json step_seconds)" '>' 65e-6
expect_number "$(json step_seconds)" '<' 66e-6
run explain shapes.csv --hidden 9 --device 0 --gemm native --clip-norm 1 --device-model 15000,900,5 --json
expect_json launches.# 9
expect_json choices.1.chosen "kiln's own kernels"

# Whole steps in one launch.
run explain shapes.csv --hidden 9 --steps 5 --strategy fused --device 0
expect_code 0
expect_text out "whole step"
expect_text out "steps a launch"
expect_text out "strategy: fused, whole steps in one launch, since asked for"
run explain shapes.csv --hidden 9 --steps 5 --batch-size 20 --strategy fused --device 0 --json
expect_json launches.# 1
expect_json steps_a_launch 9
expect_number "$(json launches.0.seconds)" '>' 0

finish
