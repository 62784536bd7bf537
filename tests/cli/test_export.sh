# Networks out and in, without the programs they are for: C files that are compiled and run on the examples, ONNX and PyTorch's
# weights that are read back and trained on from, and what does not go.
. "$(dirname "$0")/support.sh"
examples=$project/examples corpus=$project/tests/fuzz/corpus/onnx

# The columns of features, one row a line, to the class's name.
write_reader() { # NAME
    cat >reader.c <<END
#include "$1.h"
#include <stdio.h>

int main(void)
{
    float x[INPUTS];
    for (;;) {
        for (int i = 0; i < INPUTS; i++)
            if (scanf("%f%*[,]", &x[i]) != 1)
                return 0;
        printf("%s\n", $1_class_name($1_class(x)));
    }
}
END
}

check_c() { # DATA FEATURES NAME
    run export model.safetensors "$3.h"
    expect_code 0
    expect_text out "$3.h: network"
    write_reader "$3"
    command="cc reader.c, with $3.h"
    cc -std=c99 -Wall -Wextra -Wpedantic -Wconversion -Werror -DINPUTS="$2" reader.c -o reader -lm >out 2>err
    code=$?
    expect_code 0
    tail -n +2 "$1" | cut -d, -f1-"$2" | ./reader >answers
    run predict model.safetensors "$1" --device reference --precision f64 # no answer of these is within rounding of another
    tail -n +2 out >predictions
    expect "a prediction a row" "$(wc -l <predictions)" -eq "$(($(wc -l <"$1") - 1))"
    expect_same answers predictions
}

run train "$examples/iris.csv" --device reference -q -o model.safetensors
expect_code 0
check_c "$examples/iris.csv" 4 iris
expect_text iris.h '"petal_width"'
expect_text iris.h '"virginica"'
cp model.safetensors iris.safetensors

# Missing numbers are NaN in C too, and filled in there; an indicator is nothing that a program has to give.
awk -F, -v OFS=, 'NR > 1 { if (NR % 7 == 0) $1 = "nan"; if (NR % 11 == 3) $3 = "nan" } { print }' "$examples/iris.csv" >holes.csv
run train holes.csv --device reference --missing median --missing-indicator -q -o model.safetensors
expect_code 0
check_c holes.csv 4 holes
expect_text holes.h "HOLES_INPUTS = 4,"
expect_no_text holes.h "is missing\""

run train "$examples/digits.csv" --device reference -q -o model.safetensors --epochs 6 --hidden 24,16 --activation relu
expect_code 0
check_c "$examples/digits-test.csv" 64 digits
run export model.safetensors other.h --name reader_2 -q
expect_code 0
expect_empty out
expect_text other.h "static inline int reader_2_class(const float *x)"

# ONNX is read by every command, with all that the model had; and training from either gives the same network.
run export iris.safetensors iris.onnx
expect_code 0
expect_text out "iris.onnx: network 4-128-3, 1027 parameters"
run info iris.onnx --json
expect_json network.activation sigmoid
expect_json target species
run predict iris.safetensors "$examples/iris.csv" --device reference --proba -o one
run predict iris.onnx "$examples/iris.csv" --device reference --proba -o two
expect_same one two
run train "$examples/iris.csv" --device reference --from iris.safetensors --epochs 3 -o from1.safetensors
expect_code 0
expect_text err "from        iris.safetensors, whose weights and standardisation these are"
run train "$examples/iris.csv" --device reference --from iris.onnx --epochs 3 -q -o from2.safetensors
expect_same from1.safetensors from2.safetensors
run export iris.onnx again.onnx -q
expect_same iris.onnx again.onnx

# Going on does not begin anew: what the network had learned is there before the first step counts.
run train "$examples/iris.csv" --device reference --from iris.safetensors --epochs 1 --optimizer sgd --lr 1e-30 --json -o same.safetensors
expect_code 0
expect_number "$(json validation.accuracy)" '>=' 0.9

