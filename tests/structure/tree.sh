#!/bin/sh
# The house has only the rooms it should have, and nothing in it depends on one machine's folders.
# usage: tree.sh PROJECT      Exit 77, "skipped", outside a git checkout: what is tracked is then not known.
set -eu
cd "$1"
[ -e .git ] && git ls-files >/dev/null 2>&1 || { echo "not a git checkout"; exit 77; }
wrong=0

for entry in $(git ls-files | cut -d/ -f1 | sort -u); do
    case $entry in
    host | kernels | include | tests | examples | CMakeLists.txt | README.md | LICENSE | CHANGELOG.md | .*) ;;
    *) echo "$entry: has no place at the top: see where its kind of file lives" && wrong=1 ;;
    esac
done
for folder in $(git ls-files host | cut -d/ -f2 | sort -u); do
    case $folder in
    cli | data | network | training | backend | model | base | package) ;;
    *) echo "host/$folder: not a part of the house" && wrong=1 ;;
    esac
done

# A user's folder in a file is somebody's machine; the brackets keep this line from finding itself.
if git grep -nIE '/(hom[e]|roo[t]|wor[k])/|/opt/[p]eers' -- . ':!tests/fuzz/corpus'; then
    echo "a machine's own folder is named above: use a relative path, or a temporary one"
    wrong=1
fi
exit $wrong
