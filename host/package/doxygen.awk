# Doxygen's view of a public header, whose comments are plain: they become documentation of what they stand before or behind.
# Lines "name  text" become parameters, "Returns" what is returned; a comment above several functions, or behind several fields,
# is that of each. A field without a comment says all by its name and type; anything else without one is left for Doxygen to miss.
# usage: awk -f doxygen.awk HEADER

# Text as Doxygen shows it letter for letter; words of the form kiln_name become links all the same.
function plain(text) {
    gsub(/[\\@<>*|#]/, "\\\\&", text)
    return text
}

# A line of a comment, without its marks. Keeps `block`, the comment so far, for it may be printed more than once.
function add(line,    name, text) {
    if (!behind && match(line, /^\*?[a-z_]+(, \*?[a-z_]+)*   *[^ ]/)) {
        name = substr(line, 1, RLENGTH - 1)
        text = substr(line, RLENGTH)
        gsub(/[* ]/, "", name)
        block = block "\n * @param " name " " plain(text)
        last = line
        return
    }
    if (line ~ /^  [^ ]/ && !code && last == "") {
        code = 1
        block = block "\n * @code{.c}"
    } else if (code && line !~ /^  /) {
        code = 0
        block = block "\n * @endcode"
    }
    last = line
    if (!code) {
        line = plain(line)
        if (sub(/(^|[.] )Returns /, "&\001", line)) # a paragraph of its own
            sub(/Returns \001/, "\n * @return ", line)
    }
    block = block (block == "" ? " " : "\n * ") line
}

# One declaration a field: "size_t m, n;" and a comment become two with that comment each.
function print_fields(fields,    type, count, names, i) {
    type = ""
    if (fields ~ /^ +[a-z_0-9 ]+ \**[a-z_0-9]+(\[[^]]*\])?(, .*);/) {
        match(fields, /^ +(const )?[a-z_0-9]+ /)
        type = substr(fields, 1, RLENGTH)
        fields = substr(fields, RLENGTH + 1)
        sub(/; *$/, "", fields)
        count = split(fields, names, /, */)
        for (i = 1; i <= count; i++)
            printf "%s%s; /**<%s */\n", type, names[i], block
    } else
        printf "%s/**<%s */\n", fields, block
}

# Ends a comment.
function finish(    overview) {
    if (code) block = block "\n * @endcode"
    code = inside = 0
    repeat = behind ? "" : block
    overview = FILENAME ~ /\/kiln\.h$/
    if (behind)
        print_fields(before)
    else if (first == 1 && overview)
        printf "/** @mainpage Overview\n *%s */\n/** @file\n * @brief Includes all the others. */\n", block
    else
        printf "/**%s%s */\n", first == 1 ? " @file\n * @brief" : "", block
}

# A line of a comment, perhaps its last.
function take(line,    ends) {
    ends = sub(/ *\*\/ *$/, "", line)
    add(line)
    if (ends) finish()
}

function begin(line) {
    inside = 1; block = ""; first = FNR; last = "begin"
    take(line)
}

inside { if ($0 !~ /^ *\*\/ *$/) sub(/^ *\*? ?/, ""); if (behind) sub(/^ +/, ""); take($0); next }
/^ *\/\* / { behind = 0; sub(/^ *\/\* /, ""); begin($0); next }
/[^ ] *\/\* / {
    at = index($0, "/* ")
    before = substr($0, 1, at - 1)
    behind = 1
    begin(substr($0, at + 3))
    next
}
# A function below another without a line between has the comment above both.
/^[a-z].*\(/ && another && repeat { printf "/**%s */\n", repeat }
/^    [a-z].*;$/ && !/\(/ { block = " &zwnj;"; print_fields($0); next }
{ another = /\);$/; if ($0 == "" || /^[}#]/) repeat = ""; print }
