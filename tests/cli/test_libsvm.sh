# libsvm's sparse text through every command that reads data, and files of other programs, which are told apart.
. "$(dirname "$0")/support.sh"

# Two classes in a plane of three features, the third left out where it is 0; the same as a table.
awk 'BEGIN { for (i = 0; i < 200; i++) { x = (i * 37 % 101) / 50 - 1; y = (i * 53 % 97) / 48 - 1
    printf "%s 1:%.3f 2:%.3f%s\n", (x + y > 0.1 ? "+1" : "-1"), x, y, (i % 4 ? "" : " 3:1") > "plane.svm"
    printf "%.3f,%.3f,%d,%s\n", x, y, i % 4 == 0, (x + y > 0.1 ? "1" : "-1") > "plane.csv" } }'
gzip -k plane.svm
settings="--device reference --epochs 60 --seed 3"

# shellcheck disable=SC2086
{
run train plane.svm $settings --json -o sparse.safetensors
expect_code 0
expect_json task classification
expect_json features 3
run train plane.csv $settings -q -o dense.safetensors
expect_code 0
run train plane.svm.gz $settings -q -o packed.safetensors
expect_code 0
expect_same sparse.safetensors packed.safetensors
}
run predict dense.safetensors plane.csv --device reference -q
cp out from-csv
expect "both classes" "$(sort -u from-csv | tr '\n' ' ')" = "-1 1 prediction "
run predict sparse.safetensors plane.svm --device reference -q
expect_same out from-csv
"$kiln" predict sparse.safetensors - --device reference -q <plane.svm >piped 2>err
expect_same piped from-csv
sed 's/^[^ ]*/0/' plane.svm >unlabelled.svm
run predict sparse.safetensors unlabelled.svm --device reference -q
expect_same out from-csv
run evaluate sparse.safetensors plane.svm --device reference --json
expect_number "$(json test.accuracy)" '>' 0.95

run train plane.svm --ignore 2 --device reference --epochs 60 --seed 3 -q -o ignored.safetensors
run predict ignored.safetensors plane.svm --device reference -q
cp out ignored.predicted
sed 's/ 3:1//' plane.svm >narrow.svm
run predict ignored.safetensors narrow.svm --device reference -q
expect_same out ignored.predicted
run evaluate ignored.safetensors narrow.svm --device reference --json
expect_number "$(json test.accuracy)" '>' 0.95

failure "unlabelled.svm:1: column 4: the network does not know the class '0'" evaluate sparse.safetensors unlabelled.svm --device reference
printf '1 1:1\n1 5:1\n' >wide.svm
failure "wide.svm: has 5 features, the network reads 3" predict sparse.safetensors wide.svm --device reference
printf '1 1:1\n1 1:1 1:2\n' >twice.svm
failure "twice.svm:2: column 7: '1:2' has the index of the pair before it again" train twice.svm --device reference
printf '1 qid:1 1:1\n' >ranked.svm
failure "ranked.svm:1: column 3: 'qid:1' ranks samples" train ranked.svm --device reference
usage_error "plane.svm: is libsvm's sparse text, which has no column '0'" train plane.svm --target 0 --device reference
usage_error "plane.svm: is no .npz archive, so it has no array 'x'" train plane.svm --array x --device reference
usage_error "--test-array needs --test" train plane.svm --test-array x --device reference

# What others write.
printf 'PAR1\025\004\025.PAR1' >table.parquet
failure "table.parquet: is Parquet, which is not read (Debian has no C library for it); as CSV: python3 -c" train table.parquet --device reference
printf '\211HDF\r\n\032\n' >data.h5
failure "data.h5: is HDF5, which is not read" predict sparse.safetensors data.h5 --device reference
printf '\211PNG\r\n\032\n' >digit.png
failure "digit.png: is a picture" evaluate sparse.safetensors digit.png --device reference
failure "$folder: is a folder, not a file: a data set is one file" predict sparse.safetensors "$folder" --device reference
usage_error "plane.svm: is neither IDX nor NumPy, so it takes no file of labels" evaluate sparse.safetensors plane.svm --labels plane.csv \
    --device reference
finish
