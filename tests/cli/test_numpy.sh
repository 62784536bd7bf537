# Files that NumPy itself wrote, and the commands that messages show, run as they stand. Skipped without NumPy for the Python that
# KILN_PEERS_PYTHON names, else python3.
. "$(dirname "$0")/support.sh"
python=${KILN_PEERS_PYTHON:-python3}
if ! "$python" -c 'import numpy' 2>/dev/null; then
    echo "skipped: $python has no numpy"
    exit 77
fi

"$python" - <<'SCRIPT'
import numpy as n
r = n.random.default_rng(0)
x = r.integers(-30000, 30000, (240, 4)).astype('i2')
y = n.where(x[:, 0].astype('i4') + x[:, 1] > 0, 7, -3)
for t in ['<i2', '>i2', '<i4', '>i8', '<f4', '>f4', '<f8', '>f8']:
    n.save('x' + t.replace('<', '_little_').replace('>', '_big_'), x.astype(t))
for v in [(1, 0), (2, 0), (3, 0)]:
    with open('x_version_%d.npy' % v[0], 'wb') as f:
        n.lib.format.write_array(f, x, version=v)
n.save('x_fortran', n.asfortranarray(x))
n.save('x_cube', x.reshape(240, 2, 2))
n.save('x_cube_fortran', n.asfortranarray(x.reshape(240, 2, 2)))
n.save('y', y); n.save('y_bytes', (y > 0)); n.save('y_column', y[:, None].astype('>i4')); n.save('y_f8', y.astype('f8'))
n.save('table', n.c_[x, y]); n.save('table_f8', n.c_[x, y].astype('>f8'))
n.savetxt('table.csv', n.c_[x, y], '%d', ',')
n.save('half', (x / 1000).astype('f2')); n.savetxt('half.csv', n.c_[(x / 1000).astype('f2').astype('f8'), y], '%.17g', ',')
n.save('numbers', n.c_[x[:, 0] + x[:, 1], x[:, 2] * 2.0])
h = n.c_[x[:, :3] / 1000, x[:, 0] + x[:, 1] * 2.0]; h[::5, 1] = n.nan
n.save('holes', h); n.savetxt('holes.csv', h, '%.17g', ','); n.save('holes_x', h[:, :3]); n.save('holes_y', h[:, 3])
images = r.integers(0, 256, (200, 5, 5)).astype('u1')
labels = (images[:, 2, 2] > 127).astype('u1')
parts = dict(x_train=images[:150], y_train=labels[:150], x_test=images[150:], y_test=labels[150:])
n.savez('plain', **parts); n.savez_compressed('packed', **parts); n.savez('places', x, y); n.savez('odd', a=x, b=y)
n.save('images', images[150:]); n.save('labels', labels[150:])
n.save('objects', n.array([[1, 2], [3, 4]], object), allow_pickle=True)
n.save('complex', x.astype('c8')); n.save('texts', n.where(y > 0, 'yes', 'no'))
n.save('fields', n.array([(1, 2.0), (3, 4.0)], [('a', 'i4'), ('b', 'f8')]))
SCRIPT
expect "NumPy's files" "$?" -eq 0
settings="--device reference --epochs 30 --seed 1"

