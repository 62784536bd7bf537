# --report: one page with everything in it, that says what --json says, whatever names the data have; whole or not there.
. "$(dirname "$0")/support.sh"
. "$(dirname "$0")/report_support.sh"
write_classes shapes.csv
write_prices prices.csv

# Two classes, all parts; the figures are those of --json.
run train shapes.csv --device reference --epochs 5 --seed 3 --json -o shapes.safetensors --report shapes.html
expect_code 0
check_page shapes.html 9 0
for heading in "What was run" Figures Training Confusion Classes Curves "Worst mistakes" "Which columns matter" Weights; do
    expect_text shapes.html "<h2>$heading</h2>"
done
for caption in Loss "Validation accuracy" "Learning rate" ROC "Precision and recall" Calibration; do
    expect_text shapes.html "<figcaption>$caption"
done
expect_text shapes.html "<dd>$(rounded "$(json validation.loss)" %.4g)</dd>"
expect_text shapes.html "<dd>$(awk -v n="$(json validation.accuracy)" 'BEGIN { printf "%.2f %%", 100 * n }')</dd>"
expect_text shapes.html "<td class=\"number\">$(rounded "$(json validation.precision.0)" %.4f)</td>"
expect_text shapes.html "<td class=\"number\">$(rounded "$(json validation.f1.1)" %.4f)</td>"
for cell in 0.0 0.1 1.0 1.1; do
    expect_text shapes.html ">$(json validation.confusion.$cell)</td>"
done
expect_text shapes.html "kiln train shapes.csv --device reference --epochs 5 --seed 3 --json -o shapes.safetensors --report shapes.html"
expect_text shapes.html "<dt>split</dt><dd>180 samples to train on, 20 to validate on</dd>"
expect_text shapes.html "layer 1 weights"
expect_text shapes.html "@media print"
expect_text shapes.html "prefers-color-scheme: dark"
expect_text shapes.html '<meta name="viewport"'

# The same run says the same, but for when and how fast.
cp shapes.html first.html
run train shapes.csv --device reference --epochs 5 --seed 3 --json -o shapes.safetensors --report shapes.html
for page in first shapes; do
    grep -v -e '<dt>when</dt>' -e '<dt>trained</dt>' $page.html >$page.rest
done
expect_same first.rest shapes.rest

# Of a model and samples, there are no curves of a training.
run evaluate shapes.safetensors shapes.csv --device reference --json --report evaluated.html
expect_code 0
check_page evaluated.html 8 0
expect_no_text evaluated.html "<h2>Training</h2>"
expect_text evaluated.html "<dd>$(rounded "$(json test.loss)" %.4g)</dd>"
expect_text evaluated.html "<dd>200</dd>"

# Numbers: residuals in the target's own units.
run train prices.csv --device reference --epochs 3 --json -o prices.safetensors --report prices.html
expect_code 0
check_page prices.html 7 0
for caption in "Predicted and true" Residuals "How far off"; do
    expect_text prices.html "<figcaption>$caption</figcaption>"
done
expect_text prices.html "<dd>$(rounded "$(json validation.rmse)" %.6g)</dd>"
expect_text prices.html "<dd>$(rounded "$(json validation.r2)" %.4f)</dd>"
expect_text prices.html "Targets were standardised while training"
expect_text prices.html "<th scope=\"row\" class=\"name\">area</th>"

# Names are never markup: of columns, classes and texts, with quotes; and of files, with bytes that are no UTF-8.
awk 'BEGIN { print "<script>alert(1)</script>,\"a\"\"onload=\"\"b\",colour,<i>kind</i>"
    for (i = 0; i < 60; i++) printf "%d,%d,%s,%s\n", i, i * 7 % 13, (i % 3 ? "<b>&amp;" : "\x27>"), (i < 30 ? "</td><script>" : "it\x27s") }' >hostile.csv
run train hostile.csv --device reference --epochs 2 -q -o hostile.safetensors --report hostile.html
expect_code 0
check_page hostile.html 9 0
expect_text hostile.html "&lt;script&gt;alert(1)&lt;/script&gt;"
expect_text hostile.html "a&quot;onload=&quot;b"
expect_text hostile.html "&lt;b&gt;&amp;amp;"
expect_text hostile.html "it&#39;s"
expect_no_text hostile.html "<i>"
expect_no_text hostile.html "<b>"
page=$(printf 'a <b> & \377.html')
run evaluate hostile.safetensors hostile.csv --device reference --report "$page"
expect_code 0
check_page "$page" 8 0
expect_text "$page" "$(printf -- '--report &#39;a &lt;b&gt; &amp; \357\277\275.html&#39;')"

