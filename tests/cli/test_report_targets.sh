# --report of several targets: each by its name, numbers in their own units, labels as they are; figures again from what is predicted.
. "$(dirname "$0")/support.sh"
. "$(dirname "$0")/report_support.sh"

# first_row PAGE: the sample and the loss of the worst mistake.
first_row() {
    sed -n '/<h2>Worst mistakes/,/<\/section>/s/^<tr><td class="number">\([0-9]*\)<\/td><td class="number">\([0-9.e+-]*\)<\/td>.*/\1 \2/p' "$1" | head -n 1
}

# --- labels: two of them by yes and 1, one of two colours

awk 'BEGIN { print "a,b,wet,<hot>,colour"
    for (i = 0; i < 200; i++) { a = i * 37 % 101; b = i * 53 % 97
        print a "," b "," (a > b ? "yes" : "no") "," (a > 50 ? 1 : 0) "," (a + b > 120 ? "red" : "blue") } }' >labels.csv
run train labels.csv --target "wet,<hot>,colour" --device reference --epochs 6 --json -o labels.safetensors --report labels.html
expect_code 0
expect_json task multilabel
check_page labels.html 8 0
for heading in Labels Curves "Worst mistakes" "Which columns matter"; do
    expect_text labels.html "<h2>$heading</h2>"
done
for caption in "Validation subset accuracy" ROC "Precision and recall" Calibration "How sure it is"; do
    expect_text labels.html "<figcaption>$caption"
done
expect_text labels.html "multilabel: 3 labels, columns &#39;wet&#39;, &#39;&lt;hot&gt;&#39;, &#39;colour&#39;</dd>"
expect_text labels.html "<dt>subset accuracy</dt><dd>$(awk -v n="$(json validation.accuracy)" 'BEGIN { printf "%.2f %%", 100 * n }')</dd>"
expect_text labels.html "<dt>Hamming loss</dt><dd>$(rounded "$(json validation.hamming_loss)" %.4f)</dd>"
expect_text labels.html "<dt>micro F1</dt><dd>$(rounded "$(json validation.micro_f1)" %.4f)</dd>"
expect_text labels.html "<td class=\"number\">$(rounded "$(json validation.macro_f1)" %.4f)</td>"
expect "a curve for each label in both charts" "$(grep -c '<li class="key.*colour: red: ' labels.html)" -eq 2
expect_no_text labels.html RMSE
expect_no_text labels.html residual
expect_no_text labels.html "accuracy falls"

# A label's row, and the calibration and the worst mistake over all samples.
run evaluate labels.safetensors labels.csv --device reference --json --report evaluated.html
expect_code 0
check_page evaluated.html 7 0
for label in 0 1 2; do
    missed=$(json test.confusion.$label.1.0) found=$(json test.confusion.$label.1.1) wrong=$(json test.confusion.$label.0.1)
    cells="<td class=\"number\">$((missed + found))</td><td class=\"number\">$missed</td><td class=\"number\">$wrong</td>"
    for figure in precision recall f1; do
        cells="$cells<td class=\"number\">$(rounded "$(json test.$figure.$label)" %.4f)</td>"
    done
    expect_text evaluated.html "</th>$cells"
done
run predict labels.safetensors labels.csv --device reference --proba -o probabilities.csv
expect_code 0
paste -d, labels.csv probabilities.csv | awk -F, 'NR > 1 { loss = 0
        for (l = 0; l < 3; l++) { t = $(3 + l); t = t == "yes" || t == "1" || t == "red"; p = $(6 + l)
            bin = int(p * 10); bin -= bin == p * 10 && bin > 0; said[bin] += p; is[bin] += t; loss -= log(t ? p : 1 - p) / 3 }
        if (loss > most) { most = loss; worst = NR - 1 } }
    END { for (b = 0; b < 10; b++) { d = is[b] - said[b]; error += d < 0 ? -d : d }
        printf "%.4f\n", error / 600 >"calibration"; printf "%d %.4g\n", worst, most >"worst" }'
expect_text evaluated.html "Expected calibration error $(cat calibration)."
expect "the worst mistake first" "$(first_row evaluated.html)" = "$(cat worst)"
expect "mistakes by name" "$(grep -cE '<td class="labels wrong">(wet|&lt;hot&gt;|colour: red) 0\.[0-9]{2}' evaluated.html)" -ge 10

# --- numbers, one of them a hundred thousand times the other

awk 'BEGIN { print "a,b,price,<share>"; for (i = 0; i < 200; i++) { a = i * 37 % 101; b = i * 53 % 97
    printf "%d,%d,%.1f,%.5f\n", a, b, 200000 + 500 * a - 300 * b, (a - b) / 1000 + (i == 77 ? 0.9 : 0) } }' >numbers.csv
