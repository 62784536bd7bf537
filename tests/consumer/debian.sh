#!/bin/sh
# Makes the Debian package and looks into it: what it says of itself, what it holds, and that its program runs.
# usage: debian.sh CPACK BUILD VERSION      Exit 77, "skipped", without dpkg-dev and file.
set -eu
cpack=$1 build=$2 version=$3
for tool in dpkg-deb dpkg-shlibdeps file; do
    command -v $tool >/dev/null || { echo "no $tool"; exit 77; }
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
wrong=0

# Named another generator, cpack does not build first: it takes what is built, as `cmake --install` does.
"$cpack" -G DEB -D CPACK_CMAKE_GENERATOR=Ninja --config "$build/CPackConfig.cmake" -B "$work" >"$work/cpack.log" 2>&1 || { cat "$work/cpack.log" && exit 1; }
package=$work/kiln_$version-1_$(dpkg --print-architecture).deb
[ -e "$package" ] || { echo "no $package:" && ls "$work" && exit 1; }

# is FIELD TEXT: the field has the text in it.
is() {
    told=$(dpkg-deb -f "$package" "$1")
    case $told in
    *"$2"*) ;;
    *) echo "$1 is '$told', not '$2'" && wrong=1 ;;
    esac
}
is Package kiln
is Version "$version-1"
is Section science
is Recommends "pocl-opencl-icd | opencl-icd"
is Depends libclblast1
is Depends libjansson4
is Depends "libc6 (>="
is Maintainer "kiln developers"
is Description "OpenCL"

dpkg-deb -x "$package" "$work/unpacked"
usr=$work/unpacked/usr
for file in bin/kiln include/kiln/kiln.h lib*/libkiln.a lib*/pkgconfig/kiln.pc share/man/man1/kiln.1.gz share/doc/kiln/copyright \
    share/doc/kiln/changelog.gz share/doc/kiln/changelog.Debian.gz share/bash-completion/completions/kiln \
    share/zsh/vendor-completions/_kiln share/fish/vendor_completions.d/kiln.fish; do
    # shellcheck disable=SC2086
    set -- $usr/$file
    [ -s "$1" ] || { echo "not in the package: usr/$file" && wrong=1; }
done
[ "$("$usr/bin/kiln" --version)" = "kiln $version" ] || { echo "its program does not say kiln $version" && wrong=1; }
for name in $("$usr/bin/kiln" help --list); do
    zcat "$usr/share/man/man1/kiln-$name.1.gz" | grep -q "^.TH KILN-" || { echo "no page for kiln $name" && wrong=1; }
done
# As root's, readable by all, written by none but root.
odd=$(dpkg-deb -c "$package" | awk '$1 !~ /^(drwxr-xr-x|-rwxr-xr-x|-rw-r--r--)$/ || $2 != "root/root"')
[ -z "$odd" ] || { echo "odd owners or rights: $odd" && wrong=1; }
exit $wrong
