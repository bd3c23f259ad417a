"""A server that keeps its record like the original: four keys and bare process IDs.

With SEXTON_TEST_LOCKED set, it acts like a server in another language that supports the whole protocol:
it holds the lock, records its identity and marks what it starts.
"""

import datetime
import fcntl
import json
import os
import signal
import subprocess
import sys
import uuid

INSTANCE = str(uuid.uuid4())
DIRECTORY = os.path.join(os.environ["HOME"], ".deephaven-mcp", "instances")
RECORD = os.path.join(DIRECTORY, INSTANCE + ".json")
STARTED = datetime.datetime.now().isoformat()
LOCKED = "SEXTON_TEST_LOCKED" in os.environ
sessions = {}


def text(path):
    with open(path, encoding="utf-8") as file:
        return file.read().strip()


def start_ticks(pid):
    return int(text("/proc/%s/stat" % pid).rsplit(")", 1)[1].split()[19])


def protocol():
    """The keys beyond the original's four."""
    machine = {
        "host": MACHINE,
        "boot": text("/proc/sys/kernel/random/boot_id"),
        "pid_namespace": os.readlink("/proc/self/ns/pid"),
        "unit": "ticks",
    }
    owner = {**machine, "pid": os.getpid(), "start": start_ticks("self"), "lock": True}
    return {
        "schema": 1,
        "application": "deephaven-mcp",
        "owner": owner,
        "started_units": owner["start"],
        "containers": False,
    }


def machine_id():
    for path in ("/etc/machine-id", "/var/lib/dbus/machine-id"):
        if os.path.exists(path) and text(path):
            return text(path)
    return "name:" + text("/proc/sys/kernel/hostname")


MACHINE = machine_id()


def save():
    temporary = os.path.join(DIRECTORY, INSTANCE + ".tmp")
    with open(temporary, "w", encoding="utf-8") as file:
        keys = {"instance_id": INSTANCE, "pid": os.getpid(), "started_at": STARTED}
        more = protocol() if LOCKED else {}
        json.dump({**keys, "python_processes": sessions, **more}, file, indent=2)
    os.replace(temporary, RECORD)


def start(command):
    mark = {"SEXTON_INSTANCE": "deephaven-mcp:" + INSTANCE} if LOCKED else {}
    return subprocess.Popen(
        command,
        env={**os.environ, **mark},
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
    if verb == "ignore":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        return [""]
    raise ValueError(words)


def say(words):
    print("\t".join(["ok"] + words), flush=True)


os.makedirs(DIRECTORY, mode=0o700, exist_ok=True)
if LOCKED:
    lock = open(os.path.join(DIRECTORY, INSTANCE + ".lock"), "w", encoding="utf-8")
    fcntl.lockf(lock, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, 0)
save()
say([INSTANCE, RECORD])
for line in sys.stdin:
    say(obey(line.rstrip("\n").split("\t")))
