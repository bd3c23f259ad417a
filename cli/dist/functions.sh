# shellcheck shell=sh
# Sourced by the scripts that make the files that the launcher runs.

# Makes an AOT cache: records one run that does in one process what the commands do, then dumps it.
# Meanwhile, everything that a command reads or writes is in a separate directory.
#
#   make_cache JDK JAR OPTIONS CACHE CLASS [registrar | watcher | all]
make_cache() {
  sandbox=$(mktemp -d "${TMPDIR:-/tmp}/sexton-aot.XXXXXX") || return 1
  (
    cd "$sandbox" || exit 1
    if [ $# -gt 5 ]; then
      sleep 3 & # a server, for those who wait for one
    fi
    limit=
    command -v timeout >/dev/null && limit="timeout -k 5 120"
    in_sandbox "$1/bin/java" "@$3" -XX:AOTMode=record "-XX:AOTConfiguration=$sandbox/training" \
      -cp "$2" "$5" "$sandbox" ${6:+"$6" "$!"} &&
      in_sandbox "$1/bin/java" "@$3" -XX:AOTMode=create "-XX:AOTConfiguration=$sandbox/training" \
        "-XX:AOTCache=$4" -cp "$2"
  ) </dev/null
  made=$?
  rm -rf "$sandbox"
  [ "$made" = 0 ] && [ -s "$4" ]
}

# Runs a command with a time limit and without the user's environment, which could lead it to the
# user's engines, clusters and records. Only the locale stays.
in_sandbox() {
  # shellcheck disable=SC2086 # limit is several words, or none
  env -i "PATH=$PATH" "LANG=${LANG-}" "LC_ALL=${LC_ALL-}" "HOME=$sandbox" "SEXTON_HOME=$sandbox/.sexton" \
    "XDG_RUNTIME_DIR=$sandbox" "DOCKER_CONFIG=$sandbox/.docker" "DOCKER_HOST=unix://$sandbox/engine.sock" \
    $limit "$@"
}

# Prints the start of a hash of the files' contents.
hash_of() {
  if command -v sha256sum >/dev/null; then
    cat "$@" | sha256sum
  else
    cat "$@" | shasum -a 256
  fi | cut -c 1-16
}
