# Measures how long after SIGKILL of an owner its resources are gone: with a sentinel, with
# `sexton watch`, with `sexton run`, and, where an engine answers, containers with `sexton watch`
# compared with Ryuk.
#
#   python3 benchmarks/deaths.py [--deaths N] [--containers N] [--ryuk PROGRAM]
#
# To build Ryuk's program: `go build` in a clone of testcontainers/moby-ryuk.
import argparse
import json
import os
import pathlib
import random
import select
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
SEXTON = str(ROOT / "sexton")
SERVER = str(ROOT / "integration-tests/src/test/resources/dev/sexton/testkit/server.py")
PATIENCE = 60


class Server:
    """A server in Python. If locked, it holds its lock and marks the processes that it starts."""

    def __init__(self, home, locked):
        environment = {**os.environ, "HOME": home}
        if locked:
            environment["SEXTON_TEST_LOCKED"] = "1"
        self.process = subprocess.Popen(
            [sys.executable, SERVER],
            env=environment,
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        self.instance = self.answer()[0]

    def answer(self):
        return self.process.stdout.readline().rstrip("\n").split("\t")[1:]

    def ask(self, *words):
        self.process.stdin.write("\t".join(words) + "\n")
        self.process.stdin.flush()
        return self.answer()


def millis_until_gone(kill, pids):
    """Kills the owner and waits until the kernel reports the ends of these processes."""
    poller = select.poll()
    descriptors = [os.pidfd_open(pid) for pid in pids]
    for descriptor in descriptors:
        poller.register(descriptor, select.POLLIN)
    began = time.perf_counter()
    kill()
    waiting = set(descriptors)
    while waiting:
        ready = poller.poll(PATIENCE * 1000)
        if not ready:
            raise SystemExit(f"{len(waiting)} processes are left after {PATIENCE} s")
        for descriptor, _ in ready:
            poller.unregister(descriptor)
            waiting.discard(descriptor)
    took = (time.perf_counter() - began) * 1000
    for descriptor in descriptors:
        os.close(descriptor)
    return took


def quantile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def say(what, values, goal=""):
    print(
        f"| {what:<52} | {len(values):>4} | {quantile(values, 0.5):>8.1f} |"
        f" {quantile(values, 0.9):>8.1f} | {quantile(values, 0.99):>8.1f} |"
        f" {max(values):>8.1f} | {goal} |",
        flush=True,
    )


def child(pid):
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        children = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        if children:
            return int(children[0])
        time.sleep(0.002)
    raise SystemExit("no child")


def watcher(home, *more):
    log = open(os.path.join(home, "watch.log"), "w+")
    process = subprocess.Popen(
        [SEXTON, "watch", *more], env={**os.environ, "HOME": home}, stdout=log, stderr=log
    )
    deadline = time.monotonic() + PATIENCE
    while "watching" not in pathlib.Path(log.name).read_text():
        if time.monotonic() > deadline:
            raise SystemExit("the watcher does not start")
        time.sleep(0.05)
    return process


def cpu_seconds(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def kill_and_reap(process):
    process.kill()
    process.wait()


def through_watch(deaths):
    with tempfile.TemporaryDirectory(dir=memory()) as home:
        servers = [Server(home, i % 2 == 0) for i in range(deaths)]
        families = []
        for server in servers:
            session = int(server.ask("session", "s", "sh", "-c", "sleep 1000 & wait")[0])
            families.append((server, [session, child(session)]))
        watch = watcher(home)
        time.sleep(10)
        idle = cpu_seconds(watch.pid)
        time.sleep(20)
        idle = (cpu_seconds(watch.pid) - idle) / 20 * 100
        random.Random(1).shuffle(families)
        took = []
        for server, pids in families:
            time.sleep(random.uniform(0, 0.2))
            took.append(millis_until_gone(lambda: kill_and_reap(server.process), pids))
        say("watch: the owner's processes, half the original's", took, "p99 ≤ 20")
        print(f"watching {deaths} owners, none of which dies, takes {idle:.1f} % of one core")
        watch.terminate()
        watch.wait()


def through_sentinel(deaths, java, class_path):
    with tempfile.TemporaryDirectory(dir=memory()) as home:
        for name, variables in (("sexton", {"SEXTON_COMMAND": SEXTON}), ("java", {})):
            took, sizes = [], []
            for _ in range(deaths):
                owner = subprocess.Popen(
                    [java, "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto",
                     "-cp", class_path, "dev.sexton.benchmarks.Owner", home],
                    env={**os.environ, **variables}, text=True, stdout=subprocess.PIPE,
                )  # fmt: skip
                session, sentinel = map(int, owner.stdout.readline().split())
                pids = [session, child(session)]
                if sentinel:
                    rollup = pathlib.Path(f"/proc/{sentinel}/smaps_rollup").read_text()
                    sizes.append(int(rollup.split("Pss:")[1].split()[0]))
                time.sleep(0.5)
                took.append(millis_until_gone(lambda: kill_and_reap(owner), pids))
                time.sleep(0.5)
            say(f"sentinel, which runs {name}", took, "p99 ≤ 100" if name == "sexton" else "")
            if sizes:
                print(f"a waiting sentinel: {statistics.median(sizes)} kB PSS")


def through_run(deaths):
    with tempfile.TemporaryDirectory(dir=memory()) as home:
        took = []
        for _ in range(deaths):
            server = subprocess.Popen(
                [SEXTON, "run", "--", "sh", "-c", "sh -c 'sleep 1000 & wait' & wait"],
                env={**os.environ, "SEXTON_HOME": home},
                stdin=subprocess.DEVNULL,
            )
            command_line = pathlib.Path(f"/proc/{server.pid}/cmdline")
            while not command_line.read_bytes().startswith(b"sh\0-c\0"):
                time.sleep(0.01)
            first = child(server.pid)
            pids = [first, child(first)]
            time.sleep(0.7)
            took.append(millis_until_gone(lambda: kill_and_reap(server), pids))
            time.sleep(0.7)
        say("sexton run: what the server started", took)


def docker(*arguments):
    return subprocess.run(
        ["docker", *arguments], check=True, text=True, capture_output=True
    ).stdout.strip()


def container_gone(label):
    return not docker("ps", "-aq", "--filter", "label=" + label)


def until_container_gone(kill, label):
    began = time.perf_counter()
    kill()
    while not container_gone(label):
        if time.perf_counter() - began > PATIENCE:
            raise SystemExit(f"a container {label} is left")
        time.sleep(0.01)
    return (time.perf_counter() - began) * 1000


# Ends on SIGTERM, so that Sexton is measured and not a grace period.
POLITE = ("busybox:local", "sh", "-c", "trap 'exit 0' TERM; sleep 1000 & wait")


def through_engines(count, ryuk):
    ours, theirs, fastest = [], [], []
    with tempfile.TemporaryDirectory(dir=memory()) as home:
        watch = watcher(home)
        for _ in range(count):
            server = Server(home, False)
            label = "deephaven-mcp-server-instance=" + server.instance
            docker("run", "-d", "--label", label, *POLITE)
            ours.append(until_container_gone(lambda: kill_and_reap(server.process), label))
            if ryuk:
                theirs.append(one_ryuk(ryuk, {}))
                fastest.append(one_ryuk(ryuk, {"RYUK_RECONNECTION_TIMEOUT": "1ns"}))
        watch.terminate()
        watch.wait()
    say("watch: a container, asked to stop and removed", ours)
    if ryuk:
        say("Ryuk, as it comes: a container, removed by force", theirs)
        say("Ryuk, RYUK_RECONNECTION_TIMEOUT=1ns", fastest)
        print(f"ours is {statistics.median(theirs) / statistics.median(ours):.1f} times as fast as"
              f" Ryuk as it comes, {statistics.median(fastest) / statistics.median(ours):.1f} times"
              " as fast as Ryuk at its fastest")  # fmt: skip


def one_ryuk(program, variables):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    ryuk = subprocess.Popen(
        [program],
        env={**os.environ, "RYUK_PORT": str(port), **variables},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    label = f"sexton.benchmark={port}-{time.time_ns()}"
    client = None
    deadline = time.monotonic() + PATIENCE
    while client is None:
        try:
            client = socket.create_connection(("127.0.0.1", port))
        except OSError:
            if time.monotonic() > deadline:
                raise SystemExit("ryuk does not start") from None
            time.sleep(0.02)
    client.sendall(f"label={label}\n".encode())
    if not client.recv(100).startswith(b"ACK"):
        raise SystemExit("ryuk does not acknowledge")
    docker("run", "-d", "--label", label, *POLITE)
    time.sleep(1.5)  # Ryuk waits for containers that are younger than its retry offset.
    took = until_container_gone(client.close, label)
    ryuk.send_signal(signal.SIGKILL)
    ryuk.wait()
    return took


def memory():
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


def engine_answers():
    try:
        docker("image", "inspect", "busybox:local")
        return True
    except (OSError, subprocess.CalledProcessError):
        return False


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--deaths", type=int, default=200)
    parser.add_argument("--containers", type=int, default=10)
    parser.add_argument("--ryuk")
    parser.add_argument("--only", default="watch,sentinel,run,engines")
    arguments = parser.parse_args()
    subprocess.run([SEXTON, "--version"], check=True)
    java, _, name = (ROOT / "cli/target/dist/current").read_text().split("\n")[:3]
    java = java + "/bin/java"
    class_path = f"{ROOT}/benchmarks/target/classes:{ROOT}/cli/target/dist/{name}.jar"
    print(f"load {os.getloadavg()[0]:.1f}")
    print("| SIGKILL of the owner until gone, ms                  |    n |      p50 |      p90 |      p99 |      max | goal |")
    print("|---|---|---|---|---|---|---|")
    only = arguments.only.split(",")
    if "watch" in only:
        through_watch(arguments.deaths)
    if "sentinel" in only:
        through_sentinel(max(2, arguments.deaths // 4), java, class_path)
    if "run" in only:
        through_run(max(2, arguments.deaths // 4))
    if "engines" in only and engine_answers():
        through_engines(arguments.containers, arguments.ryuk)
    print(f"load {os.getloadavg()[0]:.1f}")


main()
