#compdef sexton
# Completes command lines of sexton in zsh. Printed by "sexton completion zsh".

# Sets ids to the UUIDs with names as descriptions, and names to the names.
_sexton_list() {
  local id name
  while IFS=$'\t' read -r id name; do
    ids+=("$id:$name")
    [[ -z $name ]] || names+=("$name")
  done < <(${~program} list --json 2>/dev/null | sed -n \
    -e '/^  "unclaimed"/q' \
    -e '/^      "instance_id": "/{s/.*: "\(.*\)",$/\1/;h;}' \
    -e '/^      "name": "/{s/.*: "\(.*\)",$/\1/;s/.*\\.*//;H;x;s/\n/	/;p;}')
}

_sexton_instances() {
  local -a ids names
  _sexton_list
  _describe -t instances instance ids
}

_sexton_servers() {
  local -a ids names
  local ret=1
  _sexton_list
  _describe -t instances instance ids && ret=0
  compadd -a names && ret=0
  return ret
}

_sexton_commands() {
  local -a commands=(
@commands@
  )
  _describe -t commands command commands
}

_sexton() {
  local curcontext=$curcontext context state state_descr line ret=1 program=$words[1]
  local -A opt_args
  _arguments -C -s -S \
@common@
    '1:command:_sexton_commands' \
    '*::argument:->arguments' && ret=0
  [[ $state == arguments ]] || return ret
  curcontext=${curcontext%:*}-$words[1]:
  case $words[1] in
@arms@
  esac
  return ret
}

if [[ $funcstack[1] == _sexton ]]; then
  _sexton "$@"
else
  compdef _sexton sexton
fi
