#!/bin/sh
# Makes two npm packages of a bundle:
#
#   sexton            the launcher, which npm links into its bin directory
#   sexton-PLATFORM   everything else, an optional dependency that npm installs on that platform only
#
# The launcher finds the other package itself. No node runs in between, and nothing runs during the
# installation.
#
#   npm.sh BUNDLE VERSION TIME DIRECTORY

set -eu

bundle=$1 version=$2 time=$3 directory=$4
name=$(basename "$bundle")
platform=${name#"sexton-$version-"}
umask 022
work=$(mktemp -d "$directory/npm.XXXXXX")
trap 'rm -rf "$work"' EXIT

# Prints what both packages say of themselves, and the lines in its arguments.
describe() {
  package=$1
  shift
  printf '{\n  "name": "%s",\n  "version": "%s",\n' "$package" "$version"
  printf '  "description": "When a server dies, everything it started is cleaned up",\n'
  printf '  "license": "Apache-2.0"'
  printf ',\n  %s' "$@"
  printf '\n}\n'
}

# Packs the directory $1 as the package file $2.
pack() {
  find "$1" -exec touch -h -d "$time" {} +
  tar --sort=name --format=gnu --owner=0 --group=0 --numeric-owner --transform 's,^\.,package,' \
    -cf "$work/package.tar" -C "$1" .
  gzip -9nc "$work/package.tar" >"$2"
}

mkdir -p "$work/main/bin"
cp -p "$bundle/bin/sexton" "$work/main/bin/sexton"
cp -p "$bundle/share/doc/sexton/LICENSE" "$work/main/LICENSE"
describe sexton '"mcpName": "dev.sexton/sexton"' '"os": ["linux"]' '"libc": ["glibc"]' '"bin": {"sexton": "bin/sexton"}' \
  "\"optionalDependencies\": {\"sexton-linux-x64\": \"$version\", \"sexton-linux-arm64\": \"$version\"}" \
  >"$work/main/package.json"
pack "$work/main" "$directory/sexton-$version.npm.tgz"

mkdir "$work/platform"
cp -Rp "$bundle/lib" "$bundle/share" "$work/platform"
rm "$work/platform/share/doc/sexton/SHA256SUMS" # npm has its own
describe "sexton-$platform" '"os": ["linux"]' "\"cpu\": [\"${platform##*-}\"]" '"libc": ["glibc"]' \
  >"$work/platform/package.json"
pack "$work/platform" "$directory/$name.npm.tgz"
