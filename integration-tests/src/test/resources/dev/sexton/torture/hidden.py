"""A daemon whose environment cannot be seen: hidden.py BEHAVIOUR READY NAME

  titled      writes a title over its arguments and its environment, as setproctitle does
  undumpable  cannot be inspected by its user, like programs with secrets in their memory
"""

import ctypes
import os
import sys
import time

PR_SET_DUMPABLE = 4
ARG_START, ENV_END = 48 - 3, 51 - 3  # counted from the state, which is field 3; see proc(5)


def become_daemon():
    if os.fork():
        os._exit(0)
    os.setsid()
    if os.fork():
        os._exit(0)


def write_title():
    with open("/proc/self/stat") as file:
        fields = file.read().rpartition(")")[2].split()
    start, end = int(fields[ARG_START]), int(fields[ENV_END])
    ctypes.memset(start, 0, end - start)
    ctypes.memmove(start, b"torture: titled", min(15, end - start))


behaviour, ready, name = sys.argv[1:]
become_daemon()
path = os.path.join(ready, name)
with open(path + ".tmp", "w") as file:
    file.write(f"{os.getpid()}\n")
if behaviour == "titled":
    write_title()
elif ctypes.CDLL(None, use_errno=True).prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0:
    sys.exit(os.strerror(ctypes.get_errno()))
os.rename(path + ".tmp", path)
time.sleep(600)
