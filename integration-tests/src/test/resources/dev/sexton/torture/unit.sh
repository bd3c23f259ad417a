#!/bin/sh
# A control group like systemd's for a unit: unshare --mount sh unit.sh ACTION UNIT [COMMAND...]
#
# Uses the groups that systemd's own hierarchy (version 1) has, or would have, in a private mount
# namespace. No other process sees the mount, and the group is empty or belongs to a test.
#
#   make    makes the group
#   enter   runs the command in it
#   remove  removes it, once no process is left in it

set -e
action=$1 unit=$2
shift 2
groups=$(dirname "$0")/groups
mkdir -p "$groups"
mount -t cgroup -o none,name=systemd cgroup "$groups"
case $action in
  make) mkdir "$groups/$unit" ;;
  enter)
    echo $$ >"$groups/$unit/cgroup.procs"
    umount "$groups"
    exec "$@"
    ;;
  remove) rmdir "$groups/$unit" ;;
esac
