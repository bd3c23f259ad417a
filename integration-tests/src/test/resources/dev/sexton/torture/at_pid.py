"""at_pid.py PID COMMAND...: runs a command under exactly this process ID, once it is free.

Exits with 77 if this system or user does not permit that; see clone3(2).
"""

import ctypes
import errno
import os
import signal
import sys
import time

SYS_CLONE3 = 435  # on every architecture
FIELDS = 11
EXIT_SIGNAL, SET_TID, SET_TID_SIZE = 4, 8, 9

wanted = int(sys.argv[1])
syscall = ctypes.CDLL(None, use_errno=True).syscall
pids = (ctypes.c_int * 1)(wanted)
arguments = (ctypes.c_uint64 * FIELDS)()
arguments[EXIT_SIGNAL] = signal.SIGCHLD
arguments[SET_TID] = ctypes.addressof(pids)
arguments[SET_TID_SIZE] = 1

deadline = time.monotonic() + 20
while True:
    child = syscall(SYS_CLONE3, ctypes.byref(arguments), ctypes.sizeof(arguments))
    if child == 0:
        os.execvp(sys.argv[2], sys.argv[2:])
    if child > 0:
        break
    if ctypes.get_errno() != errno.EEXIST:
        print("clone3: " + os.strerror(ctypes.get_errno()), file=sys.stderr)
        sys.exit(77)
    if time.monotonic() > deadline:
        sys.exit(f"process ID {wanted} does not become free")
    time.sleep(0.005)
os.waitpid(child, 0)
