# What the tests of --report share.
# shellcheck shell=sh

# check_page PAGE SECTIONS PICTURES: well-formed, loads nothing, and so many of each. Needs Python's standard library.
check_page() {
    expect "a page" -s "$1"
    expect_no_text "$1" "<script"
    command -v python3 >/dev/null || return 0
    expectations=$((expectations + 1))
    python3 "$project/tests/cli/page_check.py" "$1" >checked 2>&1 && grep -qx "$2 sections, $3 pictures" checked ||
        failed "$1 is not what it should be, $2 sections and $3 pictures: $(cat checked)"
}

# rounded NUMBER FORMAT
rounded() {
    awk -v n="$1" -v f="$2" 'BEGIN { printf f, n }'
}
