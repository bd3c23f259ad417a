# Measures `sexton run`: what it adds to a start, and what its watchers weigh while they wait, beside
# the smallest Java program that waits for the same (Waiter.java), with the same options.
#
#   python3 benchmarks/run_server.py [STARTS [WATCHERS]]
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
SEXTON = str(ROOT / "sexton")
STARTS = int(sys.argv[1]) if len(sys.argv) > 1 else 21
WATCHERS = int(sys.argv[2]) if len(sys.argv) > 2 else 10


def millis(command):
    began = time.monotonic()
    subprocess.run(command, check=True)
    return (time.monotonic() - began) * 1000


def watchers(state):
    for entry in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            if f"{state}\0".encode() in (entry / "cmdline").read_bytes():
                yield entry
        except OSError:
            pass  # it has ended


def weigh(what, entries):
    measured = [sizes(entry) for entry in entries]
    for key in ("Rss:", "Pss:", "Private_Dirty:"):
        print(f"{len(measured)} {what}, {key} {statistics.mean(one[key] for one in measured):.1f} MB each")


def least(directory):
    """As many programs that only wait, started as the watchers are."""
    dist = ROOT / "cli/target/dist"
    jdk, version, name = (dist / "current").read_text().split("\n")[:3]
    jar, cache = os.path.join(directory, "waiter.jar"), os.path.join(directory, "waiter.aot")
    subprocess.run([jdk + "/bin/javac", "-d", directory, str(ROOT / "benchmarks/Waiter.java")], check=True)
    subprocess.run([jdk + "/bin/jar", "cf", jar, "-C", directory, "Waiter.class"], check=True)
    java = [jdk + "/bin/java", f"@{dist / name}-watcher.options"]
    own = str(os.getpid())
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    train = [*java, "-XX:AOTCacheOutput=" + cache, "-cp", jar, "Waiter", own, "look"]
    subprocess.run(train, check=True, **quiet)
    return [subprocess.Popen([*java, "-XX:AOTCache=" + cache, "-cp", jar, "Waiter", own]) for _ in range(WATCHERS)]


def sizes(entry):
    lines = (entry / "smaps_rollup").read_text().splitlines()[1:]
    return {line.split()[0]: int(line.split()[1]) / 1000 for line in lines}


with tempfile.TemporaryDirectory() as home:
    os.environ["SEXTON_HOME"] = home
    subprocess.run([SEXTON, "--version"], check=True, stdout=subprocess.DEVNULL)
    plain, run = [], []
    for _ in range(STARTS):
        plain.append(millis(["true"]))
        run.append(millis([SEXTON, "run", "--", "true"]))
        time.sleep(0.7)  # until the sweeps of the last one are over
    added = statistics.median(run) - statistics.median(plain)
    print(f"true {statistics.median(plain):.0f} ms, sexton run -- true {statistics.median(run):.0f} ms")
    print(f"added: {added:.0f} ms (best {min(run) - min(plain):.0f}), load {os.getloadavg()[0]:.1f}")

    state = os.path.join(home, "state")
    command = [SEXTON, "run", "--state-dir", state, "--", "sleep", "600"]
    servers = [subprocess.Popen(command, stdin=subprocess.DEVNULL) for _ in range(WATCHERS)]
    deadline = time.monotonic() + 60
    time.sleep(10)
    while len(found := list(watchers(state))) != WATCHERS and time.monotonic() < deadline:
        time.sleep(0.5)
    weigh("watchers", found)
    for server in servers:
        server.kill()
        server.wait()
    while os.listdir(os.path.join(state, "instances")):
        time.sleep(0.1)
    waiters = least(home)
    time.sleep(5)
    weigh("programs that only wait", [pathlib.Path(f"/proc/{waiter.pid}") for waiter in waiters])
    for waiter in waiters:
        waiter.kill()
        waiter.wait()
