"""Measures the start of `sexton list` in a home without servers, for one or several installations.

    start-times.py COMMAND…

The commands take turns, 21 times after a turn that does not count. Prints the median and the least of
the time that passed, and of the time of the CPU.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time

TURNS = 21


def main(*commands):
    with tempfile.TemporaryDirectory() as home:
        measured = {command: [] for command in commands}
        for turn in range(TURNS + 1):
            for command, times in measured.items():
                taken = measure(command, home)
                if turn > 0:
                    times.append(taken)
    for command, times in measured.items():
        passed, cpu = zip(*times)
        print(f"{command}: {describe(passed)} passed, {describe(cpu)} of CPU")


def measure(command, home):
    began = time.perf_counter()
    process = subprocess.Popen(
        [command, "list"],
        env={"HOME": home, "PATH": "/usr/bin:/bin"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = status
    return time.perf_counter() - began, usage.ru_utime + usage.ru_stime


def describe(seconds):
    return f"median {statistics.median(seconds) * 1000:.0f} ms, least {min(seconds) * 1000:.0f} ms"


if __name__ == "__main__":
    main(*sys.argv[1:])
