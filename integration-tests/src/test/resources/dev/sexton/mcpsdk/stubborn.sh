# A server that reads nothing and ignores SIGTERM, as do its descendants: Python, and below it a shell
# in its own session. Arguments: the directory for process IDs, and Python.
trap '' TERM
note() {
  echo "$2" >"$notes/$1.new" && mv "$notes/$1.new" "$notes/$1"
}
notes=$1
note server $$
echo "stubborn to the last" >&2
"$2" -c '
import os, subprocess, sys, time
notes = sys.argv[1]
shell = subprocess.Popen(
    ["/bin/sh", "-c", "while :; do sleep 1; done"], start_new_session=True)
for name, pid in [("child", os.getpid()), ("grandchild", shell.pid)]:
    with open(notes + "/" + name + ".new", "w") as note:
        note.write(str(pid))
    os.rename(notes + "/" + name + ".new", notes + "/" + name)
while True:
    time.sleep(1)
' "$notes" &
while :; do sleep 1; done