# Pictures: of an image file, and of columns that are called pixels; and a map of what matters.
{ printf '\000\000\010\003\000\000\000\074\000\000\000\002\000\000\000\003'
    awk 'BEGIN { for (i = 0; i < 60; i++) printf "%s", i % 2 ? "\\377\\310\\372\\001\\002\\003" : "\\001\\003\\001\\366\\377\\311" }' | xargs -0 printf; } >images
{ printf '\000\000\010\001\000\000\000\074' && awk 'BEGIN { for (i = 0; i < 60; i++) printf "\\%03o", i % 2 }' | xargs -0 printf; } >labels
run train images --labels labels --device reference --epochs 2 -q -o images.safetensors --report images.html
expect_code 0
expect_text images.html "pictures of 2 x 3"
expect_text images.html "Which pixels matter"
check_page images.html 9 7 # 6 samples to validate on, and the map
run train "$project/examples/digits.csv" --test "$project/examples/digits-test.csv" --device reference --epochs 1 --hidden 8 -q -o digits.safetensors --report digits.html
expect_code 0
check_page digits.html 9 21
run train "$project/examples/iris.csv" --device reference --epochs 1 -q -o iris.safetensors --report iris.html
expect_code 0
check_page iris.html 9 0

# One output for two classes; and outputs that are no probabilities.
run train shapes.csv --device reference --epochs 2 --loss bce -q -o bce.safetensors --report bce.html
expect_code 0
check_page bce.html 9 0
expect_text bce.html "<figcaption>Calibration"
run train shapes.csv --device reference --epochs 2 --loss mse --output-activation linear -q -o linear.safetensors --report linear.html
expect_code 0
check_page linear.html 9 0
expect_text linear.html "<figcaption>ROC"
expect_no_text linear.html "<figcaption>Calibration"

# Many classes: the largest confusions in place of a matrix, some of the curves.
awk 'BEGIN { print "x,y,kind"; for (i = 0; i < 600; i++) printf "%d,%d,kind%d\n", i % 30 % 6, i * 7 % 11, i % 30 }' >many.csv
run train many.csv --device reference --epochs 1 --validation 0 -q -o many.safetensors --report many.html
expect_code 0
check_page many.html 9 0
expect_no_text many.html 'class="matrix"'
expect_text many.html "Most frequent confusions"
expect_text many.html "Only the curves of the smallest area are drawn"
expect "20 curves in each of two charts" "$(grep -c '<li class="key' many.html)" -eq 40

# A training that diverges at once has nothing to show.
run train prices.csv --device reference --optimizer sgd --lr 1e30 --epochs 3 --no-standardize -q -o diverged.safetensors --report diverged.html
expect "no page of nothing" ! -e diverged.html

# What cannot be written is said before anything is trained, and what is read is spared.
usage_error "--report needs a file" train shapes.csv --device reference --report -
usage_error "--report needs a file" evaluate shapes.safetensors shapes.csv --device reference --report -
usage_error "--report and --model are the same file" train shapes.csv -o one.html --report one.html
usage_error "--report and --checkpoint are the same file" train shapes.csv --checkpoint one.html --report one.html
failure "its folder no/such: No such file" train shapes.csv --device reference -o new.safetensors --report no/such/page.html
expect "nothing trained" ! -e new.safetensors
failure "its folder no/such: No such file" evaluate shapes.safetensors shapes.csv --device reference --report no/such/page.html
cp shapes.csv kept.csv
usage_error "shapes.csv: is what is read" train shapes.csv --device reference -o new.safetensors --report shapes.csv
usage_error "shapes.csv: is what is read" evaluate shapes.safetensors shapes.csv --device reference --report shapes.csv
usage_error "shapes.safetensors: is what is read" evaluate shapes.safetensors shapes.csv --device reference --report shapes.safetensors
expect_same shapes.csv kept.csv
if [ -c /dev/full ]; then
    run train shapes.csv --device reference --epochs 1 -q -o full.safetensors --report /dev/full
    expect_code 1
    expect_text err "/dev/full: cannot be written: No space left on device"
    expect_text err "the trained network is in full.safetensors"
    expect "the network all the same" -s full.safetensors
fi
expect "nothing left beside" -z "$(find . -name '*.html.*')"

finish
