#!/bin/sh
# Makes a package for Debian, Ubuntu and their relatives of a bundle.
#
#   deb.sh BUNDLE VERSION TIME DIRECTORY

set -eu

bundle=$1 version=$2 time=$3 directory=$4
name=$(basename "$bundle")
case $name in
  *-x64) architecture=amd64 ;;
  *) architecture=${name##*-} ;;
esac
umask 022
work=$(mktemp -d "$directory/deb.XXXXXX")
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"

mkdir "$work/DEBIAN"
cp -R "$bundle" "$work/usr"
# Debian has its own names for these.
share=$work/usr/share
mv "$share/zsh/site-functions" "$share/zsh/vendor-completions"
cp "$share/doc/sexton/LICENSE" "$share/doc/sexton/copyright"
gzip -9n "$share/man/man1/sexton.1"
rm "$share/doc/sexton/SHA256SUMS" # dpkg has its own

# The unit of `sexton service install`, which a user who has that one overrides. It is not enabled,
# because `sexton run` starts a watcher by itself.
mkdir -p "$work/usr/lib/systemd/user"
cat >"$work/usr/lib/systemd/user/sexton-watch.service" <<END
[Unit]
Description=Sexton: cleans up after servers that die
Documentation=man:sexton(1)

[Service]
ExecStart=/usr/bin/sexton watch
Restart=on-failure
# Ended by SIGTERM, as asked.
SuccessExitStatus=143

[Install]
WantedBy=default.target
END

cat >"$work/DEBIAN/control" <<END
Package: sexton
Version: $(echo "$version" | sed 's/-SNAPSHOT/~snapshot/')
Architecture: $architecture
Maintainer: The Sexton authors
Installed-Size: $(du -sk "$work/usr" | cut -f 1)
Depends: libc6 (>= 2.17), coreutils (>= 8.30)
Section: utils
Priority: optional
Description: cleans up what dead servers leave
 When a server dies, everything it started is cleaned up: its processes,
 containers, networks and volumes. That, and nothing else.
END
(cd "$work" && find usr -type f | LC_ALL=C sort | tr '\n' '\0' | xargs -0 md5sum >DEBIAN/md5sums)
chmod -R u=rwX,go=rX "$work"
SOURCE_DATE_EPOCH=$(date -d "$time" +%s) dpkg-deb --root-owner-group -Zxz -z2 --build "$work" "$directory/$name.deb" >&2
