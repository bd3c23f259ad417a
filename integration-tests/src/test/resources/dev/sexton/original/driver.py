"""Makes the original's instance tracker, loaded from its own file, do what a test says.

    driver.py MODULE serve          registers, and obeys lines on its standard input
    driver.py MODULE cleanup        runs the original's cleanup once
    driver.py MODULE load RECORD    prints what the original reads in a record
"""

import asyncio
import importlib.util
import inspect
import json
import logging
import pathlib
import subprocess
import sys

SPEC = importlib.util.spec_from_file_location("original_instance_tracker", sys.argv[1])
original = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(original)
logging.basicConfig(stream=sys.stderr, level=logging.INFO)


def run(function):
    """Version 1 knows its directory itself; version 2 is told."""
    if inspect.signature(function).parameters:
        data = pathlib.Path.home() / ".deephaven" / "ai"
        return asyncio.run(function(data / "runtime" / "instances"))
    return asyncio.run(function())


def say(*words):
    print("\t".join(("ok",) + words), flush=True)


def start(command):
    quiet = subprocess.DEVNULL
    return subprocess.Popen(command, stdin=quiet, stdout=quiet, stderr=quiet).pid


def serve():
    tracker = run(original.InstanceTracker.create_and_register)
    say(tracker.instance_id, str(tracker.instance_file))
    for line in sys.stdin:
        words = line.rstrip("\n").split("\t")
        if words[0] == "session":
            pid = start(words[2:])
            asyncio.run(tracker.track_python_process(words[1], pid))
            say(str(pid))
        elif words[0] == "labels":
            say("deephaven-mcp-server-instance=" + tracker.instance_id)
        elif words[0] == "unregister":
            asyncio.run(tracker.unregister())
            say()
        else:
            raise ValueError(words)


if sys.argv[2] == "serve":
    serve()
elif sys.argv[2] == "cleanup":
    run(original.cleanup_orphaned_resources)
else:
    loaded = original.InstanceTracker.load_from_file(pathlib.Path(sys.argv[3]))
    keys = {
        "instance_id": loaded.instance_id,
        "pid": loaded.pid,
        "started_at": loaded.started_at,
        "python_processes": loaded._python_processes,
    }
    print(json.dumps(keys))
