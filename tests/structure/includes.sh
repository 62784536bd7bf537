#!/bin/sh
# Reads every #include and fails on one that points the wrong way through the house.
# usage: includes.sh PROJECT
set -eu
cd "$1"
find host include kernels -name '*.[ch]' -o -name '*.cl' -o -name '*.clh' | sort | xargs grep -nE '^[[:space:]]*#[[:space:]]*include' |
awk '
# A row: who, and whom it may include beside its own folder, the C library and POSIX. "public" is <kiln/...>.
BEGIN {
    may["cli"]               = "public jansson zlib cairo"
    may["training"]          = "backend backend/reference network base public jansson zlib"
    may["model"]             = "backend network base public jansson"
    may["data"]              = "backend network base public zlib libcsv libzip"
    may["backend"]           = "backend/reference backend/opencl network base public"
    may["backend/reference"] = "backend network base public"
    may["backend/opencl"]    = "backend network base public shared opencl clblast zlib"
    may["network"]           = "base public"
    may["base"]              = "status shared jansson"
    may["public"]            = "public"
    may["kernels"]           = "kernels"
    may["shared"]            = "shared"
    libc = " assert complex ctype errno fenv float inttypes iso646 limits locale math setjmp signal stdalign stdarg stdatomic" \
           " stdbool stddef stdint stdio stdlib stdnoreturn string tgmath threads time uchar wchar wctype "
    posix = " dirent dlfcn fcntl fnmatch ftw getopt glob langinfo libgen poll pthread pwd regex sched strings termios unistd "
}
# The part of the house a file is in.
function part(path) {
    if (path ~ /^include\//) return "public"
    if (path ~ /^kernels\/shared\//) return "shared"
    if (path ~ /^kernels\//) return "kernels"
    if (path ~ /^host\/backend\/(reference|opencl)\//) { split(path, p, "/"); return p[2] "/" p[3] }
    split(path, p, "/")
    return p[2]
}
# The part that an include names, seen from a file in part `from`; "" for the C library and POSIX.
function named(from, name, angled,    stem) {
    if (name ~ /\.\./) return "a folder above (" name ")"
    if (name == "kiln/status.h" && from == "base") return "status"
    if (name ~ /^kiln\//) return "public"
    if (name ~ /^CL\//) return "opencl"
    if (name ~ /^clblast/) return "clblast"
    if (name == "jansson.h") return "jansson"
    if (name == "zlib.h") return "zlib"
    if (name == "csv.h") return "libcsv"
    if (name ~ /^cairo(-svg)?\.h$/) return "cairo"
    if (name == "zip.h") return "libzip"
    if (angled) {
        stem = name; sub(/\.h$/, "", stem)
        if (index(libc posix, " " stem " ") || name ~ /^sys\/(file|ioctl|mman|resource|stat|time|types|wait)\.h$/) return ""
        return "<" name ">, which is neither C nor POSIX"
    }
    if (from == "kernels" || from == "cli") return name ~ /\// ? name : from
    if (name == "philox.h" || name == "shapes.h") return "shared"
    return name ~ /\// ? part("host/" name) : "\"" name "\" without its folder"
}
{
    split($0, at, ":")
    from = part(at[1])
    name = $0; sub(/^[^<"]*[<"]/, "", name); angled = $0 ~ /include[[:space:]]*</; sub(/[>"].*/, "", name)
    to = named(from, name, angled)
    count++
    if (to == "" && from != "kernels" || to == from && from != "public" || index(" " may[from] " ", " " to " ")) next
    printf "%s:%s: %s may not include %s; only: %s\n", at[1], at[2], from, to == "" ? "<" name ">" : to, may[from] ? may[from] : "nothing"
    wrong++
}
END {
    printf "%d includes, %d not allowed\n", count, wrong
    exit wrong > 0 || count == 0
}'
