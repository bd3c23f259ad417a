# A server that prints everything that a process can find out about itself.
import os
import resource
import signal
import sys

pid = os.getpid()
with open("/proc/self/cmdline", "rb") as file:
    print("arguments", file.read())
with open("/proc/self/environ", "rb") as file:
    for entry in sorted(file.read().split(b"\0")):
        if not entry.startswith(b"SEXTON_INSTANCE=mcp:"):
            print("environment", entry)
for name in sorted(os.listdir("/proc/self/fd"), key=int):
    try:
        target = os.readlink(f"/proc/self/fd/{name}")
    except OSError:
        continue  # the descriptor of the list itself
    with open(f"/proc/self/fdinfo/{name}") as file:
        flags = [line for line in file if line.startswith("flags")]
    print("descriptor", name, target.split(":")[0], flags)
with open("/proc/self/status") as file:
    for line in file:
        if line.startswith(("Sig", "Shd", "Umask", "NoNewPrivs", "Seccomp:", "Groups", "Uid")):
            # SigQ counts the pending signals of all processes of this user.
            print("status", line.split()[:1] if line.startswith("SigQ") else line.split())
for name in sorted(dir(resource)):
    if name.startswith("RLIMIT_"):
        print("limit", name, resource.getrlimit(getattr(resource, name)))
print("nice", os.nice(0))
print("directory", os.getcwd())
print("group", os.getpgrp() == pid, "session", os.getsid(0) == pid, "parent", os.getppid())
with open(f"/proc/self/task/{pid}/children") as file:
    print("children", file.read())
print("name", open("/proc/self/comm").read())
