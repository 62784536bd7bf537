# MNIST's format: images and labels, plain and gzipped, whole and damaged.
. "$(dirname "$0")/support.sh"

# byte N: the byte of a number.
byte() {
    # shellcheck disable=SC2059
    printf "\\$(printf %03o "$1")"
}

# write_idx NAME COUNT: images of 2 x 3 bytes in NAME-images, of which label 0 has its upper and 1 its lower row lit.
write_idx() {
    { printf '\000\000\010\003\000\000\000' && byte "$2" && printf '\000\000\000\002\000\000\000\003'; } >"$1-images"
    { printf '\000\000\010\001\000\000\000' && byte "$2"; } >"$1-labels"
    i=0
    while [ $i -lt "$2" ]; do
        if [ $((i * 7 % 3)) -eq 0 ]; then
            { printf '\377\310\372\001\002' && byte $((i % 8)); } >>"$1-images"
            printf '\000' >>"$1-labels"
        else
            { byte $((i % 8)) && printf '\003\001\366\377\311'; } >>"$1-images"
            printf '\001' >>"$1-labels"
        fi
        i=$((i + 1))
    done
}
write_idx train 120
write_idx test 40
gzip -k train-images test-labels

run train train-images --labels train-labels --test test-images --test-labels test-labels --device reference --json -o idx.safetensors
expect_code 0
expect_json task classification
expect_json features 6
expect_json test.samples 40
expect_json test.accuracy 1.0
run train train-images.gz --labels train-labels --test test-images --test-labels test-labels.gz --device reference -q -o gz.safetensors
expect_code 0
expect_same idx.safetensors gz.safetensors

run evaluate idx.safetensors test-images --labels test-labels --device reference --json
expect_code 0
expect_json test.accuracy 1.0
run predict idx.safetensors test-images --device reference
expect_code 0
expect "answers" "$(sed -n '1,4p' out | tr '\n' ' ')" = "prediction 0 1 1 "
"$kiln" predict idx.safetensors - --device reference <test-images >piped 2>err
expect_same out piped

run train train-images.gz --labels train-labels --device reference --epochs 1 -q
expect_code 0
expect "the model's name from the data's" -s train-images.safetensors

usage_error "give the file of labels with --labels" train train-images --device reference
failure "has no targets" evaluate idx.safetensors test-images --device reference
failure "40" train train-images --labels test-labels --device reference
head -c 100 train-images >short-images
failure "short-images" train short-images --labels train-labels --device reference
head -c 10 train-images >short-images
failure "short-images" train short-images --labels train-labels --device reference
{ cat train-images; printf x; } >longer
failure "longer" train longer --labels train-labels --device reference
head -c 60 train-images.gz >cut.gz
failure "cut.gz" train cut.gz --labels train-labels --device reference
failure "train-images" train train-images --labels train-images --device reference

finish
