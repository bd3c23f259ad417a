"""Performs one task with the original and prints the time in seconds.

Usage: original.py INSTANCE_TRACKER_FILE COMMAND N HOME. Ours.java is the counterpart for Sexton.
"""

import asyncio
import importlib.util
import logging
import os
import statistics
import sys
import time


def load(path):
    spec = importlib.util.spec_from_file_location("instance_tracker", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def timed(coroutine):
    begun = time.perf_counter()
    asyncio.run(coroutine)
    return time.perf_counter() - begun


async def track(tracker, count):
    instance = await tracker.InstanceTracker.create_and_register()
    begun = time.perf_counter()
    for i in range(count):
        await instance.track_python_process(f"session-{i}", os.getpid())
    seconds = time.perf_counter() - begun
    await instance.unregister()
    return seconds


async def register(tracker, count):
    seconds = []
    for _ in range(count):
        begun = time.perf_counter()
        instance = await tracker.InstanceTracker.create_and_register()
        await instance.unregister()
        seconds.append(time.perf_counter() - begun)
    return statistics.median(seconds[count // 2 :])


def main():
    logging.disable(logging.CRITICAL)
    path, command, count, home = sys.argv[1:5]
    os.environ["HOME"] = home
    tracker = load(path)
    if command in ("cleanup", "scan"):
        seconds = timed(tracker.cleanup_orphaned_resources())
    elif command == "track":
        seconds = asyncio.run(track(tracker, int(count)))
    elif command == "register":
        seconds = asyncio.run(register(tracker, int(count)))
    else:
        sys.exit(f"unknown task {command}: see the end of this script")
    print(seconds)


if __name__ == "__main__":
    main()