# Every way to write the same samples makes the same network, bit for bit, as the table that NumPy wrote as text.
# shellcheck disable=SC2086
{
run train table.csv $settings -q -o csv.safetensors
expect_code 0
run predict csv.safetensors table.csv --device reference -q
cp out csv.predicted
expect "both classes" "$(sort -u csv.predicted | tr '\n' ' ')" = "-3 7 prediction "
for x in x_*.npy; do
    run train "$x" --labels y.npy $settings -q -o same.safetensors
    expect_code 0
    expect_same same.safetensors csv.safetensors
    run predict csv.safetensors "$x" --device reference -q
    expect_same out csv.predicted
done
for from in "table.npy" "table_f8.npy" "x_fortran.npy --labels y_column.npy" "places.npz" "odd.npz --array a --labels b"; do
    run train $from $settings -q -o same.safetensors
    expect_code 0
    expect_same same.safetensors csv.safetensors
done
run train half.csv $settings -q -o half-csv.safetensors
run train half.npy --labels y.npy $settings -q -o half.safetensors
expect_code 0
expect_same half.safetensors half-csv.safetensors
gzip -k table.npy
run evaluate csv.safetensors table.npy.gz --device reference --json
expect_number "$(json test.accuracy)" '>' 0.9
"$kiln" predict csv.safetensors - --device reference -q <table.npy >piped
expect_same piped csv.predicted

# Floating-point labels are numbers to predict, as many a sample as there are columns.
run train x_fortran.npy --labels y_f8.npy $settings --json -o numbers.safetensors
expect_json task regression
run train x_fortran.npy --labels y_f8.npy --task classification $settings -q -o same.safetensors
expect_same same.safetensors csv.safetensors
run train x_fortran.npy --labels numbers.npy $settings --json -o numbers.safetensors
expect_code 0
expect_json task regression
run predict numbers.safetensors x_cube.npy --device reference -q
expect "two answers a sample" "$(head -n 1 out)" = "prediction_0,prediction_1"
expect "an answer a sample" "$(wc -l <out)" -eq 241

# NaN is a missing value, whose indicator does not make a target's column a feature; the same with the targets beside it.
run train holes.csv $settings --missing mean --missing-indicator -q -o holes-csv.safetensors
expect_code 0
run predict holes-csv.safetensors holes.csv --device reference -q
cp out holes.predicted
for from in holes.npy "holes_x.npy --labels holes_y.npy"; do
    run train $from $settings --missing mean --missing-indicator -q -o holes.safetensors
    expect_code 0
    run evaluate holes.safetensors $from --device reference --json
    expect_code 0
    expect_json test.samples 240
    for file in holes.npy holes_x.npy holes.csv; do
        run predict holes.safetensors $file --device reference -q
        expect_same out holes.predicted
    done
done
usage_error "holes_x.npy: has its labels beside it, so no row can be left out (--missing drop)" \
    train holes_x.npy --labels holes_y.npy --missing drop --device reference

# Archives: the train part trains, the test part tests, and what was taken is said.
run train plain.npz --test plain.npz --device reference --epochs 30 -o plain.safetensors
expect_code 0
expect_text err "plain.npz: x_train, 150 samples, 25 features"
expect_text out "50 samples"
run train packed.npz --array x_train --labels y_train --device reference --epochs 30 -q -o packed.safetensors
expect_code 0
expect_same packed.safetensors plain.safetensors
run evaluate plain.safetensors packed.npz --device reference
expect_text out "packed.npz: x_test"
run evaluate plain.safetensors packed.npz --device reference --json
accuracy=$(json test.accuracy)
run evaluate plain.safetensors images.npy --labels labels.npy --device reference --json
expect_json test.accuracy "$accuracy"
run evaluate plain.safetensors plain.npz --array x_train --device reference --json
expect_json test.samples 150
run predict plain.safetensors packed.npz --device reference -q
cp out npz.predicted
run predict plain.safetensors images.npy --device reference -q
expect_same out npz.predicted
}

# What a disk that is full, a file without permission, or one that is damaged say.
if [ -e /dev/full ]; then
    command="kiln predict to a full disk"
    "$kiln" predict plain.safetensors images.npy --device reference -q >/dev/full 2>err
    code=$?
    : >out
    expect_code 1
    expect_text err "No space left"
fi
cp images.npy locked.npy
chmod 0 locked.npy
[ -r locked.npy ] || failure "locked.npy: cannot be opened: Permission denied" predict plain.safetensors locked.npy --device reference
head -c 1000 images.npy >cut.npy
failure "cut.npy: has 1000 bytes, its header announces 50 x 5 x 5 values" predict plain.safetensors cut.npy --device reference
head -c 2000 packed.npz >cut.npz
failure "cut.npz: its zip archive is cut off or damaged" predict plain.safetensors cut.npz --device reference
failure "standard input: is a zip archive (.npz), which is read from its end" predict plain.safetensors - --device reference <packed.npz
failure "x_fortran.npy: has 4 values a sample, the network reads 25" predict plain.safetensors x_fortran.npy --device reference
failure "odd.npz: which array has the samples? Name one: there are 'a', 'b'" train odd.npz --device reference
usage_error "odd.npz: no array 'c': there are 'a', 'b'" train odd.npz --array c --device reference
usage_error "images.npy: has no targets to learn" train images.npy --device reference

# The command behind the last colon but those of Python makes a file that is read.
mends() { # FILE MADE ARGUMENTS...
    file=$1 made=$2
    shift 2
    failure "$file: " train "$file" --device reference
    shown=$(sed -n 's/.*: \(python3 -c .*\)$/\1/p' err)
    expect "a command" -n "$shown"
    eval "$(printf '%s' "$shown" | sed "s|^python3|\"$python\"|")" 2>/dev/null
    run predict "$made" "$made" --device reference
    expect_no_text err "python3"
    expect "the file that the command makes" -s "$made"
    run train "$made" "$@" --device reference --epochs 1 -q -o mended.safetensors
    expect_code 0
}
mends objects.npy objects-f4.npy
mends complex.npy complex-f4.npy --labels y.npy
mends fields.npy fields-f4.npy
failure "texts.npy: has texts ('<U3'), not numbers" train x_fortran.npy --labels texts.npy --device reference
eval "$(sed -n 's/.*: \(python3 -c .*\)$/\1/p' err | sed "s|^python3|\"$python\"|")"
run train x_fortran.npy --labels texts-numbers.npy --device reference --epochs 30 --json -o texts.safetensors
expect_json classes.0 0

finish
