#!/bin/sh
# Makes an npm package of a bundle. npm links the launcher into its bin directory, so that no node
# runs in between.
#
#   npm.sh BUNDLE VERSION TIME DIRECTORY

set -eu

bundle=$1 version=$2 time=$3 directory=$4
name=$(basename "$bundle")
work=$(mktemp -d "$directory/npm.XXXXXX")
trap 'rm -rf "$work"' EXIT

cat >"$work/package.json" <<END
{
  "name": "sexton",
  "version": "$version",
  "description": "When a server dies, everything it started is cleaned up",
  "license": "Apache-2.0",
  "os": ["linux"],
  "cpu": ["${name##*-}"],
  "libc": ["glibc"],
  "bin": {"sexton": "bin/sexton"}
}
END
chmod 644 "$work/package.json"
touch -d "$time" "$work/package.json"
tar --sort=name --format=gnu --owner=0 --group=0 --numeric-owner \
  --transform "s,^$name,package," --transform 's,^package.json,package/package.json,' \
  -cf "$work/package.tar" -C "$work" package.json -C "$(dirname "$bundle")" "$name"
gzip -9nc "$work/package.tar" >"$directory/$name.npm.tgz"
