# What is said about files that are not what they should be. Every sentence names the place and the remedy.
. "$(dirname "$0")/support.sh"
write_classes shapes.csv
run train shapes.csv --device reference --epochs 1 -q -o shapes.safetensors
expect_code 0

failure "nosuch.csv" train nosuch.csv --device reference
failure "$folder" train "$folder" --device reference
failure "nosuch.csv" train shapes.csv --test nosuch.csv --device reference
failure "nosuch.safetensors" info nosuch.safetensors
failure "nosuch.safetensors" predict nosuch.safetensors shapes.csv --device reference
failure "nosuch.safetensors" evaluate nosuch.safetensors shapes.csv --device reference
failure "nosuch.safetensors" verify nosuch.safetensors --device reference
failure "nosuch.safetensors" train shapes.csv --init nosuch.safetensors --device reference
failure "shapes.csv" info shapes.csv
: >empty
failure "empty" train empty --device reference
failure "empty" info empty

usage_error "nosuch" train shapes.csv --target nosuch --device reference
usage_error "7" train shapes.csv --target 7 --device reference

# A place in the file: line and column.
printf 'a,b,kind\n1,2,x\n3,oops,y\n5,6,x\n' >word.csv
failure "word.csv:3" train word.csv --device reference
expect_text err "oops"
printf 'a,b,kind\n1,2,x\n3,,y\n' >hole.csv
failure "hole.csv:3" train hole.csv --device reference
printf 'a,b,kind\n1,2,x\n3,4\n' >short.csv
failure "short.csv:3" train short.csv --device reference
printf 'a,kind\n1,x\n2,x\n' >one.csv
failure "same class" train one.csv --device reference

# A test file, or new data, that do not fit the network.
printf 'width,height,kind\n0.1,0.2,gigantic\n' >unknown.csv
failure "gigantic" train shapes.csv --test unknown.csv --device reference
failure "gigantic" evaluate shapes.safetensors unknown.csv --device reference
printf 'width,height\n0.1,0.2\n' >bare.csv
failure "cannot be tested on" train shapes.csv --test bare.csv --device reference
failure "has no targets to compare with" evaluate shapes.safetensors bare.csv --device reference
printf 'width,kind\n0.1,large\n' >narrow.csv
failure "narrow.csv" predict shapes.safetensors narrow.csv --device reference
printf '%s\n' '0.1,0.2,0.3,0.4' '0.1,0.2,0.3,0.5' >wide.csv
failure "wide.csv" predict shapes.safetensors wide.csv --device reference

# Model files cut short or changed.
size=$(wc -c <shapes.safetensors)
for part in 0 4 8 100 $((size / 2)) $((size - 1)); do
    head -c "$part" shapes.safetensors >cut.safetensors
    failure "cut.safetensors" info cut.safetensors
done
{ cat shapes.safetensors; printf x; } >longer.safetensors
failure "longer.safetensors" predict longer.safetensors bare.csv --device reference

# What cannot be written is found out before the work is done.
failure "nosuch/model: cannot be written" train shapes.csv --device reference -o nosuch/model
failure "$folder: is a folder" train shapes.csv --device reference -o "$folder"
failure "nosuch/c: cannot be written" train shapes.csv --device reference --checkpoint nosuch/c
failure "nosuch/p: cannot be written" predict shapes.safetensors bare.csv --device reference -o nosuch/p

# A loss that is no number ends the run with the step and the rate, and leaves no model.
awk 'BEGIN { print "x,y"; for (i = 0; i < 64; i++) print i * 1e30 "," i * 1.5 * (i % 7) }' >huge.csv
run train huge.csv --task regression --device reference --no-standardize --hidden 4 --activation linear --optimizer sgd --lr 1e300 \
    --schedule constant --epochs 5 -o huge.safetensors
expect_code 1
expect_text err "step"
expect_text err "1e+300"
expect "no model" ! -e huge.safetensors

# Where whole epochs were good, their network is kept. The last layer's factor grows each step until it overflows.
printf 'a,t\n1,1.5\n2,2.5\n3,3.5\n4,4.5\n' >line.csv
run train line.csv --device reference --no-standardize --hidden 8 --activation linear --optimizer sgd --lr 2 --schedule constant \
    --epochs 60 --precision f64 -o kept.safetensors
expect_code 1
expect_text err "learning rate 2"
expect_text err "last good epoch left it is in kept.safetensors"
run info kept.safetensors
expect_code 0

# A checkpoint that does not fit, here by a limit of 8 KiB a file, ends the run, and costs no network.
command="kiln train --checkpoint state, in files of 8 KiB"
(trap '' XFSZ && ulimit -f 16 && "$kiln" train shapes.csv --device reference --epochs 9 --checkpoint state -o saved.safetensors) >out 2>err
code=$?
expect_code 1
expect_text err "state: cannot be written"
expect_text err "last good epoch left it is in saved.safetensors"
run evaluate saved.safetensors shapes.csv --device reference
expect_code 0

finish
