# Columns of a table: chosen, ignored, with holes, with decimal commas, with dates; and what is said of them.
. "$(dirname "$0")/support.sh"
write_classes shapes.csv
awk -F, 'NR == 1 { print "id,when," $0; next } { printf "w%d,2024-01-%02d,%s\n", NR, NR % 28 + 1, $0 }' shapes.csv >more.csv
set -- --device reference --seed 3 --epochs 20

# A network reads the same whether other columns are ignored or were never there, and finds its own by name or place.
run train shapes.csv "$@" -q -o shapes.safetensors
expect_code 0
failure "more.csv:2: column 2 ('when'): '2024-01-03' looks like a date or a time" train more.csv "$@" --ignore id
expect_text err "split it into columns of numbers (year, month, day, hour), leave the column out (--ignore), or take it as text (--text)"
for choice in --ignore=id,when --ignore=0,1 --ignore=-4,id --features=height,width; do
    run train more.csv "$@" "$choice" -o more.safetensors
    expect_code 0
    expect_text err "more.csv: 200 samples, 2 features"
    expect_text err "ignored     2 of the file's columns"
    run predict more.safetensors shapes.csv --device reference
    mv out of-more
    run predict shapes.safetensors shapes.csv --device reference
    expect_same out of-more
    run predict more.safetensors more.csv --device reference
    expect_same out of-more
done
tail -n +2 more.csv >nameless.csv
cut -d, -f1-4 nameless.csv >nameless-bare.csv
run predict more.safetensors nameless-bare.csv --device reference
expect_same out of-more
run evaluate more.safetensors nameless.csv --device reference --json
expect_number "$(json test.accuracy)" '>=' 0.9
run train nameless.csv "$@" --ignore 0,1 -q -o nameless.safetensors
expect_code 0
for data in nameless.csv nameless-bare.csv; do
    run predict nameless.safetensors $data --device reference
    expect_same out of-more
done
run info more.safetensors
expect_text out "columns     2, and 2 that are ignored"
run info more.safetensors --json
expect_json ignored '[0,1]'
expect_json missing error
expect_json columns.0.missing null

usage_error "more.csv: no column 'wen'; did you mean 'when'?" train more.csv "$@" --ignore id,wen
usage_error "more.csv: no column 'nothing like it': there are 'id', 'when', 'width', 'height', 'kind'" train more.csv "$@" \
    --features 'nothing like it'
usage_error "column 'kind' is the target: --ignore is for the others" train more.csv "$@" --ignore kind
usage_error "--features and --ignore cannot both be given" train more.csv --features width --ignore id
usage_error "column 'kind' is the target: --text is for the others" train more.csv "$@" --ignore id,when --text kind
usage_error "more.csv: column 1 ('id'): is not read: --text is for columns that are" train more.csv "$@" --ignore id,when --text 0
usage_error "more.csv: no column 'zips': there are" train more.csv "$@" --ignore id,when --text zips
usage_error "no column is left beside the target" train shapes.csv "$@" --ignore width,height
awk 'BEGIN { print "id,y"; for (i = 0; i < 300; i++) printf "w%d,%.1f\n", i, i / 2 }' >ids.csv
failure "it looks like an identifier or free text, leave it out (--ignore)" train ids.csv "$@"

# Codes and dates are categories where that is asked for; leading zeros stay.
awk -F, 'BEGIN { print "zip,when,size,y" }
    { zip = NR % 3 ? "0123" NR % 2 : "99999"; day = "2024-01-0" NR % 3 + 1; print zip "," day "," NR % 10 "," (zip == "01230" ? 5 : 1) + NR % 10 / 10 }' \
    shapes.csv >codes.csv
failure "codes.csv:2: column 2 ('when'): '2024-01-02' looks like a date" train codes.csv "$@" --task regression
run train codes.csv "$@" --task regression --text zip,when -o codes.safetensors --epochs 60 --save-config codes.toml --json
expect_code 0
expect_json features 7
expect_text err "zip (3)"
expect_number "$(json validation.r2)" '>' 0.9
run info codes.safetensors --json
expect_json columns.0.categories '["01230","01231","99999"]'
expect_json columns.1.categories '["2024-01-01","2024-01-02","2024-01-03"]'
expect_json columns.2.categories '[]'
run predict codes.safetensors codes.csv --device reference
expect_code 0
expect_text codes.toml 'text = "zip,when"'
run train --config codes.toml -o again.safetensors -q
expect_code 0
expect_same codes.safetensors again.safetensors
sed '3s/^[^,]*/1230/' codes.csv >shorter.csv
failure "shorter.csv:3: column 1 ('zip'): the network does not know the category '1230', only '01230', '01231', '99999'" \
    predict codes.safetensors shorter.csv --device reference
usage_error "--features, --ignore and --text are for a new one" train codes.csv "$@" --task regression --from codes.safetensors --text zip -o new.safetensors
sed '5s/^[^,]*/A4/' codes.csv >mixed.csv
failure "mixed.csv:5: column 1 ('zip'): 'A4' is not a number, as those before it are: write one, or take the column as text (--text)" \
    train mixed.csv "$@" --task regression --text when
