# shellcheck shell=bash
# Completes command lines of sexton in bash. Printed by "sexton completion bash".

# Prints the UUID and the name of each instance, separated by a tab.
_sexton_list() {
  "${1/#\~\//$HOME/}" list --json 2>/dev/null | sed -n \
    -e '/^  "unclaimed"/q' \
    -e '/^      "instance_id": "/{s/.*: "\(.*\)",$/\1/;h;}' \
    -e '/^      "name": "/{s/.*: "\(.*\)",$/\1/;s/.*\\.*//;H;x;s/\n/	/;p;}'
}

# Adds the instances that begin with the current word: UUIDs, and with "names" also names, as far as
# the shell takes them literally.
_sexton_instances() {
  local id name
  while IFS=$'\t' read -r id name; do
    case $id in
      *[!0-9a-f-]*) ;;
      "$cur"*) COMPREPLY+=("$id") ;;
    esac
    [ "$2" = names ] || continue
    case $name in
      '' | *[!A-Za-z0-9._@/+-]*) ;;
      "$cur"*) COMPREPLY+=("$name") ;;
    esac
  done < <(_sexton_list "$1")
}

# Adds the lines of stdin.
_sexton_add() {
  local line
  while IFS= read -r line; do
    COMPREPLY+=("$line")
  done
}

_sexton_files() {
  compopt -o filenames 2>/dev/null
  _sexton_add < <(compgen "$1" -- "$cur")
}

# Completes a program that begins at a word of the command line, and its arguments.
_sexton_program() {
  if declare -F _comp_command_offset >/dev/null; then
    _comp_command_offset "$1"
  elif declare -F _command_offset >/dev/null; then
    _command_offset "$1"
  else
    [ "$1" != "$COMP_CWORD" ] || _sexton_add < <(compgen -c -- "$cur")
    _sexton_files -f
  fi
}

_sexton() {
  local cur=${COMP_WORDS[COMP_CWORD]} command='' option='' operands=0 words='' word i
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=${COMP_WORDS[i]}
    if [ -n "$option" ]; then
      [ "$word" = = ] || option=
      continue
    fi
    case $command:$word in
      @with_value@) option=$word ;;
      *:-* | *:=) ;;
      :*) command=$word ;;
      @with_program@)
        _sexton_program "$i"
        return
        ;;
      *) operands=$((operands + 1)) ;;
    esac
  done
  [ "$cur" != = ] || cur=
  case $command:$option in
    *:)
      if [[ $cur == -* ]]; then
        case $command in
@options@
        esac
      elif [ "$operands" = 0 ]; then
        case $command in
@operands@
        esac
      fi
      ;;
@values@
  esac
  [ -z "$words" ] || _sexton_add < <(compgen -W "$words" -- "$cur")
}

complete -F _sexton sexton
