# Ctrl-C and SIGTERM: what was learned is saved, and going on gives the network of a run that was never interrupted.
. "$(dirname "$0")/support.sh"
write_classes shapes.csv
write_prices prices.csv

# wait_for FILE TEXT: at most 20 seconds.
wait_for() {
    tries=0
    until grep -qsF -e "$2" "$1" || [ $tries -eq 400 ]; do
        sleep 0.05
        tries=$((tries + 1))
    done
}

# interrupted SIGNAL ARGUMENTS...: starts a training, and signals it once its third epoch is done.
interrupted() {
    signal=$1
    shift
    command="kiln $* (SIG$signal)"
    rm -f out err # not what an earlier command said
    "$kiln" "$@" >out 2>err &
    pid=$!
    wait_for err "epoch  3/"
    kill -s "$signal" $pid
    wait $pid
    code=$?
}

# Some seconds on the reference; the signal comes after some of its 60 epochs.
long="--device reference --hidden 200,100 --epochs 60 --validation 0.2 --dropout 0.2"

# shellcheck disable=SC2086
for data in shapes.csv prices.csv; do
    run train $data $long -o unbroken.safetensors --json
    expect_code 0
    unbroken=$(json validation.loss)

    interrupted INT train $data $long --checkpoint state -o broken.safetensors --report broken.html
    expect_code 130
    expect_empty out
    expect_text err "is in broken.safetensors"
    expect_text broken.html "The training did not come to its end, so nothing was measured."
    expect_text broken.html "<figcaption>Loss"
    expect_no_text broken.html "Worst mistakes"
    expect_text err "--resume goes on from state"
    run info broken.safetensors
    expect_code 0
    run train $data $long --checkpoint state --resume -o resumed.safetensors --json --report resumed.html
    expect_code 0
    expect_json epochs 60
    expect_json validation.loss "$unbroken"
    expect_same unbroken.safetensors resumed.safetensors
    expect_text resumed.html "were those of an earlier run"
    rm -f state state.previous
done

# shellcheck disable=SC2086
interrupted TERM train shapes.csv $long --json -o term.safetensors
expect_code 143
expect_json interrupted true
expect_json model term.safetensors
expect_json test.loss null
expect "the network so far" -s term.safetensors

# While data arrive there is nothing to save, and no model file.
mkfifo slow
command="kiln train - (SIGINT while it reads)"
"$kiln" train - --device reference -o none.safetensors <slow >out 2>err &
pid=$!
exec 9>slow
printf 'a,b\n1,2\n' >&9
sleep 0.5
kill -s INT $pid
sleep 0.5
kill -s INT $pid 2>/dev/null # where a block of data is waited for, the second one ends it
exec 9>&-
wait $pid
code=$?
expect_code 130
expect "no model" ! -e none.safetensors

# A checkpoint of another run is refused, and says by what.
run train shapes.csv --device reference --epochs 2 --checkpoint state -q -o a.safetensors
expect_code 0
failure "batch size" train shapes.csv --device reference --epochs 2 --checkpoint state --resume -q -o b.safetensors --batch-size 7
run train shapes.csv --device reference --epochs 2 --checkpoint state --resume -q -o b.safetensors
expect_code 0
expect_same a.safetensors b.safetensors

finish