run train numbers.csv --target "price,<share>" --device reference --epochs 3 --json -o numbers.safetensors --report numbers.html
expect_code 0
check_page numbers.html 8 0
expect_text numbers.html "regression: 2 targets, columns &#39;price&#39;, &#39;&lt;share&gt;&#39;</dd>"
expect_text numbers.html "<dt>R²</dt><dd>$(rounded "$(json validation.r2)" %.4f)</dd>"
expect_text numbers.html "<dt>targets</dt><dd>2</dd>"
for target in 0 1; do
    cells="<td class=\"number\">$(rounded "$(json validation.per_target.$target.r2)" %.4f)</td>"
    cells="$cells<td class=\"number\">$(rounded "$(json validation.per_target.$target.rmse)" %.5g)</td>"
    cells="$cells<td class=\"number\">$(rounded "$(json validation.per_target.$target.mae)" %.5g)</td>"
    expect_text numbers.html "</th>$cells"
done
expect_text numbers.html '<th scope="row" class="name">all</th>'
expect_text numbers.html "<h3>price</h3>"
expect_text numbers.html "<h3>&lt;share&gt;</h3>"
expect "each chart for each target" "$(grep -cE '<figcaption>(Predicted and true|Residuals|How far off)' numbers.html)" -eq 6

# The share that is far off is the worst, however small it is beside prices: losses are in deviations.
run evaluate numbers.safetensors numbers.csv --device reference -q --report evaluated.html
expect_code 0
run predict numbers.safetensors numbers.csv --device reference -o answers.csv
expect_code 0
paste -d, numbers.csv answers.csv | awk -F, 'NR > 1 { n++; for (o = 0; o < 2; o++) { t[n, o] = $(3 + o); e[n, o] = t[n, o] - $(5 + o); mean[o] += t[n, o] / 200 } }
    END { for (i = 1; i <= n; i++) for (o = 0; o < 2; o++) variance[o] += (t[i, o] - mean[o]) ^ 2 / n
        for (i = 1; i <= n; i++) { loss = (e[i, 0] ^ 2 / variance[0] + e[i, 1] ^ 2 / variance[1]) / 2
            if (loss > most) { most = loss; worst = i } }
        printf "%d %.4g\n", worst, most }' >worst
expect "the worst mistake first" "$(first_row evaluated.html)" = "$(cat worst)"
expect "the sample that was made to be it" "$(cut -d' ' -f1 worst)" = 78
expect_text evaluated.html "in units of their standard deviations"

# One sample says little, but what there is fits.
head -n 2 numbers.csv >one.csv
run evaluate numbers.safetensors one.csv --device reference -q --report one.html
expect_code 0
check_page one.html 7 0
expect_text one.html "The 1 test sample with the largest loss"

# Many of them: charts of the first, and the one that is furthest off.
awk 'BEGIN { for (t = 0; t < 10; t++) names = names ",t" t; print "a,b" names
    for (i = 0; i < 100; i++) { row = i % 13 "," i % 7; for (t = 0; t < 10; t++) row = row "," i % (t + 30) + 0.5; print row } }' >ten.csv
run train ten.csv --target t0,t1,t2,t3,t4,t5,t6,t7,t8,t9 --device reference --epochs 2 -q -o ten.safetensors --report ten.html
expect_code 0
check_page ten.html 8 0
expect_text ten.html "Of the first 8 of 10 targets."
expect "charts of 8" "$(grep -c '<h3>t[0-9]</h3>' ten.html)" -eq 8
expect "a row for each" "$(grep -c '<tr><th scope="row" class="name">t[0-9]</th>' ten.html)" -eq 10
expect_text ten.html "furthest off"
expect_text ten.html "&#39;t7&#39;, ...</dd>"

# --- pictures say what was true and predicted, too; and what was missing is said to be

awk 'BEGIN { for (c = 0; c < 64; c++) printf "pixel%d,", c; print "bright,upper,sum"
    for (i = 0; i < 60; i++) { s = 0; for (c = 0; c < 64; c++) { v = (i * 37 + c * c * 11) % 17; s += v; printf "%d,", v }
        printf "%d,%d,%.2f\n", (s > 500), i % 2, s / 2 + 0.25 } }' >pixels.csv
run train pixels.csv --target bright,upper --ignore sum --device reference --epochs 2 -q -o pixels.safetensors --report pixels.html
expect_code 0
check_page pixels.html 8 7
expect_text pixels.html "has <b>"
run train pixels.csv --ignore bright,upper --device reference --epochs 2 -q -o pixels.safetensors --report pixels.html
expect_code 0
check_page pixels.html 7 7
expect "each with both" "$(grep -c '<figcaption>sample [0-9]*<br/>is <b>[0-9.]*</b>, said [0-9.-]*<br/>' pixels.html)" -eq 6
awk 'BEGIN { print "a,b,c"; for (i = 0; i < 80; i++) print (i % 3 ? i % 13 : "") "," i % 7 "," i % 13 * 1.5 + i % 7 }' >holes.csv
run train holes.csv --missing median --missing-indicator --device reference --epochs 2 -q -o holes.safetensors --report holes.html
expect_code 0
expect_text holes.html "<dt>missing</dt><dd>27 values, filled with the training samples&#39; median</dd>"
expect_text holes.html '<td class="number">missing</td>'

finish
