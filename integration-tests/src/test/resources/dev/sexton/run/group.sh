#!/bin/sh
# Version 2 control groups, as on a machine that has no others: unshare --mount sh group.sh ACTION ...
#
# The mount is private, so no other process sees it, and the top group belongs to a test.
#
#   enter GROUP USER COMMAND...   runs the command in the group, which belongs to the user
#   path PID                      prints the group of a process
#   groups GROUP                  prints the groups below it, one per line
#   procs GROUP                   prints the processes in them
#   frozen GROUP                  prints 1 if one of those is to be frozen, otherwise 0
#   remove GROUP                  removes it and all groups below it, once no process is left there

set -e
mount -t cgroup2 none /sys/fs/cgroup
action=$1 group=/sys/fs/cgroup/$2
case $action in
  enter)
    user=$3
    shift 3
    mkdir -p "$group"
    echo $$ >"$group/cgroup.procs"
    chown "$user" "$group" "$group/cgroup.procs"
    exec setpriv --reuid="$user" --regid="$user" --clear-groups "$@"
    ;;
  path) sed -n 's/^0:://p' "/proc/$2/cgroup" ;;
  groups) find "$group" -mindepth 1 -type d ;;
  procs) find "$group" -name cgroup.procs -exec cat {} + 2>/dev/null || true ;; # A group may just have gone.
  frozen) find "$group" -mindepth 2 -name cgroup.freeze -exec cat {} + | sort -r | head -n 1 ;;
  remove)
    [ -d "$group" ] || exit 0
    find "$group" -depth -type d -exec rmdir {} +
    ;;
esac
