# Data larger than the memory they may have: trained, measured and answered from disk, under a limit that the data alone exceed.
. "$(dirname "$0")/support.sh"
TMPDIR=$folder
export TMPDIR

# AddressSanitizer takes more memory than any limit here; then all but the limit is tested.
limit=30720
grep -q __asan_init "$kiln" && limit=unlimited

# limited ARGUMENTS...: run, with at most 30 MB of memory of its own (RLIMIT_DATA; mapped files are not counted).
limited() {
    command="limited kiln $*"
    # shellcheck disable=SC3045
    (ulimit -d "$limit" && exec "$kiln" "$@") >out 2>err
    code=$?
}

# 320000 rows of 12 numbers and a text of 26, which are 38 features: 48.6 MB as float32.
awk 'BEGIN { for (i = 0; i < 12; i++) printf "n%d,", i
    print "letter,kind" }' >table.csv
awk 'BEGIN { for (r = 0; r < 3200; r++) { sum = 0
    for (i = 0; i < 12; i++) { v = (r * 7919 + i * 104729 + r * i * 31) % 1999 / 1000 - 1; printf "%.3f,", v; if (i < 3) sum += v }
    printf "%c,%s\n", 97 + r % 26, (sum > 0.2 ? "high" : "low") } }' >rows
i=0
while [ $i -lt 100 ]; do cat rows; i=$((i + 1)); done >>table.csv

limited train table.csv --device reference --hidden none --epochs 1 --memory 4M --json -o table.safetensors
expect_code 0
expect_json on_disk true
expect_json features 38
expect_number "$(json validation.accuracy)" '>' 0.95
expect_text err "on disk     48.6 MB of samples, which may have 4.2 MB of memory; shuffled by blocks of"
if [ "$limit" != unlimited ]; then
    limited train table.csv --device reference --hidden none --epochs 1 --memory 1G -o not.safetensors
    expect_code 1
    expect_text err "out of memory"
fi
limited evaluate table.safetensors table.csv --device reference --memory 4M --json
expect_code 0
expect_number "$(json test.accuracy)" '>' 0.95
limited predict table.safetensors table.csv --device reference --memory 4M -o answers.csv
expect_code 0
expect "an answer a row" "$(wc -l <answers.csv)" -eq 320001
run predict table.safetensors table.csv --device reference -o all.csv
expect_same all.csv answers.csv

# 64000 images of 28 x 28 bytes, whose upper or lower half is bright: 50 MB, which stay where they are.
awk 'BEGIN { for (r = 0; r < 1000; r++) { for (p = 0; p < 784; p++)
    printf "%c", 33 + (r * 31 + p * p) % 30 + ((p < 392) == (r % 3 == 0) ? 60 : 0) } }' >images
awk 'BEGIN { for (r = 0; r < 1000; r++) printf "%d", r % 3 == 0 }' | tr 01 '\000\001' >labels
{ printf '\000\000\010\003\000\000\372\000\000\000\000\034\000\000\000\034'
    i=0
    while [ $i -lt 64 ]; do cat images; i=$((i + 1)); done; } >images.idx
{ printf '\000\000\010\001\000\000\372\000'
    i=0
    while [ $i -lt 64 ]; do cat labels; i=$((i + 1)); done; } >labels.idx
limited train images.idx --labels labels.idx --device reference --hidden none --epochs 1 --memory 2M --json -o images.safetensors
expect_code 0
expect_json on_disk true
expect_number "$(json validation.accuracy)" '>' 0.99
gzip -1 images.idx
limited evaluate images.safetensors images.idx.gz --labels labels.idx --device reference --memory 2M --json
expect_code 0
expect_number "$(json test.accuracy)" '>' 0.99
rm images.idx.gz
expect "nothing left behind" -z "$(find . -name 'kiln-*')"

# The order of the file: the same network as from memory. By blocks: the same twice.
head -n 3000 table.csv >small.csv
run train small.csv --epochs 2 --hidden 5 --no-shuffle -q -o memory.safetensors
run train small.csv --epochs 2 --hidden 5 --no-shuffle --memory 100K -q -o disk.safetensors
expect_code 0
expect_same memory.safetensors disk.safetensors
run train small.csv --epochs 2 --hidden 5 --memory 100K -q -o disk.safetensors --save-config run.toml
expect_text run.toml "memory = 102400"
run train --config run.toml -o again.safetensors --json
expect_json on_disk true
expect_same disk.safetensors again.safetensors
run train small.csv --epochs 1 --device reference --json -q
expect_json on_disk false

# Missing values, filled for each fold from a copy.
sed '5,50s/^-*[0-9.]*,/,/' small.csv >holes.csv
for how in mean median; do
    run train holes.csv --device reference --epochs 1 --hidden 5 --missing $how --missing-indicator --folds 3 --no-shuffle -o memory.safetensors
    grep '^ *[123] ' out >memory.folds
    run train holes.csv --device reference --epochs 1 --hidden 5 --missing $how --missing-indicator --folds 3 --no-shuffle -o disk.safetensors \
        --memory 200K
    expect_code 0
    expect_same memory.safetensors disk.safetensors
    expect_text err "on disk"
    grep '^ *[123] ' out >disk.folds
    expect "three folds" "$(wc -l <disk.folds)" -eq 3
    expect_same memory.folds disk.folds
done

# A run that is resumed shuffles as it began.
run train small.csv --device reference --epochs 2 --hidden 5 --schedule constant --memory 100K --checkpoint run -q -o first.safetensors
run train small.csv --device reference --epochs 4 --hidden 5 --schedule constant --memory 100K --checkpoint run --resume -q \
    -o resumed.safetensors
expect_code 0
run train small.csv --device reference --epochs 4 --hidden 5 --schedule constant --memory 100K -q -o whole.safetensors
expect_same whole.safetensors resumed.safetensors
failure "number of samples shuffled together (by memory)" train small.csv --device reference --epochs 5 --hidden 5 \
    --schedule constant --memory 120K --checkpoint run --resume

# Disks that are not there, or full.
export TMPDIR=/nowhere
failure "cannot be kept in /nowhere" train small.csv --memory 1K --device reference
mkdir full
if [ "$(id -u)" -eq 0 ] && mount -t tmpfs -o size=64K kiln-test full 2>/dev/null; then
    export TMPDIR=$folder/full
    failure "full: No space left on device" train small.csv --memory 1K --device reference
    umount full
else
    echo "not tested: a full disk, which only root can make"
fi

usage_error "--memory 'much' is not a size as 512M or 1.5G, nor 'auto'" train small.csv --memory much
usage_error "--memory '0' is not a size" train small.csv --memory 0
usage_error "--memory '5X' is not a size" predict table.safetensors small.csv --memory 5X
usage_error "--memory '99999999T' is not a size" evaluate table.safetensors small.csv --memory 99999999T

finish
