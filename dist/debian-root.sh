# shellcheck shell=bash
# Sourced by scripts that need a few programs of Debian 12, and run no script of its packages.

# What the launcher and the JVM need: sh, env, find, grep, readlink and setsid, and their libraries.
launcher_packages=(base-files base-passwd coreutils dash findutils grep libacl1 libattr1 libc6 libgmp10 libpcre2-8-0
  libselinux1 util-linux)

# Downloads and verifies the packages of a minimal Debian. Needs root, because debootstrap does. The
# path must not contain spaces.
#
#   download_debian ARCHITECTURE DIRECTORY
download_debian() {
  debootstrap --download-only --variant=minbase --arch="$1" bookworm "$2" ${DEBIAN_MIRROR:+"$DEBIAN_MIRROR"} >"$2.log" 2>&1 ||
    { tail "$2.log" >&2; return 1; }
  rm "$2.log"
}

# Unpacks packages.
#
#   unpack_debian DIRECTORY ROOT NAME…
unpack_debian() {
  local packages="$1/var/cache/apt/archives" root=$2 name package
  shift 2
  mkdir -p "$root"/{usr/{bin,sbin,lib,lib64},dev,proc,sys,tmp}
  chmod 1777 "$root/tmp"
  for name in bin sbin lib lib64; do
    ln -sfn "usr/$name" "$root/$name"
  done
  for name; do
    package=$(compgen -G "$packages/${name}_*.deb") || { echo "there is no package $name in $packages" >&2; return 1; }
    dpkg-deb --fsys-tarfile "$package" | tar -x --keep-directory-symlink -C "$root"
  done
}
