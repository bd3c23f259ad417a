"""A server like the original: owner.py STATE READY [OPTION...] -- [NAME=BEHAVIOUR...]

Writes a record in the original's format, starts a child of child.sh for each NAME and tracks it,
unless the name begins with a dash, and then keeps running. READY/owner holds its process ID and its
instance's UUID, separated by a space.

  name=NAME      writes READY/NAME instead of READY/owner
  settle=MILLIS  waits this long between the first record and the first child
  user=UID       runs as this user
  kids=UID       runs its children as this user
  headless=1     finally ends its first thread, but not the others
  pid=NAME:PID   also tracks this process ID
"""

import json
import os
import subprocess
import sys
import time
import uuid
from datetime import datetime

from headless import behead

HERE = os.path.dirname(os.path.abspath(__file__))


def replace(path, text):
    with open(path + ".tmp", "w") as file:
        file.write(text)
    os.rename(path + ".tmp", path)


def main():
    split = sys.argv.index("--")
    state, ready = sys.argv[1:3]
    name, settle, kids, headless, processes = "owner", 0, None, False, {}
    for option in sys.argv[3:split]:
        key, value = option.split("=", 1)
        if key == "name":
            name = value
        elif key == "settle":
            settle = int(value)
        elif key == "user":
            os.setgroups([])
            os.setgid(int(value))
            os.setuid(int(value))
        elif key == "kids":
            kids = int(value)
        elif key == "headless":
            headless = True
        elif key == "pid":
            label, pid = value.split(":")
            processes[label] = int(pid)
        else:
            sys.exit(f"owner.py: no such option: {key}")

    instance = {
        "instance_id": str(uuid.uuid4()),
        "pid": os.getpid(),
        "started_at": datetime.now().isoformat(),
        "python_processes": processes,
    }
    directory = os.path.join(state, "instances")
    os.makedirs(directory, mode=0o700, exist_ok=True)
    record = os.path.join(directory, instance["instance_id"] + ".json")
    replace(record, json.dumps(instance))
    time.sleep(settle / 1000)

    for spec in sys.argv[split + 1 :]:
        label, behaviour = spec.split("=", 1)
        bare = label.lstrip("-")
        child = subprocess.Popen(
            ["sh", os.path.join(HERE, "child.sh"), behaviour, ready, bare],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            user=kids,
        )
        while not os.path.exists(os.path.join(ready, bare)):
            time.sleep(0.002)
        if bare == label:
            processes[label] = child.pid
            replace(record, json.dumps(instance))

    replace(os.path.join(ready, name), f"{os.getpid()} {instance['instance_id']}\n")
    if headless:
        behead()
    while True:
        time.sleep(600)


main()
