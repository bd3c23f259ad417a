# shellcheck shell=bash
# Sourced by dist/check and by the scripts that it runs elsewhere. They set $work, a directory for the
# output of a failed check, and $program, the name before a message.

check() {
  local what=$1
  shift
  "$@" >"$work/check.log" 2>&1 || { cat "$work/check.log"; fail "check failed: $what"; }
  echo "ok: $what"
}

fail() {
  echo "$program: $1" >&2
  exit 1
}

# Waits until a command succeeds, at most as many seconds as the first argument says.
await() {
  local deadline=$((SECONDS + $1))
  shift
  until "$@"; do
    [ "$SECONDS" -lt "$deadline" ] || return 1
    sleep 0.1
  done 2>/dev/null
}

gone() {
  ! kill -0 "$1"
}
