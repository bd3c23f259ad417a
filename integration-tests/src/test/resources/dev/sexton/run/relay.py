"""Escapes: starts a child in its own session and ends, repeatedly, for a minute.

Each process that is sent a signal has ended when the signal arrives.
"""

import os
import signal
import sys
import time

signal.signal(signal.SIGTERM, signal.SIG_IGN)
until = time.monotonic() + 60
with open(sys.argv[1], "a") as seen:
    seen.write(f"relay {os.getpid()}\n")
while time.monotonic() < until:
    if os.fork():
        os._exit(0)
    os.setsid()
    time.sleep(0.001)
