#!/bin/sh
# Builds the files that ./sexton runs, in cli/target/dist:
#
#   current            three lines: the JDK's home, its version, NAME
#    NAME.jar           the command with its dependencies
#    NAME.options       the options of its JVM
#   NAME-VERSION.aot   an AOT cache of that jar for the JDK of that version; may be missing
#   NAME-registrar.…   options and cache for the JVM that registers a server of `sexton run`
#   NAME-watcher.…     options and cache for `sexton watch --background`
#   NAME-mcp.…         jar, options and cache for `sexton mcp`, which needs more than all others
#    stamp              created when the build began: it does not include newer sources
#
# NAME contains a hash of the jar and the options. A JVM that is given a jar and the cache of an
# older one silently runs the older classes. The hash in the names prevents that.
#
# All files are created under other names and then moved, `current` last. A command that starts
# meanwhile finds either the old build or the new one complete.

set -u

home=$(cd "$(dirname "$0")/../.." && pwd) || exit 3
target=$home/cli/target
dist=$target/dist
log=$target/sexton-build.log

say() {
  echo "sexton: $1" >&2
}

fail() {
  say "$1"
  exit 3
}

# Announces a step, because a minute without output looks like a hang.
step=0
begin() {
  step=$((step + 1))
  say "$step/5 $1 …"
}

# Finds a newer source, in the same places as ./sexton.
newer_source() {
  find "$home/pom.xml" "$home/.mvn" "$home"/*/pom.xml "$home"/*/src/main "$home"/cli/dist \
    -newer "$1" -print -quit 2>/dev/null
}

# ---- one build at a time --------------------------------------------------------------------------

# The kernel releases a flock when its last holder dies, so it is never stale. Maven inherits the
# descriptor: if only this script is killed, the next build waits for that Maven to end.
lock_with_flock() {
  exec 9>>"$target/sexton-build.lock" || return 1
  flock -n 9 && return 0
  say "another sexton is building; waiting for it"
  flock 9
}

# Used where there is no flock. A dead holder's directory cannot be taken over without a moment in
# which two succeed, so that is left to the user.
lock_with_directory() {
  lock=$target/sexton-build.lock.d
  said=no
  until mkdir "$lock" 2>/dev/null; do
    holder=$(cat "$lock/pid" 2>/dev/null)
    if [ -n "$holder" ] && ! ps -p "$holder" >/dev/null 2>&1 && [ -d "$lock" ]; then
      stale=$lock lock=
      fail "a build that was killed left its lock: rm -r '$stale'"
    fi
    [ "$said" = yes ] || say "another sexton is building; waiting for it"
    said=yes
    sleep 1
  done
  echo $$ >"$lock/pid"
}

# Tests whether the awaited build, or one between the caller's check and this one, did the work.
is_current() {
  { read -r built_jdk && read -r built_version && read -r name; } 2>/dev/null <"$dist/current" &&
    [ "$built_jdk" = "$jdk" ] && [ "$built_version" = "$jdk_version" ] &&
    [ -r "$dist/$name.jar" ] && [ -r "$dist/$name.options" ] &&
    [ -r "$dist/$name-registrar.options" ] && [ -r "$dist/$name-watcher.options" ] &&
    [ -r "$dist/$name-mcp.jar" ] && [ -r "$dist/$name-mcp.options" ] && [ -f "$dist/stamp" ] &&
    [ -z "$(newer_source "$dist/stamp")" ]
}

# ---- the steps ------------------------------------------------------------------------------------

compile() {
  "$home/mvnw" -f "$home/pom.xml" -q -B -pl cli,mcp -am -DskipTests package >>"$log" 2>&1 </dev/null
}

# Makes an AOT cache in $dist.
#
#   put_cache JAR NAME CLASS [registrar | watcher]
put_cache() {
  make_cache "$jdk" "$dist/$1.jar" "$dist/$2.options" "$new/cache.aot" "$3" ${4:+"$4"} >>"$log" 2>&1 &&
    mv -f "$new/cache.aot" "$dist/$2-$jdk_version.aot"
}

