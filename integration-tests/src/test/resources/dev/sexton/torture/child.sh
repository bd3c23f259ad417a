#!/bin/sh
# A child of a server: child.sh BEHAVIOUR READY NAME
#
# Writes its process ID to the file READY/NAME once it behaves as intended. Does not end by itself
# during a test.
#
#   plain       ends on SIGTERM
#   deaf        ignores SIGTERM
#   tree        has a child NAME.1 with a child NAME.2, and all three end on SIGTERM
#   deaf-tree   ends on SIGTERM, and its descendants, which ignore it, lose their parent
#   daemon      ends by itself after its child NAME.1 has started; NAME.1 ignores SIGTERM
#   daemons     keeps running, but NAME.1 has lost its parent: the process that started it has ended
#   stray       ends by itself after its child NAME.1 has started, whose environment is almost
#               empty; NAME.1 ignores SIGTERM
#   forker      ignores SIGTERM, and forks repeatedly once it has received one
#   headless    ends on SIGTERM; its first thread has already ended
#   hydra       ends on SIGTERM, but first starts another one in its own session, three times
#   opted-out   opts out, and has a child NAME.1 whose environment does not show this
#   browser     the same, but it does not opt out: its executable makes it a browser
#   unit        the same in the systemd unit that READY/NAME.unit names
#   server      a server of the original with a child NAME.1
#   titled      a daemon that has written a title over its environment
#   undumpable  a daemon whose environment its user cannot read

behaviour=$1 ready=$2 name=$3
here=$(dirname "$0")

say_ready() {
  echo $$ >"$ready/$name.tmp" && mv "$ready/$name.tmp" "$ready/$name"
}

await() {
  until [ -e "$ready/$1" ]; do sleep 0.01; done
}

child() {
  sh "$here/child.sh" "$1" "$ready" "$2" </dev/null &
}

case $behaviour in
  plain)
    say_ready
    exec sleep 600
    ;;
  deaf)
    trap '' TERM
    say_ready
    exec sleep 600
    ;;
  tree | deaf-tree)
    [ "$behaviour" = tree ] && leaf=plain middle=middle || leaf=deaf middle=deaf-middle
    child "$middle" "$name.1"
    await "$name.1"
    say_ready
    wait
    ;;
  middle | deaf-middle)
    [ "$behaviour" = middle ] && leaf=plain || leaf=deaf
    [ "$behaviour" = middle ] || trap '' TERM
    child "$leaf" "${name%.1}.2"
    await "${name%.1}.2"
    say_ready
    wait
    ;;
  daemon)
    child deaf "$name.1"
    await "$name.1"
    say_ready
    ;;
  daemons)
    sh "$here/child.sh" daemon "$ready" "$name.0" </dev/null
    say_ready
    exec sleep 600
    ;;
  forker | hydra)
    exec python3 -S -E "$here/forker.py" "$behaviour" "$ready" "$name"
    ;;
  opted-out)
    SEXTON_KEEP=1 exec sh "$here/child.sh" bare-tree "$ready" "$name"
    ;;
  browser)
    mkdir "$ready/$name.bin"
    cp "$(readlink -f /bin/sh)" "$ready/$name.bin/firefox"
    exec "$ready/$name.bin/firefox" "$here/child.sh" bare-tree "$ready" "$name"
    ;;
  unit)
    exec unshare --mount sh "$here/unit.sh" enter "$(cat "$ready/$name.unit")" \
      sh "$here/child.sh" bare-tree "$ready" "$name"
    ;;
  stray)
    env -i PATH="$PATH" SEXTON_TORTURE="$SEXTON_TORTURE" \
      sh "$here/child.sh" deaf "$ready" "$name.1" </dev/null &
    await "$name.1"
    say_ready
    ;;
  bare-tree)
    env -i PATH="$PATH" SEXTON_TORTURE="$SEXTON_TORTURE" \
      sh "$here/child.sh" plain "$ready" "$name.1" </dev/null &
    await "$name.1"
    say_ready
    wait
    ;;
  server)
    exec python3 "$here/owner.py" "$(dirname "$ready")/state" "$ready" "name=$name" -- \
      "$name.1=plain"
    ;;
  titled | undumpable)
    exec python3 -S -E "$here/hidden.py" "$behaviour" "$ready" "$name"
    ;;
  headless)
    exec python3 -S -E "$here/headless.py" "$ready" "$name"
    ;;
  *)
    echo "child.sh: no such behaviour: $behaviour" >&2
    exit 2
    ;;
esac
