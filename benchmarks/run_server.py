# Measures `sexton run` and its one watcher: the cost of a start with and without a watcher, of ten
# concurrent starts, the memory and CPU time of everything in Sexton beside a hundred servers, and the
# time from SIGKILL of a server until its tree is gone.
#
#   python3 benchmarks/run_server.py [STARTS [SERVERS [DEATHS]]]
import os
import pathlib
import random
import select
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
SEXTON = str(ROOT / "sexton")
STARTS = int(sys.argv[1]) if len(sys.argv) > 1 else 200
SERVERS = int(sys.argv[2]) if len(sys.argv) > 2 else 100
DEATHS = int(sys.argv[3]) if len(sys.argv) > 3 else 200
TICKS = os.sysconf("SC_CLK_TCK")
NOTHING = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL}


def quantile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def say(what, values, unit="ms"):
    parts = ", ".join(f"p{int(share * 100)} {quantile(values, share):.1f}" for share in (0.1, 0.5, 0.9, 0.99))
    print(f"{what}: {parts} {unit} ({len(values)} times)", flush=True)


class Home:
    """A home directory with its own watcher and without this script's environment."""

    def __init__(self, directory):
        self.root = pathlib.Path(directory) / ".sexton"
        self.environment = {"HOME": directory, "PATH": os.environ["PATH"], "LANG": "C.UTF-8"}

    def run(self, *command):
        return [SEXTON, "run", *command]

    def start(self, command, **more):
        return subprocess.Popen(command, env=self.environment, **{**NOTHING, **more})

    def millis(self, command):
        began = time.perf_counter()
        self.start(command).wait()
        return (time.perf_counter() - began) * 1000

    def watcher(self):
        """Returns the watcher's PID, once it runs."""
        return self.wait(lambda: int((self.root / "watcher").read_text().split()[0]))

    def wait(self, look):
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                if found := look():
                    return found
            except (OSError, IndexError):
                pass
            time.sleep(0.002)
        raise SystemExit("nothing came of it within 60 s")

    def ours(self):
        """Returns the PIDs of the watcher and of the shell that restarts it."""
        watcher = self.watcher()
        stat = pathlib.Path(f"/proc/{watcher}/stat").read_text().rsplit(")", 1)[1].split()
        return [watcher, int(stat[1])]

    def stop(self):
        subprocess.run([SEXTON, "watch", "--stop"], env=self.environment, stderr=subprocess.DEVNULL, check=True)

    def records(self):
        return list((self.root / "mcp/instances").glob("*.json"))


def cpu(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def memory(pid):
    lines = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
    return {line.split()[0]: int(line.split()[1]) / 1000 for line in lines}


def held(watcher):
    count = 0
    for entry in pathlib.Path(f"/proc/{watcher}/fdinfo").iterdir():
        try:
            count += "Pid:" in entry.read_text()
        except OSError:
            pass
    return count


def starts(home):
    keeper = home.start(home.run("sleep", "600"))
    home.watcher()
    time.sleep(3)
    for pause, how in ((0, "back to back"), (0.2, "with a pause")):
        plain, run = [], []
        for _ in range(STARTS if pause == 0 else STARTS // 4):
            plain.append(home.millis(["true"]))
            time.sleep(pause)
            run.append(home.millis(home.run("true")))
            time.sleep(pause)
        say(f"true, {how}", plain)
        say(f"sexton run true, {how}", run)
        added = statistics.median(run) - statistics.median(plain)
        print(f"added, {how}: {added:.1f} ms (best {min(run) - min(plain):.1f}), load {os.getloadavg()[0]:.1f}")
    slow = [home.millis(home.run("--strict", "true")) for _ in range(STARTS // 10)]
    say("sexton run --strict true, by the registrar", slow)
    keeper.kill()
    keeper.wait()
    home.stop()
    none = []
    for _ in range(STARTS // 10):
        none.append(home.millis(home.run("true")))
        home.watcher()
        home.stop()
    say("sexton run true, no watcher running", none)


def ten_at_once(home):
    keeper = home.start(home.run("sleep", "600"))
    ours = home.ours()
    time.sleep(3)
    script = 'echo up; exec sleep 600'
    for command, what in ((["sh", "-c", script], "ten servers"), (home.run("sh", "-c", script), "ten servers, sexton run")):
        before, children = sum(map(cpu, ours)), os.times()
        began = time.perf_counter()
        servers = [home.start(command, stdout=subprocess.PIPE) for _ in range(10)]
        for server in servers:
            server.stdout.readline()
        up = (time.perf_counter() - began) * 1000
        used = sum(map(cpu, ours)) - before
        for server in servers:
            server.kill()
            server.wait()
        if command[0] == SEXTON:
            home.wait(lambda: len(home.records()) == 1)
        after = os.times()
        starting = after.children_user + after.children_system - children.children_user - children.children_system
        print(
            f"{what} at once: all up in {up:.0f} ms; processor time of the starts {starting:.2f} s,"
            f" of the watcher until then {used:.2f} s, with their ends {sum(map(cpu, ours)) - before:.2f} s"
        )
    keeper.kill()
    keeper.wait()


def beside_many(home):
    servers = [home.start(home.run("sh", "-c", "sleep 600 & sleep 600 & wait")) for _ in range(SERVERS)]
    ours = home.ours()
    home.wait(lambda: held(ours[0]) >= SERVERS)
    time.sleep(15)
    for key in ("Rss:", "Pss:", "Private_Dirty:"):
        print(f"everything of Sexton beside {SERVERS} servers, {key} {sum(memory(pid)[key] for pid in ours):.1f} MB")
    before = sum(map(cpu, ours))
    time.sleep(30)
    print(f"idle beside {SERVERS} servers: {(sum(map(cpu, ours)) - before) / 30 * 100:.2f} % of one core")
    for server in servers:
        server.kill()
    for server in servers:
        server.wait()
    home.wait(lambda: not home.records())


def deaths(home):
    took = []
    servers = []
    for _ in range(DEATHS):
        server = home.start(home.run("sh", "-c", "sleep 600 & echo $!; wait"), stdout=subprocess.PIPE)
        servers.append((server, int(server.stdout.readline())))
    home.wait(lambda: held(home.watcher()) >= DEATHS)
    time.sleep(5)
    for server, child in servers:
        time.sleep(random.uniform(0.05, 0.2))
        descriptor = os.pidfd_open(child)
        began = time.perf_counter()
        server.kill()
        if not select.select([descriptor], [], [], 60)[0]:
            raise SystemExit("a child is left after 60 s")
        took.append((time.perf_counter() - began) * 1000)
        os.close(descriptor)
        server.wait()
    say("server killed → its child gone", took)


with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as directory:
    subprocess.run([SEXTON, "--version"], check=True, stdout=subprocess.DEVNULL)
    here = Home(directory)
    for part in (starts, ten_at_once, beside_many, deaths):
        part(here)
    here.stop()
