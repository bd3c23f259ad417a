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
    unset JAVA_TOOL_OPTIONS JDK_JAVA_OPTIONS _JAVA_OPTIONS DOCKER_CONTEXT CONTAINER_HOST
    unset SEXTON_KUBERNETES KUBECONFIG KUBERNETES_SERVICE_HOST KUBERNETES_SERVICE_PORT SSH_AUTH_SOCK
    unset SEXTON_STATE_DIR DH_AI_DATA_DIR
    HOME=$sandbox SEXTON_HOME=$sandbox/.sexton XDG_RUNTIME_DIR=$sandbox
    DOCKER_CONFIG=$sandbox/.docker DOCKER_HOST=unix://$sandbox/engine.sock
    export HOME SEXTON_HOME XDG_RUNTIME_DIR DOCKER_CONFIG DOCKER_HOST
    if [ $# -gt 5 ]; then
      sleep 3 & # a server, for those who wait for one
    fi
    limit=
    command -v timeout >/dev/null && limit="timeout -k 5 120"
    $limit "$1/bin/java" "@$3" -XX:AOTMode=record "-XX:AOTConfiguration=$sandbox/training" \
      -cp "$2" "$5" "$sandbox" ${6:+"$6" "$!"} &&
      $limit "$1/bin/java" "@$3" -XX:AOTMode=create "-XX:AOTConfiguration=$sandbox/training" \
        "-XX:AOTCache=$4" -cp "$2"
  ) </dev/null
  made=$?
  rm -rf "$sandbox"
  [ "$made" = 0 ] && [ -s "$4" ]
}

# Prints the start of a hash of the files' contents.
hash_of() {
  if command -v sha256sum >/dev/null; then
    cat "$@" | sha256sum
  else
    cat "$@" | shasum -a 256
  fi | cut -c 1-16
}
