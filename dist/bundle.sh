#!/bin/sh
# Makes the bundle in dist/target: the sexton command with its own Java runtime, for this operating
# system and processor. `./mvnw -Pdist package` runs this. See docs/design/bundle.md.
#
#   bundle.sh JDK VERSION TIME
#
#   sexton-VERSION-linux-x64/
#     bin/sexton                 the launcher
#     lib/sexton/current         three lines: the runtime, its version, NAME
#     lib/sexton/NAME…           jars, options and AOT caches, as in cli/dist/build.sh
#     lib/sexton/runtime/        a Java runtime, made by jlink
#     share/doc/sexton/          licences, a list of all jars (an SBOM), checksums of all files
#     share/…                    the manual page, and completions for bash, zsh and fish
#   sexton-VERSION-linux-x64.tar.gz, .tar.zst (where there is a zstd)
#   sexton-VERSION-….whl                 for pip, pipx and uv (where there is a Python 3)
#   sexton-VERSION-linux-x64.mcpb        for MCP clients (where there is a Python 3)
#   sexton-VERSION.npm.tgz               for npm: the launcher; it depends on the next one
#   sexton-VERSION-linux-x64.npm.tgz     for npm: the rest
#   sexton-VERSION-linux-x64.deb         for Debian and its relatives (where there is a dpkg-deb)
#   sexton-VERSION-linux-x64.sha256
#
# The tree may be merged into a prefix such as /usr or a Python environment.

set -eu

jdk=$1 version=$2 time=$3
home=$(cd "$(dirname "$0")/.." && pwd)
target=$home/dist/target
cli=$home/cli/target/sexton-cli-$version-all.jar
mcp=$home/mcp/target/sexton-mcp-$version-all.jar

# What jdeps finds in the jars, without java.desktop, which is large and not needed.
modules=java.base,java.logging,java.naming,java.net.http,java.sql,jdk.unsupported

say() {
  echo "sexton: $1" >&2
}

fail() {
  say "$1"
  exit 3
}

. "$home/.mvn/find-jdk.sh"
. "$home/cli/dist/functions.sh"

case $(uname -s)-$(uname -m) in
  Linux-x86_64) platform=linux-x64 ;;
  Linux-aarch64) platform=linux-arm64 ;;
  *) fail "there is no bundle for $(uname -s) on $(uname -m)" ;;
esac
command -v strip >/dev/null || fail "strip is missing: install binutils"
is_jdk "$jdk" || fail "no JDK $jdk_wanted or newer in $jdk" # sets $jdk_version

umask 022
name=sexton-$version-$platform
bundle=$target/$name
files=$bundle/lib/sexton
runtime=$files/runtime
documents=$bundle/share/doc/sexton
log=$target/bundle.log
: >"$log"
rm -rf "$bundle" "$bundle".* "$target"/*.npm.tgz
mkdir -p "$bundle/bin" "$files" "$documents/licenses"

# ---- the runtime ----------------------------------------------------------------------------------

make_runtime() {
  list_unused >"$target/unused"
  "$jdk/bin/jlink" --add-modules "$modules" --strip-java-debug-attributes --no-header-files \
    --no-man-pages --compress zip-6 --exclude-resources="@$target/unused" --output "$runtime" >>"$log" 2>&1
  # The launcher needs only java, and the JVM only what it loads itself. Its own compiler of optimized
  # code, which none of the options permit, would sort with libsimdsort.
  rm -f "$runtime/bin/keytool" "$runtime/lib/classlist" "$runtime/lib/jexec" "$runtime/lib/jrt-fs.jar" \
    "$runtime/lib/libjsig.so" "$runtime/lib/server/libjsig.so" "$runtime/lib/libsimdsort.so"
  chmod -R u+w "$runtime"
  find "$runtime/bin" "$runtime/lib" -type f \( -name '*.so' -o -path '*/bin/*' -o -name jspawnhelper \) \
    -exec strip --strip-unneeded {} +
}

# Lists files of the JDK's modules that nobody needs: keytool, translations, and the implementations
# of java.xml and java.naming. The interfaces of java.xml are needed to link classes of
# jackson-databind, but nobody parses XML. jlink insists on one file in each package.
list_unused() {
  "$jdk/bin/jimage" list "$jdk/lib/modules" |
    awk '
      $1 == "Module:" { module = $2 }
      /^    / {
        path = "/" module "/" $1
        if (path ~ "^/java\\.xml/(com/sun|jdk/xml)/" || path ~ "^/java\\.naming/com/sun/jndi/" ||
          path ~ "^/java\\.base/sun/security/tools/keytool/" ||
          path ~ "^/java\\.(base|logging|xml)/.*/[A-Za-z]*_(de|es|fr|it|ja|ko|pt_BR|sv|zh_CN|zh_HK|zh_TW)\\.(class|properties)$") {
          package = path
          sub(/\/[^\/]*$/, "", package)
          if (package in seen) print path
          seen[package] = 1
        }
      }'
}

# ---- the command ----------------------------------------------------------------------------------

