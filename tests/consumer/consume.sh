#!/bin/sh
# Installs kiln into a temporary folder, moves that, builds a program against it and runs the program.
# usage: consume.sh cmake|pkg-config BUILD SOURCE
# environment: CMAKE, CC, CFLAGS (the build's own), LIBDIR (of the installation), VERSION (expected of all that tells one)
set -eu
way=$1 build=$2 source=$3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
prefix=$work/moved

"$CMAKE" --install "$build" --prefix "$work/installed" >"$work/install.log"
mv "$work/installed" "$prefix"

case $way in
cmake)
    "$CMAKE" -S "$source" -B "$work/build" -DCMAKE_PREFIX_PATH="$prefix" -DCMAKE_C_COMPILER="$CC" -DCMAKE_C_FLAGS="$CFLAGS" \
        -DCMAKE_FIND_PACKAGE_NO_PACKAGE_REGISTRY=ON >"$work/configure.log" || { cat "$work/configure.log" && exit 1; }
    "$CMAKE" --build "$work/build" >"$work/build.log" || { cat "$work/build.log" && exit 1; }
    program=$work/build/outside
    ;;
pkg-config)
    export PKG_CONFIG_PATH="$prefix/$LIBDIR/pkgconfig"
    told=$(pkg-config --modversion kiln)
    [ "$told" = "$VERSION" ] || { echo "kiln.pc is of version $told, not $VERSION"; exit 1; }
    program=$work/outside
    # shellcheck disable=SC2046,SC2086
    "$CC" -std=c11 $CFLAGS -o "$program" "$source/outside.c" $(pkg-config --cflags --libs kiln)
    # shellcheck disable=SC2046,SC2086
    "$CC" -std=c11 $CFLAGS -o "$program.static" "$source/outside.c" $(pkg-config --static --cflags --libs kiln)
    export LD_LIBRARY_PATH="$prefix/$LIBDIR${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}" # a shared libkiln has no rpath here
    ;;
*) echo "no such way: $way" && exit 2 ;;
esac

told=$("$program")
[ "$told" = "$VERSION" ] || { echo "the installed libkiln is of version $told, not $VERSION"; exit 1; }
unset LD_LIBRARY_PATH
told=$("$prefix/bin/kiln" --version)
case $told in
*"$VERSION"*) ;;
*) echo "the installed program says '$told', not $VERSION" && exit 1 ;;
esac
