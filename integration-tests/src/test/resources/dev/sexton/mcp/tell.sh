#!/bin/sh
# Writes what it was given to "$RESULTS", makes a file with the name in its first argument, and prints
# characters whose bytes come one at a time.
touch "./$1"
ls >"$RESULTS/names"
printf '%s\n' "$@" >"$RESULTS/arguments"
printf '%s\n' "$0" >"$RESULTS/program"
pwd >"$RESULTS/directory"
env -0 >"$RESULTS/environment"
for byte in 320 266 303 274 342 202 254 360 237 230 200 12; do
  printf "\\$byte"
done
printf 'готово\n' >&2
cat >"$RESULTS/input"