# ---- the build ------------------------------------------------------------------------------------

. "$home/.mvn/find-jdk.sh"
. "$home/cli/dist/functions.sh"
find_jdk || fail "no JDK $jdk_wanted or newer found: get one from https://adoptium.net, or set JAVA_HOME"
is_jdk "$jdk" # sets $jdk_version

# The user who runs the build may not be the one who made it.
umask 022
mkdir -p "$dist" 2>/dev/null && [ -w "$dist" ] ||
  fail "cannot write to $dist: check its permissions, or build as its owner"

lock=
if command -v flock >/dev/null; then
  lock_with_flock || fail "cannot lock $target/sexton-build.lock: check its permissions"
else
  lock_with_directory
fi
new='' sandbox=''
trap 'rm -rf "$new" "$sandbox" ${lock:+"$lock"}' EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

is_current && exit 0
began=$(date +%s)
if [ -f "$dist/current" ]; then
  say "building again because the sources or the JDK changed …"
else
  say "building once, about a minute …"
fi

rm -rf "$target"/.dist.* # of a build that was killed
new=$(mktemp -d "$target/.dist.XXXXXX") || fail "cannot write to $target: check its permissions"
: >"$log"
: >"$new/stamp"
# A source from the future (after a clock change) must not make every start a build.
while future=$(newer_source "$new/stamp") && [ -n "$future" ]; do
  touch -r "$future" "$new/stamp"
done

begin "compiling"
compile || fail "the build failed: see $log"
set -- "$target"/sexton-cli-*-all.jar "$home"/mcp/target/sexton-mcp-*-all.jar
[ $# = 2 ] && [ -f "$1" ] && [ -f "$2" ] ||
  fail "the build left $# jars, not two, in $target and mcp/target: run ./mvnw clean"

name=sexton-$(hash_of "$1" "$2" "$home"/cli/dist/*.options)
put() {
  [ -f "$2" ] || { cp "$1" "$new/file" && mv -f "$new/file" "$2"; } ||
    fail "cannot write to $dist: is the disk full?"
}
put "$home/cli/dist/jvm.options" "$dist/$name.options"
put "$home/cli/dist/registrar.options" "$dist/$name-registrar.options"
put "$home/cli/dist/watcher.options" "$dist/$name-watcher.options"
put "$home/cli/dist/mcp.options" "$dist/$name-mcp.options"
put "$1" "$dist/$name.jar"
put "$2" "$dist/$name-mcp.jar"
training=dev.sexton.cli.AotTraining
prepare_cache() {
  begin "preparing a fast start of $1"
  [ -f "$dist/$3-$jdk_version.aot" ] || {
    shift
    put_cache "$@"
  }
}
prepare_cache "the command" "$name" "$name" $training &&
  prepare_cache "sexton run" "$name" "$name-registrar" $training registrar &&
  prepare_cache "the watcher" "$name" "$name-watcher" $training watcher &&
  prepare_cache "sexton mcp" "$name-mcp" "$name-mcp" dev.sexton.mcp.McpAotTraining ||
  say "no AOT cache could be made, so commands start slower: see $log"

printf '%s\n' "$jdk" "$jdk_version" "$name" >"$new/current"
mv -f "$new/stamp" "$dist/stamp" && mv -f "$new/current" "$dist/current" ||
  fail "cannot write to $dist: is the disk full?"

# Long-lived processes, above all beside a server, may still need the build that started them.
find "$dist" -name 'sexton-*' ! -name "$name*" -mtime +7 | while read -r old; do
  build=$(basename "$old" | cut -c 1-23) # sexton- and the hash
  grep -qs -- "$build" /proc/[0-9]*/cmdline || rm -f "$old"
done
say "built in $(($(date +%s) - began)) s"
