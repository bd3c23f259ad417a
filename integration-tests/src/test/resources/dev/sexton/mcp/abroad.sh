#!/bin/sh
# Replaces itself with the program in its arguments, with a home, a working directory and a program in
# it whose names are not ASCII. $1 is where the home is made, $2 the program, $3 a locale variable.
set -e
home=$1/'дом ü'
mkdir -p "$home/каталог ñ"
mv "$2" "$home/прог-é"
chmod 755 "$home/прог-é"
locale=$3
shift 3
cd "$home"
exec env -i ${locale:+"$locale"} PATH="$PATH" HOME="$home" LOGNAME=я USER=я SHELL=/bin/sh TERM=dumb \
  TEST_RUN="$TEST_RUN" NODE_PATH="$NODE_PATH" PYTHONUTF8=1 BYTES="$(printf '\377\376')" \
  TEST_SERVER_VARIABLES="LC_ALL LANG TEST_RUN" "$@"
