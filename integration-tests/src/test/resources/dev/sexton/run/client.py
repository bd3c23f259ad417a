# A client: starts a server as its child, in its own session, and does to it what it is told.
# It has not waited for the server, so no other process can have the server's PID.
import os
import signal
import subprocess
import sys


def tree(root):
    children = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open(f"/proc/{name}/stat", "rb") as file:
                    parent = int(file.read().rsplit(b")", 1)[1].split()[1])
                children.setdefault(parent, []).append(int(name))
            except OSError:
                pass
    found = [root]
    for pid in found:
        found += children.get(pid, [])
    return found


server = subprocess.Popen(sys.argv[1:], stdin=subprocess.PIPE, start_new_session=True)
print(server.pid, flush=True)
for line in sys.stdin:
    match line.strip():
        case "server":
            os.kill(server.pid, signal.SIGKILL)
        case "group":
            os.killpg(server.pid, signal.SIGKILL)
        case "tree":
            # Stopped first, so that none of them starts another process meanwhile.
            os.kill(server.pid, signal.SIGSTOP)
            for pid in tree(server.pid):
                os.kill(pid, signal.SIGSTOP)
            for pid in tree(server.pid):
                os.kill(pid, signal.SIGKILL)
        case "stdin":
            server.stdin.close()
        case "wait":
            print(server.wait(), flush=True)
