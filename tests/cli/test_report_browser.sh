# The report in headless Chromium: nothing is loaded, nothing complained of, nothing wider than a phone, no label outside its
# chart, dark where the reader's screen is, and printable. Skipped where there is no Chromium.
. "$(dirname "$0")/support.sh"
browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome) || { echo "no Chromium: skipped"; exit 77; }
[ "$(id -u)" = 0 ] && alone=--no-sandbox || alone=
export HOME="$folder" XDG_CACHE_HOME="$folder" XDG_CONFIG_HOME="$folder"

write_classes shapes.csv
write_prices prices.csv
awk 'BEGIN { print "x,y,a_column_with_a_name_that_is_longer_than_any_phone_is_wide,kind"
    for (i = 0; i < 600; i++) printf "%d,%d,1e%d,%s%d\n", i % 30 % 6, i * 7 % 11, i % 9, (i % 3 ? "kind" : "kind_that_does_not_fit_anywhere_without_being_broken_"), i % 30 }' >many.csv
run train shapes.csv --device reference --epochs 12 -q -o shapes.safetensors --report shapes.html
run train prices.csv --device reference --epochs 1 -q -o prices.safetensors --report prices.html
run train many.csv --device reference --epochs 2 --validation 0 -q -o many.safetensors --report many.html
run train "$project/examples/digits.csv" --test "$project/examples/digits-test.csv" --device reference --epochs 2 --hidden 8 -q -o digits.safetensors --report digits.html

browse() { # ARGUMENTS: headless, in a folder of its own; what it says in `log`
    command="chromium $*"
    # shellcheck disable=SC2086
    timeout 100 "$browser" --headless=new $alone --disable-gpu --disable-dev-shm-usage --no-first-run --user-data-dir="$folder/browser" \
        --enable-logging=stderr --v=0 "$@" >out 2>log
}
browse --dump-dom about:blank
grep -q '<html' out || { echo "Chromium does not start here: skipped"; tail -n 5 log; exit 77; }

# The page says of itself how it came out: a script is added to a copy, since the page has none, and tells a page around it, as
# wide as a phone is: a window of Chromium's has at least 500 pixels.
cat >probe.js <<'END'
const root = document.documentElement, found = [];
const wide = root.scrollWidth - root.clientWidth;
if (wide > 0) found.push("wider by " + wide);
for (const entry of performance.getEntriesByType("resource"))
    if (!entry.name.startsWith("data:")) found.push("loaded " + entry.name);
for (const text of document.querySelectorAll(".chart text")) {
    const box = text.getBoundingClientRect(), chart = text.closest("svg").getBoundingClientRect();
    if (box.left < chart.left - 1 || box.right > chart.right + 1 || box.top < chart.top - 1 || box.bottom > chart.bottom + 1)
        found.push("outside its chart: " + text.textContent);
}
for (const picture of document.images)
    if (!picture.complete || picture.naturalWidth === 0) found.push("a picture that is none");
parent.postMessage([root.clientWidth, getComputedStyle(document.body).backgroundColor, found.join("; ") || "nothing"].join(" | "), "*");
END

# look PAGE WIDTH ARGUMENTS...: what the page says of itself goes to the file found.
look() {
    page=$1 width=$2
    shift 2
    { sed 's/<\/body>.*//; /<\/html>/d' "$page.html"
        printf '<script>addEventListener("load", () => {\n' && cat probe.js && printf '})</script></body></html>'; } >probed.html
    cat >around.html <<END
<!DOCTYPE html><meta name="color-scheme" content="light dark"><p id="found"></p>
<script>addEventListener("message", event => { document.getElementById("found").textContent = event.data; });</script>
<iframe src="probed.html" width="$width" height="700" style="border: 0"></iframe>
END
    browse --hide-scrollbars --window-size=1300,800 --virtual-time-budget=10000 "$@" --dump-dom "file://$folder/around.html"
    grep -o '<p id="found">.*</p>' out >found
}
for page in shapes prices many digits; do
    look $page 360 --blink-settings=preferredColorScheme=1
    expect "$page as it should be" "$(cat found)" = '<p id="found">360 | rgb(255, 255, 255) | nothing</p>'
    expect_no_text log CONSOLE
    look $page 1100 --blink-settings=preferredColorScheme=0
    expect "$page as it should be" "$(cat found)" = '<p id="found">1100 | rgb(17, 21, 27) | nothing</p>'
    expect_no_text log CONSOLE
done

# A wrong page is seen to be one.
sed 's/<main>/<main><div style="width:500px">wide<\/div><img src="http:\/\/127.0.0.1:1\/nowhere.png"\/><script>console.error("complaint")<\/script>/' shapes.html >broken.html
look broken 360
expect_text found "wider by"
expect_text found "nowhere.png"
expect_text found "a picture that is none"
grep CONSOLE log >found
expect_text found complaint

browse --print-to-pdf="$folder/shapes.pdf" --no-pdf-header-footer "file://$folder/shapes.html"
expect "a PDF" "$(head -c 5 shapes.pdf)" = "%PDF-"

finish
