# Usage: zsh -f complete.zsh SCRIPT LINE DIRECTORY: prints the candidates for the end of a command
# line. Only an interactive zsh on a terminal completes, so this starts one.
zmodload zsh/zpty
export SCRIPT=$1 HITS=$3/hits
cat >$3/setup <<'SETUP'
PROMPT= RPROMPT=
autoload -Uz compinit && compinit -D -u
source $SCRIPT
compadd() {
  if [[ ${@[1,(i)(-|--)]} != *-(O|A|D)\ * ]]; then
    local -a found
    builtin compadd -A found "$@"
    (( $#found )) && print -rl -- $found >>$HITS
  fi
  builtin compadd "$@"
}
capture() { zle complete-word; print -r -- : >>$HITS }
zle -N capture
bindkey '^I' capture
print -r -- : >>$HITS
SETUP
wait_for() {
  repeat 600 {
    (( $(grep -c '^:$' $HITS) >= $1 )) && return
    sleep 0.05
  }
  print -r -- "zsh did not answer" >&2
  exit 1
}
: >$HITS
zpty shell zsh -f -i
zpty -w shell "source '$3/setup'"
wait_for 1
zpty -w -n shell "$2"$'\t'
wait_for 2
zpty -d shell
grep -v '^:$' $HITS
exit 0
