# Manual pages: one a command, with what its help says, and without a warning from groff or mandoc.
. "$(dirname "$0")/support.sh"
export SOURCE_DATE_EPOCH=1700000000
run help --list
commands=$(cat out)

# page NAME...: the page in the file out, looked at by every formatter there is.
page() {
    run help --man "$@"
    expect_code 0
    expect_empty err
    if command -v groff >/dev/null; then
        groff -man -ww -Tutf8 out >shown 2>warned
        expect_empty warned
        expect "text of some lines" "$(wc -l <shown)" -gt 20
    fi
    if command -v man >/dev/null; then
        man --warnings -E UTF-8 -l -Tutf8 -Z out 2>warned >/dev/null
        expect_empty warned
    fi
    if command -v mandoc >/dev/null; then
        mandoc -T lint -W warning out >warned
        expect_empty warned
    fi
    for section in NAME SYNOPSIS DESCRIPTION EXAMPLES "EXIT STATUS" ENVIRONMENT FILES "SEE ALSO"; do
        expect "the section $section" "$(grep -cx ".SH $section" out)" -eq 1
    done
}

page
expect_text out '.TH KILN 1 2023-11-14 "kiln 0.'
for name in $commands; do
    expect_text out "kiln\\-$name (1)"
done

for name in $commands; do
    run "$name" --help
    sed -n 's/^  \(-., \)\{0,1\}--\([a-z0-9-]*\).*/--\2/p' out >helped
    expect "options in the help" -s helped
    page "$name"
    expect_text out "kiln\\-$name \\- "
    # Every option that the help has, in its order.
    sed -n 's/^\(\\fB\\-.\\fR, \)\{0,1\}\\fB\(\\-\\-[a-z0-9\\-]*\)\\fR.*/\2/p' out | tr -d '\\' >paged
    expect_same paged helped
done

run help --man train
expect_text out '\fB\-o\fR, \fB\-\-model\fR \fIFILE\fR'
expect_text out 'one of auto, sse, mse, bce, cross\-entropy, mae, huber (default auto)'
expect_text out '.SS network'
expect_text out 'kiln train iris.csv'

usage_error "no command 'tarin'; did you mean 'train'?" help --man tarin

finish
