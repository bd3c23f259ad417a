"""Runs away: hands on to a child in a session of its own, and ends, over and over, for a minute.

Nobody who is asked by a signal is there any more when it arrives.
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
