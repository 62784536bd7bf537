# --tensorboard: event files that TensorBoard reads, with the numbers of the log. What TensorBoard itself says is looked at where the
# Python that KILN_PEERS_PYTHON names, else python3, has it.
. "$(dirname "$0")/support.sh"
write_classes shapes.csv
write_prices prices.csv
training="--device reference -q -o m.safetensors"
reader="$project/tests/cli/event_values.py"

# shellcheck disable=SC2086
{
    run train shapes.csv $training --epochs 8 --schedule constant --tensorboard some/runs/a --log a.jsonl --checkpoint state
    expect_code 0
    expect "one file" "$(ls some/runs/a | wc -l)" -eq 1
    expect "the name that TensorBoard looks for" -s some/runs/a/events.out.tfevents.[0-9]*.kiln
    # The first record begins as TensorFlow's own do: its length, the checksum of that, a time, the version.
    expect "24 bytes, and their checksum" "$(od -An -tx1 -N12 some/runs/a/* | tr -d ' \n')" = 1800000000000000a37f4b22
    expect "the version" "$(tail -c +24 some/runs/a/* | head -c 13)" = brain.Event:2
    expect "five names, eight times" "$(grep -ao 'loss/train\|loss/validation\|accuracy/validation\|learning_rate\|samples_per_second' \
        some/runs/a/* | wc -l)" -eq 40

    run train prices.csv $training --epochs 3 --tensorboard some/runs/b --log b.jsonl
    expect_code 0
    expect "no accuracy of numbers" "$(cat some/runs/b/* | grep -c accuracy)" -eq 0
    run train shapes.csv $training --epochs 300 --hidden 4 --validation 0 --tensorboard c/ --log c.jsonl
    expect_code 0

    failure "shapes.csv: the folder cannot be made: Not a directory" train shapes.csv $training --tensorboard shapes.csv
    failure "shapes.csv/x: the folder cannot be made: Not a directory" train shapes.csv $training --tensorboard shapes.csv/x
}

${KILN_PEERS_PYTHON:-python3} "$reader" some/runs/a a.jsonl >said 2>&1
code=$?
[ $code -eq 77 ] && [ $failures -eq 0 ] && cat said && exit 77
command="python3 event_values.py" && cp said err && : >out
expect_code 0
for run in some/runs/b:b.jsonl c:c.jsonl; do
    ${KILN_PEERS_PYTHON:-python3} "$reader" "${run%:*}" "${run#*:}" >out 2>err
    code=$?
    expect_code 0
done

# Resumed, from a checkpoint that is older than the last events: each epoch is there once, as it was trained last.
# shellcheck disable=SC2086
{
    cp state old
    run train shapes.csv $training --epochs 10 --schedule constant --tensorboard some/runs/a --log a.jsonl --checkpoint state --resume
    sleep 1 # files are read in the order of their names, which begin with the second
    cp old state
    run train shapes.csv $training --epochs 12 --schedule constant --tensorboard some/runs/a --log a.jsonl --checkpoint state --resume
    expect_code 0
}
${KILN_PEERS_PYTHON:-python3} "$reader" some/runs/a a.jsonl >out 2>err
code=$?
expect_code 0
expect_text out "12 epochs of 5 scalars"

finish
