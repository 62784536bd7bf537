# Completion: bash's is asked as bash asks it; zsh's and fish's too, where these shells are.
. "$(dirname "$0")/support.sh"

run completion bash
expect_code 0
mv out kiln.bash
run completion zsh
expect_code 0
mv out _kiln
run completion fish
expect_code 0
mv out kiln.fish
usage_error "'csh' is no shell that is known here: bash, zsh, fish" completion csh
usage_error "something is missing: usage is kiln completion" completion

mkdir place && cd place || exit 1
touch data.csv "two words.csv"
mkdir folder
cd ..

# complete WORD...: what bash offers for the last word, in its order, with | between.
complete_bash() {
    command="bash completes: kiln $*"
    bash --norc -c '
        cd place && . ../kiln.bash || exit
        [ "$(complete -p kiln)" = "complete -F _kiln kiln" ] || exit
        COMP_WORDS=(kiln "$@") COMP_CWORD=$#
        _kiln 2>/dev/null
        IFS="|" && echo "${COMPREPLY[*]}"' bash "$@" >out 2>err
}

# offered TEXT WORD...: exactly this.
offered() {
    wanted=$1
    shift
    complete_bash "$@"
    expect "these words" "$(cat out)" = "$wanted"
    expect_empty err
}

if command -v bash >/dev/null; then
    run help --list
    all=$(tr '\n' '|' <out)
    offered "$all"'help|--help|--version' ''
    offered "train" tr
    offered "${all%|}" help ''
    offered "predict" help pr
    offered "mse" train --loss ms
    offered "auto|sse|mse|bce|cross-entropy|mae|huber" train data.csv --loss ''
    offered "cross-entropy" train --loss = cr
    offered "auto|sse|mse|bce|cross-entropy|mae|huber" train --loss =
    offered "--momentum|--model" train --mo
    offered "--config" predict --co
    offered "auto" train --lr ''
    offered "auto|gpu|cpu|reference" bench --device ''
    offered "" train --hidden ''
    offered "data.csv" train da
    offered "two words.csv" train tw
    offered "two words.csv" train --labels tw
    offered "two words.csv" train -o tw
    offered "data.csv" predict two.safetensors da
    offered "" devices ''
    offered "bash|zsh|fish" completion ''
    # Every option that a help has is offered, and no other.
    for name in train predict explain info; do
        run "$name" --help
        sed -n 's/^  \(-., \)\{0,1\}--\([a-z0-9-]*\).*/--\2/p' out >helped
        complete_bash "$name" --
        tr '|' '\n' <out >words
        expect_same words helped
    done
fi

# A real zsh completes in a terminal alone, so the function is run on stand-ins that note what it was given.
if command -v zsh >/dev/null; then
    command="zsh"
    zsh -n _kiln 2>err
    expect_empty err
    zsh -f -c 'autoload -Uz compinit && compinit -D && . ./_kiln && whence -w _kiln && echo ${_comps[kiln]}' >out 2>err
    expect_text out "_kiln: function"
    expect "the function for kiln" "$(tail -n 1 out)" = _kiln
    expect_empty err
    cat >asked.zsh <<'ZSH'
compdef() { : }
_arguments() { print -rl -- "$@" }
_describe() { print -rl -- "${commands[@]}" }
. ./_kiln
words=("$@") CURRENT=$#
_kiln
ZSH
    zsh -f asked.zsh kiln train '' >out 2>err
    expect_empty err
    expect_text out "--loss=[auto\: cross-entropy after softmax, bce after sigmoid, else mse]:NAME:(auto sse mse bce cross-entropy mae huber)"
    expect_text out "(-o --model)-o+[where"
    expect_text out "*:DATA:_files"
    zsh -f asked.zsh kiln '' >out 2>err
    expect_text out "train:trains a network"
fi

if command -v fish >/dev/null; then
    command="fish"
    fish -n kiln.fish 2>err
    expect_empty err
    HOME=$folder XDG_CONFIG_HOME=$folder/config fish --no-config -c 'source kiln.fish
        echo commands (complete -C "kiln tr")
        echo words (complete -C "kiln train --loss m")
        echo options (complete -C "kiln train --warm")
        echo files (complete -C "kiln train place/da")
        echo nothing (complete -C "kiln train --hidden p")' >out 2>err
    expect_empty err
    expect_text out "commands train"
    expect "the losses in m" "$(grep -c '^words mae[[:space:]].* mse[[:space:]]' out)" -eq 1
    expect_text out "options --warm-up"
    expect_text out "files place/data.csv"
    expect "no files where no file is expected" "$(grep -cx 'nothing *' out)" -eq 1
fi

finish