run train mixed.csv "$@" --task regression --text -3,0 -q -o mixed.safetensors
expect_code 0

# Missing values: an error that says what can be done about it, or what was done about it.
awk -F, 'NR == 1 { print $0 ",colour"; next }
    { print (NR % 10 == 0 ? "NA" : $1) "," $2 "," (NR % 10 == 1 ? "" : NR % 2 ? "red" : "blue") "," $3 }' shapes.csv |
    sed '1s/.*/width,height,colour,kind/' >holes.csv
failure "holes.csv:10: column 1 ('width'): missing value 'NA': fill it in or leave the row out (--missing mean, median or drop does it)" \
    train holes.csv "$@"
run train holes.csv "$@" --missing mean --test holes.csv -o mean.safetensors
expect_code 0
expect_text err "missing     40 values: width (20) mean "
expect_text err ", colour (20) none of its texts"
expect_text err "split       180 samples to train on, 20 to validate on"
run info mean.safetensors
expect_text out "  width: missing becomes "
expect_text out "  colour: text, 2 categories; missing: none of them"
expect_text out "missing     values become the training samples' mean"
run info mean.safetensors --json
expect_json missing mean
expect_json columns.2.missing null
expect_number "$(json columns.0.missing)" '>' -1
mean=$(json columns.0.missing)
# What is predicted for a hole is what is predicted for the value that fills it; all samples' mean is another one.
awk -F, -v mean="$mean" -v OFS=, 'NR > 1 && $1 == "NA" { $1 = mean } { print }' holes.csv >filled.csv
run predict mean.safetensors holes.csv --device reference --proba
expect_code 0
mv out of-holes
run predict mean.safetensors filled.csv --device reference --proba
expect_same out of-holes
all=$(awk -F, 'NR > 1 && $1 != "NA" { s += $1; n++ } END { print s / n }' holes.csv)
awk -v a="$all" -v b="$mean" 'BEGIN { d = a - b; print d < 0 ? -d : d }' >difference
expect_number "$(cat difference)" '>' 1e-4
run evaluate mean.safetensors holes.csv --device reference --json
expect_code 0
expect_json test.samples 200

run train holes.csv "$@" --missing median --missing-indicator --json -o median.safetensors
expect_code 0
expect_json features 5
expect_json missing.how median
expect_json missing.values_filled 40
expect_json missing.rows_dropped 0
expect_text err "and an indicator, colour (20)"
run info median.safetensors --json
expect_json columns.0.indicator true
expect_json columns.1.indicator false
run info median.safetensors
expect_text out ", with an indicator"
run train shapes.csv "$@" --missing median -o none.safetensors
expect_text err "missing     no value; those of new data become the training samples' median"
expect_code 0

# Rows are left out where that is asked for; of new data none can be, as each has its answer.
run train holes.csv "$@" --missing drop --test holes.csv --json -o drop.safetensors
expect_code 0
expect_text err "holes.csv: 160 samples"
expect_text err "missing     40 rows with a missing value left out, and 40 of holes.csv"
expect_json missing.rows_dropped 40
expect_json missing.test_rows_dropped 40
expect_json test.samples 160
failure "holes.csv:10: column 1 ('width'): missing value 'NA': fill it in or leave the row out (a network trained with --missing mean" \
    predict drop.safetensors holes.csv --device reference
run evaluate drop.safetensors holes.csv --device reference --json
expect_code 0
expect_text err "holes.csv: 40 rows with a missing value left out, as the network was trained"
expect_json test.samples 160
expect_json rows_dropped 40
run info drop.safetensors
expect_text out "missing     rows with a missing value were left out of training"
sed '3s/,[a-z]*$/,/' shapes.csv >targets.csv
failure "targets.csv:3: column 3 ('kind'): missing value: fill it in or leave the row out (--missing drop does it)" train targets.csv "$@" \
    --missing mean
run train targets.csv "$@" --missing drop -o targets.safetensors
expect_text err "missing     1 row with a missing value left out"

usage_error "--missing-indicator needs --missing mean or median" train shapes.csv --missing-indicator
usage_error "--missing 'modus' is none of error, mean, median, drop" train shapes.csv --missing modus
sed '3s/^[^,]*/-inf/' shapes.csv >infinite.csv
failure "infinite.csv:3: column 1 ('width'): '-inf' is not finite" train infinite.csv "$@" --missing mean

# Decimal commas, where the separator is another one, are read as the numbers they are.
sed 's/,/;/g; s/\./,/g' shapes.csv >comma.csv
run train comma.csv "$@" -o comma.safetensors
expect_code 0
expect_text err "comma.csv: 200 samples, 2 features; decimal commas"
expect_same comma.safetensors shapes.safetensors
sed '5s/,/./' comma.csv >mixed.csv
failure "mixed.csv:5: column 1 ('width'): '" train mixed.csv "$@"
expect_text err "has a decimal point, and line 2 a decimal comma: write them all alike"
sed 's/^\([^,]*\),/"\1,5",/; 1s/.*/width,height,kind/' shapes.csv | sed 's/\.[0-9]*,5"/,5"/' >quoted.csv
failure "looks like a number, but is not written as one" train quoted.csv "$@"

finish