put_command() {
  [ -f "$cli" ] && [ -f "$mcp" ] || fail "build the command first: ./mvnw -Pdist -DskipTests package"
  cp "$home/sexton" "$bundle/bin/sexton"
  build=sexton-$(hash_of "$cli" "$mcp" "$home/dist/SmallerJar.java" "$home"/cli/dist/*.options)
  copy_jar "$cli" "$files/$build.jar" "$time" &&
    copy_jar "$mcp" "$files/$build-mcp.jar" "$time" "$files/$build.jar" || fail "a jar cannot be copied: see $log"
  cp "$home/cli/dist/jvm.options" "$files/$build.options"
  for options in registrar watcher mcp; do
    cp "$home/cli/dist/$options.options" "$files/$build-$options.options"
  done
  printf '%s\n' runtime "$jdk_version" "$build" >"$files/current"
}

copy_jar() {
  "$jdk/bin/java" "$home/dist/SmallerJar.java" "$@" >>"$log" 2>&1
}

# One cache for the small jar serves all its options.
put_caches() {
  make_cache "$runtime" "$files/$build.jar" "$files/$build.options" "$files/$build-$jdk_version.aot" \
    dev.sexton.cli.AotTraining all >>"$log" 2>&1 &&
    make_cache "$runtime" "$files/$build-mcp.jar" "$files/$build-mcp.options" \
      "$files/$build-mcp-$jdk_version.aot" dev.sexton.mcp.McpAotTraining >>"$log" 2>&1 ||
    fail "no AOT cache could be made: see $log"
}

# The command prints its own manual page and completions.
put_texts() {
  texts=$bundle/share
  mkdir -p "$texts/man/man1" "$texts/bash-completion/completions" "$texts/zsh/site-functions" \
    "$texts/fish/vendor_completions.d"
  print_text man >"$texts/man/man1/sexton.1" &&
    print_text completion bash >"$texts/bash-completion/completions/sexton" &&
    print_text completion zsh >"$texts/zsh/site-functions/_sexton" &&
    print_text completion fish >"$texts/fish/vendor_completions.d/sexton.fish" ||
    fail "the command does not start: see $log"
}

print_text() {
  env -i PATH="$PATH" HOME=/nonexistent "$bundle/bin/sexton" "$@" </dev/null 2>>"$log"
}

# ---- licences and checksums -----------------------------------------------------------------------

# The runtime's licences are in one directory for each module. Links to those of java.base are left
# out.
put_licenses() {
  cp "$home/LICENSE" "$documents/LICENSE"
  mv "$runtime/legal" "$documents/licenses/runtime"
  find "$documents/licenses/runtime" -type l -exec rm {} +
  find "$documents/licenses/runtime" -type d -empty -delete
  [ ! -f "$jdk/NOTICE" ] || cp "$jdk/NOTICE" "$documents/licenses/runtime/NOTICE"
  for jar in "$target"/jars/*.jar; do
    put_license "$jar"
  done
  [ -f "$target/bom.json" ] || fail "there is no list of the jars: Maven makes none with -o"
  cp "$target/bom.json" "$documents/sbom.json"
}

# Copies the licence files that a jar contains. If there are none, copies the text that
# dist/licenses.txt names for it.
put_license() {
  place=$documents/licenses/$(basename "$1" .jar)
  mkdir "$place"
  (cd "$place" && "$jdk/bin/jar" xf "$1" META-INF) || fail "cannot read $1"
  find "$place/META-INF" -maxdepth 1 -type f \( -iname '*license*' -o -iname '*notice*' \) -exec mv {} "$place" \;
  rm -rf "$place/META-INF"
  [ -z "$(ls "$place")" ] || return 0
  while read -r prefix text; do
    case $(basename "$1") in
      "$prefix"-[0-9]*.jar)
        cp "$home/$text" "$place/LICENSE"
        return
        ;;
    esac
  done <"$home/dist/licenses.txt"
  fail "$1 contains no licence: add it to dist/licenses.txt"
}

put_checksums() {
  (cd "$bundle" && find . -type f | sed 's,^\./,,' | LC_ALL=C sort | tr '\n' '\0' | xargs -0 sha256sum) >"$target/sums"
  mv "$target/sums" "$documents/SHA256SUMS"
}

# ---- the archives ---------------------------------------------------------------------------------

# All metadata is fixed, so that equal files give equal archives.
pack() {
  chmod -R u=rwX,go=rX "$bundle"
  find "$bundle" -exec touch -h -d "$time" {} +
  (cd "$target" && tar --sort=name --format=gnu --owner=0 --group=0 --numeric-owner -cf "$name.tar" "$name")
  gzip -9nk "$bundle.tar"
  if command -v zstd >/dev/null; then
    zstd -q -19 --long=27 -T0 "$bundle.tar" -o "$bundle.tar.zst"
  fi
  rm "$bundle.tar"
  rm -f "$target"/*.whl
  if command -v python3 >/dev/null; then
    python3 "$home/dist/wheel.py" "$bundle" "$version" "$time" "$target" >>"$log"
    python3 "$home/dist/mcpb.py" "$bundle" "$version" "$time" "$target" >>"$log"
  fi
  sh "$home/dist/npm.sh" "$bundle" "$version" "$time" "$target"
  if command -v dpkg-deb >/dev/null; then
    sh "$home/dist/deb.sh" "$bundle" "$version" "$time" "$target" 2>>"$log"
  fi
  (cd "$target" && find . -maxdepth 1 \( -name "$name.*.*gz" -o -name "$name.*.zst" -o -name '*.npm.tgz' -o \
    -name '*.whl' -o -name '*.mcpb' -o -name '*.deb' \) |
    sed 's,^\./,,' | LC_ALL=C sort | xargs sha256sum >"$name.sha256")
}

say "making the runtime …"
make_runtime
put_command
say "making the AOT caches …"
put_caches
put_texts
put_licenses
put_checksums
say "packing …"
pack
say "made $bundle.tar.gz"
