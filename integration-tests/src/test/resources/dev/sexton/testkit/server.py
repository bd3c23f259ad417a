"""A server that keeps its record as the original does: four keys and bare process IDs."""

import datetime
import json
import os
import subprocess
import sys
import uuid

INSTANCE = str(uuid.uuid4())
DIRECTORY = os.path.join(os.environ["HOME"], ".deephaven-mcp", "instances")
RECORD = os.path.join(DIRECTORY, INSTANCE + ".json")
STARTED = datetime.datetime.now().isoformat()
sessions = {}


def save():
    temporary = os.path.join(DIRECTORY, INSTANCE + ".tmp")
    with open(temporary, "w", encoding="utf-8") as file:
        keys = {"instance_id": INSTANCE, "pid": os.getpid(), "started_at": STARTED}
        json.dump({**keys, "python_processes": sessions}, file, indent=2)
    os.replace(temporary, RECORD)


def start(command):
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ).pid


def obey(words):
    verb = words[0]
    if verb == "labels":
        return ["deephaven-mcp-server-instance=" + INSTANCE]
    if verb == "session":
        pid = start(words[2:])
        sessions[words[1]] = pid
        save()
        return [str(pid)]
    if verb == "unknown":
        return [str(start(words[2:]))]
    raise ValueError(words)


def say(words):
    print("\t".join(["ok"] + words), flush=True)


os.makedirs(DIRECTORY, mode=0o700, exist_ok=True)
save()
say([INSTANCE, RECORD])
for line in sys.stdin:
    say(obey(line.rstrip("\n").split("\t")))
