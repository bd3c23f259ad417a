"""Runs Sexton and the original in turn and prints the ratios; benchmarks/run calls it."""

import argparse
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import uuid

# Above the maximum PID of Linux (2**22), so no such process can exist.
NO_SUCH_PID = 4_194_305


def command_seconds(command, environment=None):
    """Returns the wall time of a whole process."""
    begun = time.perf_counter()
    subprocess.run(
        command,
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        stdin=subprocess.DEVNULL,
        env=environment,
    )
    return time.perf_counter() - begun


def printed_seconds(command):
    """Returns the time that the process itself measured."""
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return float(output.split()[-1])


def write_records(home, count, pid, processes):
    instances = pathlib.Path(home, ".deephaven-mcp", "instances")
    instances.mkdir(parents=True, mode=0o700)
    for _ in range(count):
        instance_id = str(uuid.uuid4())
        record = {
            "instance_id": instance_id,
            "pid": pid,
            "started_at": "2026-01-01T00:00:00.000000",
            "python_processes": processes,
        }
        (instances / f"{instance_id}.json").write_text(json.dumps(record, indent=2))


class Bench:
    def __init__(self, args):
        self.args = args
        self.rows = []
        self.base = tempfile.mkdtemp(prefix="homes-", dir=args.work)
        self.environment = {k: v for k, v in os.environ.items() if not k.startswith("SEXTON_")}
        self.new_home()

    def new_home(self):
        """Creates a separate home for each run, removed only at the end."""
        self.home = tempfile.mkdtemp(dir=self.base)
        self.environment["HOME"] = self.home

    def write(self, count, pid, processes):
        self.new_home()
        write_records(self.home, count, pid, processes)

    def homes(self, dead):
        """Returns more homes like this one, for the warm-up of a JVM."""
        homes = []
        for _ in range(15):
            homes.append(tempfile.mkdtemp(dir=self.base))
            write_records(homes[-1], dead, NO_SUCH_PID, {"session": NO_SUCH_PID + 1})
        return homes

    def ours(self, work, count, homes=()):
        driver = [self.args.java, "-cp", self.args.class_path, "dev.sexton.benchmarks.Ours"]
        return [*driver, work, str(count), self.home, *homes]

    def original(self, work, count):
        return [self.args.python, self.args.original_driver, self.args.original, work, str(count), self.home]

    def pair(self, name, runs, theirs, ours, goal, prepare=lambda: None):
        """Runs both in turn, so that slow moments of the machine affect both."""
        pairs = []
        for _ in range(runs):
            prepare()
            other = theirs()
            prepare()
            pairs.append((other, ours()))
        ratios = sorted(other / own for other, own in pairs)
        self.rows.append(
            (
                name,
                statistics.median(pair[0] for pair in pairs),
                statistics.median(pair[1] for pair in pairs),
                statistics.median(ratios),
                ratios[0],
                ratios[-1],
                goal,
            )
        )
        print(".", end="", flush=True, file=sys.stderr)

    def sweeps(self):
        for dead, runs in ((100, 5), (1000, 3)):
            goal = "≥ 50" if dead == 1000 else ""
            prepare = lambda dead=dead: self.write(dead, NO_SUCH_PID, {"session": NO_SUCH_PID + 1})
            self.pair(
                f"sweep of {dead} dead, in the process",
                runs,
                lambda: printed_seconds(self.original("cleanup", dead)),
                lambda: printed_seconds(self.ours("cleanup", dead)),
                "",
                prepare,
            )
            self.pair(
                f"sweep of {dead} dead, in the process, ours warm",
                runs,
                lambda: printed_seconds(self.original("cleanup", dead)),
                lambda: printed_seconds(self.ours("cleanup", dead, self.homes(dead))),
                goal,
                prepare,
            )
            self.pair(
                f"sweep of {dead} dead, whole command",
                runs,
                lambda: command_seconds(self.original("cleanup", dead)),
                lambda: command_seconds([self.args.sexton, "sweep", "--json"], self.environment),
                goal,
                prepare,
            )

    def scans(self):
        self.write(10_000, os.getpid(), {})
        self.pair(
            "10,000 live, in the process, ours warm",
            3,
            lambda: printed_seconds(self.original("scan", 10_000)),
            lambda: printed_seconds(self.ours("scan", 10_000)),
            "ours ≤ 0.1 s",
        )
        self.pair(
            "10,000 live, whole command (sexton list)",
            5,
            lambda: command_seconds(self.original("scan", 10_000)),
            lambda: command_seconds([self.args.sexton, "list", "--json"], self.environment),
            "≥ 0.5",
        )
        self.new_home()

    def tracks(self):
        rows = (
            ("3,000 tracks", "track", 3000, lambda: (), ""),
            ("3,000 tracks, ours warm", "track", 3000, lambda: self.homes(0), "≥ 40"),
            ("register + unregister, both warm", "register", 20_000, lambda: (), "≥ 1"),
        )
        for name, work, count, homes, goal in rows:
            self.pair(
                name,
                5,
                lambda: printed_seconds(self.original(work, count)),
                lambda: printed_seconds(self.ours(work, count, homes())),
                goal,
            )
        self.new_home()

    def start(self):
        hello = self.args.hello.split(" ")
        differences = []
        seconds = []
        for _ in range(21):
            base = command_seconds(hello)
            own = command_seconds([self.args.sexton, "sweep"], self.environment)
            seconds.append((base, own))
            differences.append((own - base) * 1000)
        median = statistics.median
        self.rows.append(
            (
                "sweep of an empty home, over hello world",
                median(s[0] for s in seconds),
                median(s[1] for s in seconds),
                median(s[0] / s[1] for s in seconds),
                min(s[0] / s[1] for s in seconds),
                max(s[0] / s[1] for s in seconds),
                f"+{median(differences):.0f} ms (goal ≤ 40)",
            )
        )

    def print(self):
        print()
        docker = shutil.which("docker")
        version = subprocess.run([docker, "--version"], capture_output=True, text=True).stdout if docker else ""
        print(f"Engine in the original's sweeps: {version.strip() or 'none, because there is no docker command'}\n")
        print(f"| {'what':48} | {'other':>10} | {'Sexton':>10} | {'ratio':>7} | {'min–max':>15} | goal |")
        print(f"|{'-' * 50}|{'-' * 11}:|{'-' * 11}:|{'-' * 8}:|{'-' * 16}:|---|")
        for name, other, own, ratio, low, high, goal in self.rows:
            spread = f"{low:.1f}–{high:.1f}"
            other, own = (f"{value * 1000:.{1 if value > 0.001 else 3}f} ms" for value in (other, own))
            print(
                f"| {name:48} | {other:>10} | {own:>10} | {ratio:7.1f} | {spread:>15} | {goal} |"
            )


def main():
    parser = argparse.ArgumentParser()
    for name in ("work", "java", "class-path", "python", "original", "original-driver", "sexton", "hello"):
        parser.add_argument("--" + name, required=True)
    bench = Bench(parser.parse_args())
    try:
        bench.start()
        bench.tracks()
        bench.scans()
        bench.sweeps()
    finally:
        shutil.rmtree(bench.base, ignore_errors=True)
    bench.print()


if __name__ == "__main__":
    main()
