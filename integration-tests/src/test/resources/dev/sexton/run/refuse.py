# Runs a command in a sandbox that answers EPERM to one system call, as older container engines do to
# calls that they do not know: refuse.py NUMBER COMMAND…
#
# With "hang" as the number, making a directory blocks forever instead, as on a file system whose
# server is gone: the kernel asks a descriptor that no process reads.
import ctypes
import fcntl
import os
import struct
import sys

PR_SET_NO_NEW_PRIVS, SECCOMP_SET_MODE_FILTER, NEW_LISTENER = 38, 1, 8
LOAD, JUMP_IF_EQUAL, RETURN = 0x20, 0x15, 0x06
ALLOW, REFUSE, ASK = 0x7FFF0000, 0x00050001, 0x7FC00000  # SECCOMP_RET_…, REFUSE with EPERM
SECCOMP, MKDIR = (317, 83) if os.uname().machine == "x86_64" else (277, 34)
LISTENER = 100

hang = sys.argv[1] == "hang"
number = MKDIR if hang else int(sys.argv[1])
steps = [
    (LOAD, 0, 0, 0),
    (JUMP_IF_EQUAL, 0, 1, number),
    (RETURN, 0, 0, ASK if hang else REFUSE),
    (RETURN, 0, 0, ALLOW),
]
code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in steps))
program = struct.pack("HxxxxxxP", len(steps), ctypes.addressof(code))
libc = ctypes.CDLL(None, use_errno=True)
libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
listener = libc.syscall(SECCOMP, SECCOMP_SET_MODE_FILTER, NEW_LISTENER if hang else 0, program)
if listener < 0:
    raise SystemExit("no seccomp: errno %d" % ctypes.get_errno())
if hang:
    fcntl.fcntl(listener, fcntl.F_DUPFD, LISTENER)  # held by everything that is started
os.execvp(sys.argv[2], sys.argv[2:])
