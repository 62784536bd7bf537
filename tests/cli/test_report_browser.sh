# The report in headless Chromium: nothing is loaded, nothing complained of, nothing wider than a phone, no label outside its
# chart, over another or the same as another, dark where the reader's screen is, and printable. Skipped where there is no Chromium.
. "$(dirname "$0")/support.sh"
browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome) || { echo "no Chromium: skipped"; exit 77; }
[ "$(id -u)" = 0 ] && alone=--no-sandbox || alone=
export HOME="$folder" XDG_CACHE_HOME="$folder" XDG_CONFIG_HOME="$folder"

write_classes shapes.csv
write_prices prices.csv
awk 'BEGIN { print "x,y,a_column_with_a_name_that_is_longer_than_any_phone_is_wide,kind"
    for (i = 0; i < 600; i++) printf "%d,%d,1e%d,%s%d\n", i % 30 % 6, i * 7 % 11, i % 9, (i % 3 ? "kind" : "kind_that_does_not_fit_anywhere_without_being_broken_"), i % 30 }' >many.csv
awk 'BEGIN { print "x,y,small,large,far_from_zero_and_with_a_name_that_is_longer_than_any_phone_is_wide"; print "x,y,one,two_words with_a_name_that_is_longer_than_any_phone_is_wide" >"labels.csv"
    for (i = 0; i < 300; i++) { a = i % 13; b = i * 7 % 11; printf "%d,%d,%.6f,%d,%.3f\n", a, b, a / 1e5, b * 1e7, 1e6 + a / 100
        printf "%d,%d,%s,%d\n", a, b, (a > b ? "yes" : "no"), (a > 6) >"labels.csv" } }' >numbers.csv
run train shapes.csv --device reference --epochs 12 -q -o shapes.safetensors --report shapes.html
run train prices.csv --device reference --epochs 1 -q -o prices.safetensors --report prices.html
run train many.csv --device reference --epochs 2 --validation 0 -q -o many.safetensors --report many.html
run train numbers.csv --target 2,3,4 --device reference --epochs 2 -q -o numbers.safetensors --report numbers.html
run train labels.csv --target 2,3 --device reference --epochs 2 -q -o labels.safetensors --report labels.html
run train "$project/examples/digits.csv" --test "$project/examples/digits-test.csv" --device reference --epochs 2 --hidden 8 -q -o digits.safetensors --report digits.html

browse() { # ARGUMENTS: headless, in a folder of its own, without a network; what it says in `log`
    command="chromium $*"
    # shellcheck disable=SC2086
    timeout -k 5 60 "$browser" --headless=new $alone --disable-gpu --disable-dev-shm-usage --no-first-run --disable-sync \
        --disable-background-networking --disable-component-update --host-resolver-rules="MAP * ~NOTFOUND" \
        --user-data-dir="$folder/browser" --enable-logging=stderr --v=0 "$@" >out 2>log
}

# A page says of itself how it came out: a script is added to a copy, since the page has none, and tells a page around it, as
# wide as a phone or a screen is: a window of Chromium's has at least 500 pixels.
cat >probe.js <<'END'
const root = document.documentElement, found = [];
const wide = root.scrollWidth - root.clientWidth;
if (wide > 0) found.push("wider by " + wide);
for (const entry of performance.getEntriesByType("resource"))
    if (!entry.name.startsWith("data:")) found.push("loaded " + entry.name);
for (const chart of document.querySelectorAll(".chart")) {
    const edge = chart.getBoundingClientRect(), labels = [...chart.querySelectorAll("text")];
    const boxes = labels.map(text => text.getBoundingClientRect());
    boxes.forEach((box, i) => {
        if (box.left < edge.left - 1 || box.right > edge.right + 1 || box.top < edge.top - 1 || box.bottom > edge.bottom + 1)
            found.push("outside its chart: " + labels[i].textContent);
        for (let k = 0; k < i; k++)
            if (box.left < boxes[k].right && boxes[k].left < box.right && box.top < boxes[k].bottom && boxes[k].top < box.bottom)
                found.push(labels[i].textContent + " over " + labels[k].textContent);
    });
    if (new Set(labels.map(text => text.textContent + text.getAttribute("text-anchor"))).size < labels.length)
        found.push("labels that do not differ: " + labels.map(text => text.textContent).join(" "));
}
for (const picture of document.images)
    if (!picture.complete || picture.naturalWidth === 0) found.push("a picture that is none");
const name = location.pathname.split("/").pop().replace(".probed.html", "");
parent.postMessage([name, root.clientWidth, getComputedStyle(document.body).backgroundColor, found.join("; ") || "nothing"].join(" | "), "*");
END

# look SCHEME PAGE...: what each page says of itself, as wide as a phone and as a screen, sorted, goes to the file found.
look() {
    scheme=$1
    shift
    { printf '<!DOCTYPE html><meta name="color-scheme" content="light dark"><div id="found"></div>\n' && cat <<'END'
<script>
addEventListener("message", event => {
    const line = document.createElement("p");
    line.textContent = event.data;
    document.getElementById("found").append(line);
});
</script>
END
        for page; do
            for width in 360 1100; do
                echo "<iframe src=\"$page.probed.html\" width=\"$width\" height=\"700\" style=\"border: 0\"></iframe>"
            done
        done; } >around.html
    for page; do
        { sed 's/<\/body>.*//; /<\/html>/d' "$page.html"
            printf '<script>addEventListener("load", () => {\n' && cat probe.js && printf '})</script></body></html>'; } >"$page.probed.html"
    done
    browse --hide-scrollbars --window-size=1300,800 --virtual-time-budget=10000 "--blink-settings=preferredColorScheme=$scheme" \
        --dump-dom "file://$folder/around.html"
    tr -d '\n' <out | grep -o '<p>[^<]*</p>' | sed 's/<[^>]*>//g' | sort >found
}

pages="digits labels many numbers prices shapes"
# shellcheck disable=SC2086
look 1 $pages
grep -q '<html' out || { echo "Chromium does not start here: skipped"; tail -n 5 log; exit 77; }
expect_no_text log CONSOLE
for page in $pages; do
    printf '%s | %s | rgb(255, 255, 255) | nothing\n' $page 1100 $page 360
done >expected
expect_same expected found
# shellcheck disable=SC2086
look 0 $pages
expect_no_text log CONSOLE
sed 's/255, 255, 255/17, 21, 27/' expected >dark
expect_same dark found

# A wrong page is seen to be one.
sed 's/<main>/<main><div style="width:500px">wide<\/div><img src="http:\/\/127.0.0.1:1\/nowhere.png"\/><script>console.error("complaint")<\/script>/
    0,/text-anchor="middle">/s//dx="-999" text-anchor="middle">/; s/<text x="64\.0" y="251"/<text x="68" y="251"/' shapes.html >broken.html
look 1 broken
expect_text found "wider by"
expect_text found "outside its chart"
expect_text found "nowhere.png"
expect_text found "a picture that is none"
grep CONSOLE log >found
expect_text found complaint

browse --print-to-pdf="$folder/shapes.pdf" --no-pdf-header-footer "file://$folder/shapes.html"
expect "a PDF" "$(head -c 5 shapes.pdf)" = "%PDF-"

finish
