"""nursery.py [--bury] COMMAND...: runs a command, and adopts orphans below it instead of init.

Without --bury, processes that die stay zombies. See PR_SET_CHILD_SUBREAPER in prctl(2).
"""

import ctypes
import os
import signal
import subprocess
import sys

PR_SET_CHILD_SUBREAPER = 36

if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
    sys.exit(os.strerror(ctypes.get_errno()))
bury = sys.argv[1] == "--bury"
child = subprocess.Popen(sys.argv[2:] if bury else sys.argv[1:])
while True:
    if not bury:
        signal.pause()
    try:
        os.wait()
    except ChildProcessError:
        break
