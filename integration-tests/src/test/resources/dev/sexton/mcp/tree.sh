# A session that is hard to stop: it ignores SIGTERM, as does a child, and one of its grandchildren has
# its own session and another parent. Prints "up" when all of them are running.
trap '' TERM
if [ "$1" = again ]; then
  setsid sh -c 'echo detached; while :; do sleep 1; done' &
  while :; do sleep 1; done
fi
sh "$0" again | {
  read -r said
  (setsid sleep 600 >/dev/null 2>&1 </dev/null &)
  echo up
  while :; do sleep 1; done
}
