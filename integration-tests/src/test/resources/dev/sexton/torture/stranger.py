"""stranger.py READY NAME: a Python process unrelated to any instance."""

import os
import sys
import time

path = os.path.join(sys.argv[1], sys.argv[2])
with open(path + ".tmp", "w") as file:
    file.write(f"{os.getpid()}\n")
os.rename(path + ".tmp", path)
time.sleep(600)
