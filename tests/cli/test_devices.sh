# Devices: listed, chosen, missing.
. "$(dirname "$0")/support.sh"
write_classes shapes.csv

run devices
expect_code 0
expect_text out "reference"
run devices --json
expect_code 0
count=$(json devices.#)
expect_number "$count" '>=' 1
expect_json "devices.$((count - 1)).kind" reference
expect_json "devices.$((count - 1)).precisions.0" f64

# Precisions that kiln has not: said with what the device has; help does not offer them.
failure "--precision f16: kiln stores and computes in f32 or f64" train shapes.csv --device reference --precision f16
expect_text err "lacks that arithmetic too (cl_khr_fp16): use --precision f32"
failure "OpenCL has no arithmetic for it: use --precision f32" bench --device reference --precision bf16
expect "no model" ! -e shapes.safetensors
usage_error "--precision 'f8' is none of f32, f64" train shapes.csv --precision f8
run train --help
expect_no_text out f16
if [ "$count" -gt 1 ]; then
    failure "cl_khr_fp16" verify --device 0 --precision f16
fi

# No OpenCL device at all: one line that names the package, and the training goes on.
mkdir nothing
OCL_ICD_VENDORS=$folder/nothing
export OCL_ICD_VENDORS
run devices
expect_code 0
expect_text err "no OpenCL device found: install pocl-opencl-icd"
run train shapes.csv --epochs 2 -o shapes.safetensors
expect_code 0
expect_text err "no OpenCL device found: install pocl-opencl-icd (for the CPU) or your GPU's driver; going on with the reference backend"
expect "one line about it" "$(grep -c OpenCL err)" -eq 1
expect "a model" -s shapes.safetensors
run train shapes.csv --epochs 2 --quiet -o shapes.safetensors
expect_code 0
expect_empty err
run evaluate shapes.safetensors shapes.csv
expect_code 0
run predict shapes.safetensors shapes.csv
expect_code 0
failure "no OpenCL device found: install" train shapes.csv --device gpu
failure "no OpenCL device found: install" train shapes.csv --device 0
failure "no OpenCL device to verify: install" verify
failure "no OpenCL device to verify: install" verify --all
unset OCL_ICD_VENDORS

failure "no-such-device" train shapes.csv --device no-such-device
[ "$count" -gt 1 ] || finish

# What follows needs a device.
run train shapes.csv --device 0 --json --epochs 30 -o device.safetensors
expect_code 0
expect "its name" "$(json device)" != reference
expect_number "$(json validation.accuracy)" '>=' 0.9
run train shapes.csv --device 0 --gemm native --epochs 1 -q -o native.safetensors
expect_code 0

# Either strategy learns, gives the same bytes every time, and computes what it should.
for how in layers fused; do
    run train shapes.csv --device 0 --strategy $how --json --epochs 30 -o "$how.safetensors"
    expect_code 0
    expect_number "$(json validation.accuracy)" '>=' 0.9
    run train shapes.csv --device 0 --strategy $how -q --epochs 30 -o "$how-again.safetensors"
    expect_code 0
    expect_same "$how.safetensors" "$how-again.safetensors"
    run verify --device 0 --strategy $how --layers 9-17-3 --batch-size 13 -q
    expect_code 0
done
usage_error "strategy" train shapes.csv --strategy quick

# People who write kernels point to their folder; one without kernels is an error, not the built-in ones.
KILN_KERNELS=$folder/nothing
export KILN_KERNELS
failure "$folder/nothing" train shapes.csv --device 0
unset KILN_KERNELS

# More samples than the device's blocks, a last partial batch, and the reference's own answers.
run predict device.safetensors shapes.csv --device 0 -o on-device.csv
expect_code 0
run predict device.safetensors shapes.csv --device reference -o on-reference.csv
expect_code 0
expect_same on-device.csv on-reference.csv

finish