# Weights for PyTorch: the standardisation is in the first layer.
run export iris.safetensors raw.safetensors --precision f64
expect_code 0
run info raw.safetensors --json
expect_json standardised false
run train "$examples/iris.csv" --device reference --from raw.safetensors --epochs 1 -o from3.safetensors
expect_text err "from        raw.safetensors, whose weights these are; features are used as they are"
run predict raw.safetensors "$examples/iris.csv" --device reference --precision f64 --proba -o raw
run predict iris.safetensors "$examples/iris.csv" --device reference --precision f64 --proba -o own
paste -d, raw own | awk -F, 'NR > 1 { for (i = 1; i <= 3; i++) { d = $i - $(i + 3); if (d < 0) d = -d; if (d > m) m = d } } END { print m + 0 }' >difference
expect_number "$(cat difference)" '<' 1e-12

# A regression goes on in its own units.
write_prices prices.csv
run train prices.csv --device reference --precision f64 -q -o prices.safetensors --epochs 20
run export prices.safetensors prices.onnx --precision f64 -q
run train prices.csv --device reference --precision f64 -q --from prices.onnx --optimizer sgd --lr 1e-30 --epochs 1 -o same.safetensors
expect_code 0
run predict prices.safetensors prices.csv --device reference --precision f64 -o one
run predict same.safetensors prices.csv --device reference --precision f64 -o two
paste -d, one two | awk -F, 'NR > 1 { d = $1 / $2 - 1; if (d < 0) d = -d; if (d > m) m = d } END { print m + 0 }' >difference
expect_number "$(cat difference)" '<' 1e-12

# A network of PyTorch's exporter, which ends before the softmax, becomes a classifier.
run train "$examples/iris.csv" --device reference --from "$corpus/pytorch_relu" --json -o torch.safetensors
expect_code 0
expect_json network.activation relu
expect_json network.output_activation softmax
expect_number "$(json validation.accuracy)" '>=' 0.9
run info torch.safetensors --json
expect_json standardised false

# A table of just the network's columns has no target in it; one more column is one.
cut -d, -f1-4 "$examples/iris.csv" >features.csv
run predict "$corpus/pytorch_relu" features.csv --device reference -o one
run predict "$corpus/pytorch_relu" "$examples/iris.csv" --device reference -o two
expect_code 0
expect_same one two

# PyTorch's weights do not say what is between the layers.
weights=$project/tests/fuzz/corpus/safetensors/pytorch
usage_error "does not say its activations: give the hidden layers' with --activation" train "$examples/iris.csv" --device reference --from "$weights"
run train "$examples/iris.csv" --device reference --from "$weights" --activation relu -q -o torch2.safetensors
expect_code 0
expect_same torch.safetensors torch2.safetensors

# What does not go.
usage_error "its ending is .onnx, .h or .safetensors" export iris.safetensors iris.tflite
usage_error "its ending is .onnx, .h or .safetensors" export iris.safetensors .onnx
usage_error "--name is for C" export iris.safetensors iris2.onnx --name iris
usage_error "'2x' is no name for C" export iris.safetensors iris2.h --name 2x
usage_error "opset 12 is not written: 13 to 22 are" export iris.safetensors iris2.onnx --opset 12
usage_error "would be lost" export iris.onnx iris.onnx
failure "its folder nowhere" export iris.safetensors nowhere/iris.h
failure "cannot be opened" export absent.safetensors iris2.h
expect "no file after a failure" ! -e iris2.onnx -a ! -e iris2.h
failure "node 'memory' (LSTM) is nothing that kiln reads" train "$examples/iris.csv" --device reference --from "$corpus/lstm"
failure "tensor 'w' has its values in another file" train "$examples/iris.csv" --device reference --from "$corpus/external"
awk 'BEGIN { print "a,b,c"; for (i = 0; i < 60; i++) printf "%d,%d,%s\n", i, i * i % 7, substr("xyz", i % 3 + 1, 1) }' >three.csv
failure "has 3 classes, but the network of $corpus/pytorch_dynamo has 1 outputs" train three.csv --device reference --from "$corpus/pytorch_dynamo"
usage_error "its hidden layers are sigmoid: leave --activation relu out" train "$examples/iris.csv" --device reference --from iris.onnx --activation relu
usage_error "--hidden does not go with --from" train "$examples/iris.csv" --from iris.onnx --hidden 8
usage_error "--init does not go with --from" train "$examples/iris.csv" --from iris.onnx --init he
usage_error "--no-bias does not go with --from" train "$examples/iris.csv" --from iris.onnx --no-bias
usage_error "would be lost" train "$examples/iris.csv" --device reference --from iris.safetensors

finish
