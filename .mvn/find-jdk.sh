# shellcheck shell=sh
# Sourced by ./mvnw and ./sexton. Finds a JDK that is new enough, without starting a JVM.
#
#   find_jdk    sets $jdk to the home of a JDK, or returns 1
#
# JAVA_HOME comes first, then the java on the PATH, then the usual places. Among the latter, a JDK
# of exactly the version that this project is built for is preferred to a newer one.

jdk_wanted=25

# Sets $jdk_feature (25) and $jdk_version (25.0.3+9-LTS) of the JDK in $1, from its `release` file.
read_jdk_version() {
  jdk_feature=0 jdk_version=
  [ -f "$1/release" ] || return 1
  while IFS= read -r jdk_line || [ -n "$jdk_line" ]; do
    case $jdk_line in
      JAVA_RUNTIME_VERSION=*)
        jdk_version=${jdk_line#*=}
        jdk_version=${jdk_version#\"} jdk_version=${jdk_version%\"}
        ;;
      JAVA_VERSION=*)
        jdk_feature=${jdk_line#*=}
        jdk_feature=${jdk_feature#\"}
        jdk_feature=${jdk_feature%%[!0-9]*}
        jdk_version=${jdk_version:-$jdk_line}
        break # what follows is long
        ;;
    esac
  done 2>/dev/null <"$1/release"
  [ "${jdk_feature:-0}" -gt 0 ]
}

# Tests whether $1 can be run. Some sandboxes refuse the system call behind -x, which is then false
# for every file.
can_run() {
  [ -x "$1" ] || { [ -f "$1" ] && ! [ -x /bin/sh ]; }
}

# Tests whether $1 is a JDK of version $jdk_wanted or newer. A JRE is not enough: javac builds this
# project.
is_jdk() {
  can_run "$1/bin/java" && can_run "$1/bin/javac" && read_jdk_version "$1" &&
    [ "$jdk_feature" -ge "$jdk_wanted" ]
}

find_jdk() {
  jdk=${JAVA_HOME:-}
  [ -n "$jdk" ] && is_jdk "$jdk" && return 0

  # The java on the PATH may be a link (/usr/bin/java, /etc/alternatives), or a version manager's
  # script, which has no JDK around it and is skipped.
  if jdk=$(command -v java) && jdk=$(readlink -f "$jdk" 2>/dev/null); then
    jdk=${jdk%/bin/java}
    is_jdk "$jdk" && return 0
  fi

  jdk_newer=
  for jdk in \
    /usr/lib/jvm/* /usr/java/* /opt/*jdk* /opt/*java* /opt/jvm/* /opt/java/* /usr/local/*jdk* \
    "${SDKMAN_DIR:-${HOME:-}/.sdkman}"/candidates/java/* \
    "${HOME:-}"/.jdks/* "${HOME:-}"/.gradle/jdks/* "${HOME:-}"/.gradle/jdks/*/Contents/Home \
    "${ASDF_DATA_DIR:-${HOME:-}/.asdf}"/installs/java/* \
    "${HOME:-}"/.local/share/mise/installs/java/* \
    /Library/Java/JavaVirtualMachines/*/Contents/Home \
    "${HOME:-}"/Library/Java/JavaVirtualMachines/*/Contents/Home \
    /opt/homebrew/opt/openjdk* /usr/local/opt/openjdk* /home/linuxbrew/.linuxbrew/opt/openjdk*; do
    is_jdk "$jdk" || continue
    [ "$jdk_feature" -eq "$jdk_wanted" ] && return 0
    jdk_newer=${jdk_newer:-$jdk}
  done
  jdk=$jdk_newer
  [ -n "$jdk" ] && is_jdk "$jdk"
}
