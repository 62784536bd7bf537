# Progress: lines where standard error is a file or a pipe; on a terminal one line that is rewritten, within its width.
. "$(dirname "$0")/support.sh"
write_classes shapes.csv
write_prices prices.csv

# A file has a line for each of some epochs, and not one for each of hundreds that take no time.
run train shapes.csv --device reference --epochs 40 --hidden 4 -o log.safetensors
expect "a line for each of 40 epochs" "$(grep -c '^epoch' err)" -eq 40
expect_text err "epoch  1/40  loss "
expect_text err " %, loss "
expect_text err " samples/s"
expect_text err "epoch 40/40  loss "
expect_no_text err "$(printf '\033')"
expect_no_text err "$(printf '\r')"
run train shapes.csv --device reference --epochs 600 --hidden 4 -o log.safetensors
expect "fewer lines than 600 epochs" "$(grep -c '^epoch' err)" -lt 100
expect_text err "epoch   1/600"
expect_text err "epoch 600/600"
run train prices.csv --device reference --epochs 3 --hidden 4 -o log.safetensors
expect "no accuracy of numbers" "$(grep -c '^epoch.*validation [0-9.e-]* *[0-9.kM]* samples/s' err)" -eq 3
run train shapes.csv --device reference --epochs 3 --hidden 4 -q -o log.safetensors
expect_empty err

# A training that stops early ends with the line of its last epoch, whichever that is.
run train shapes.csv --device reference --epochs 5000 --hidden 4 --lr 0.5 --patience 7 --json -o log.safetensors
expect_json stopped_early true
expect "the last epoch's line" "$(grep '^epoch' err | tail -n 1 | sed 's/^epoch *//; s,/.*,,')" = "$(json epochs)"

command -v script >/dev/null || finish

# on_terminal COLUMNS ARGUMENTS...: what kiln train draws on a terminal of that width, in `out`; its lines, without colours and
# with one byte a character, in `lines`.
on_terminal() {
    columns=$1
    shift
    command="kiln train $*, on a terminal of $columns columns"
    printf '%s\n' "stty cols $columns" "'$kiln' train $* -o t.safetensors 2>&1 >/dev/null" >live.sh
    script -qec "sh live.sh" /dev/null >out 2>err </dev/null
    tr '\r' '\n' <out | LC_ALL=C sed 's/\x1b\[[0-9]*[mK]//g' | tr -d '\200-\277' | grep -a '^epo' >lines
}
export TERM=xterm LC_ALL=C.UTF-8
training="shapes.csv --device reference --epochs 30 --hidden 64"
lowest=$(printf '\342\226\201') highest=$(printf '\342\226\210')

for width in 5 12 24 40 80 200; do
    on_terminal $width $training
    expect "lines are drawn" -s lines
    expect "lines within $width columns" "$(awk -v width=$width 'length >= width' lines | wc -l)" -eq 0
    expect "one line, rewritten" "$(sed '/building the plan/,$!d' out | wc -l)" -eq 1
done
on_terminal 40 $training
expect_text out "$(printf '\r\033[K')epoch 30/30  loss "
expect_no_text out "samples/s"
expect_no_text out "$highest"
on_terminal 80 $training
expect_text out "epoch 30/30  loss "
expect_text out "$highest" # the loss falls from its highest to its lowest
expect_text out "$lowest"
expect_text out "  validation "
expect_text out "/s  in "
on_terminal 200 $training
expect_text out "[$(printf '\033[32m')========================$(printf '\033[0m')]"
expect_text out "samples/s"
expect_text out " %, loss "
expect "the curve falls from left to right" "$(grep -c "loss .* .*$highest.*$lowest" out)" -gt 0
NO_COLOR=1 on_terminal 200 $training
expect_text out "[========================]"
expect_text out "$lowest"
expect_no_text out "$(printf '\033[3')"

# Characters that the locale does not have are not drawn; a terminal that cannot move its cursor gets lines.
LC_ALL=C on_terminal 200 $training
expect_text out "samples/s"
expect_no_text out "$lowest"
TERM=dumb on_terminal 200 $training
expect_text out "epoch  3/30"
expect_no_text out "$(printf '\033')"
on_terminal 200 $training --quiet
expect_empty out

# Short epochs do not wait for the terminal, and the last is shown; a width that changes is followed.
on_terminal 120 shapes.csv --device reference --hidden 4 --epochs 3000
expect "fewer lines than epochs" "$(wc -l <lines)" -lt 1000
expect_text out "epoch 3000/3000"
on_terminal 120 shapes.csv --device reference --hidden 200,100 --epochs 2
sed -i -e 's/--epochs 2/--epochs 200/' -e '1s/$/; tty >terminal/' live.sh
script -qefc "sh live.sh" /dev/null >out 2>err </dev/null &
tries=0
until grep -qs 'epoch *[0-9]*/' out || [ $tries -eq 400 ]; do
    sleep 0.05
    tries=$((tries + 1))
done
stty -F "$(cat terminal)" cols 40
wait $!
tr '\r' '\n' <out | LC_ALL=C sed 's/\x1b\[[0-9]*[mK]//g' | tr -d '\200-\277' | grep -a '^epoch' >lines
expect "a wide line at first" "$(head -n 1 lines | awk 'length > 60' | wc -l)" -eq 1
expect "a narrow one at last" "$(tail -n 1 lines | awk 'length < 40' | wc -l)" -eq 1

finish
