# A sweeper that claims an instance before any other, does nothing, and removes the record when it is
# told to.
import fcntl
import os
import sys

record = sys.argv[1]
lock = os.open(record.removesuffix(".json") + ".lock", os.O_RDWR | os.O_CREAT, 0o600)
fcntl.lockf(lock, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, 1)
print("claimed", flush=True)
sys.stdin.readline()
os.remove(record)
os.remove(record.removesuffix(".json") + ".lock")
