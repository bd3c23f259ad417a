# Measures `sexton mcp` over stdio: the time to its first answer, and the cost of a call compared with a server
# on the plain SDK whose tool does nothing.
#
#   python3 benchmarks/mcp.py [--starts N] [--calls N]
#   python3 benchmarks/mcp.py --transcript     prints what an agent sees, for docs/mcp.md
#
# Requires `./mvnw -pl benchmarks -am -DskipTests package` first.
import argparse
import json
import os
import pathlib
import signal
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
SEXTON = [str(ROOT / "sexton"), "mcp"]


class Client:
    def __init__(self, command):
        self.began = time.perf_counter()
        self.server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.id = 0
        hello = {"name": "client", "version": "0"}
        self.ask("initialize", protocolVersion="2025-06-18", capabilities={}, clientInfo=hello)
        self.send({"jsonrpc": "2.0", "method": "notifications/initialized"})

    def send(self, message):
        self.server.stdin.write(json.dumps(message).encode() + b"\n")
        self.server.stdin.flush()

    def ask(self, method, **parameters):
        self.id += 1
        self.send({"jsonrpc": "2.0", "id": self.id, "method": method, "params": parameters})
        while True:
            answer = json.loads(self.server.stdout.readline())
            if answer.get("id") == self.id:
                return answer["result"]

    def call(self, tool, **arguments):
        return self.ask("tools/call", name=tool, arguments=arguments)

    def close(self):
        self.server.stdin.close()
        self.server.wait()


def sexton(home, *options):
    return Client(SEXTON + ["--state-dir", home] + list(options))


def echo():
    dist = ROOT / "cli/target/dist"
    java, _, name = (dist / "current").read_text().split("\n")[:3]
    path = f"{ROOT / 'benchmarks/target/classes'}:{dist / (name + '-mcp.jar')}"
    options = f"@{dist / (name + '-mcp.options')}"
    return Client([java + "/bin/java", options, "-cp", path, "dev.sexton.benchmarks.EchoServer"])


def times(client, count, tool, **arguments):
    taken = []
    for _ in range(count):
        began = time.perf_counter()
        client.call(tool, **arguments)
        taken.append((time.perf_counter() - began) * 1000)
    return taken[count // 2 :]  # the first half is the warm-up


def row(what, taken):
    taken = sorted(taken)
    last = taken[min(len(taken) - 1, len(taken) * 99 // 100)]
    print(f"| {what:52} | {len(taken):5} | {statistics.median(taken):8.2f} | {last:8.2f} |")
    return statistics.median(taken)


def measure(starts, calls):
    print(f"| {'ms':52} | {'n':>5} | {'p50':>8} | {'p99':>8} |\n|---|---|---|---|")
    with tempfile.TemporaryDirectory() as home:
        first = []
        for _ in range(starts):
            client = sexton(home)
            client.ask("tools/list")
            first.append((time.perf_counter() - client.began) * 1000)
            client.close()
        row("from the start of the process to the first tools/list", first)
        ours, plain = sexton(home), echo()
        for number in range(5):
            ours.call("session_start", name=f"s{number}", command="sleep", arguments=["600"])
        base = times(plain, calls // 2, "echo", text="x")
        listing = times(ours, calls, "session_list")
        base += times(plain, calls // 2, "echo", text="x")
        output = times(ours, calls, "session_output", name="s0")
        base = row("a server with the plain SDK: echo", base)
        listing = row("session_list with five sessions", listing)
        row("session_output", output)
        taken = []
        for number in range(20):
            began = time.perf_counter()
            ours.call("session_start", name=f"t{number}", command="sleep", arguments=["600"])
            taken.append((time.perf_counter() - began) * 1000)
        row("session_start of a process, without readiness", taken)
        plain.server.kill()  # it does not notice the end of its client
        began = time.perf_counter()
        ours.close()
        print(f"\nsession_list takes {listing - base:.2f} ms more than echo, {listing / base:.1f} times as long")
        print(f"stdin closed until 25 sessions and the server are gone: {(time.perf_counter() - began) * 1000:.0f} ms")


def alive(pid):
    try:
        state = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        return state not in "ZX"
    except OSError:
        return False


def killed(home):
    """Starts fifty sessions, kills the server, and returns the milliseconds until they are gone."""
    client = sexton(home)
    for number in range(50):
        client.call("session_start", name=f"s{number}", command="sleep", arguments=["600"])
    sessions = client.call("session_list")["structuredContent"]["sessions"]
    left = [session["pid"] for session in sessions]
    assert len(left) == 50
    began = time.perf_counter()
    client.server.kill()
    while left:
        left = [pid for pid in left if alive(pid)]
    taken = (time.perf_counter() - began) * 1000
    client.server.wait()
    return taken


def measure_kills(kills):
    with tempfile.TemporaryDirectory() as home:
        row("SIGKILL of a server until its fifty sessions are gone", [killed(home) for _ in range(kills)])
        subprocess.run([SEXTON[0], "watch", "--stop", "--state-dir", home], check=True)


def transcript():
    def show(tool, **arguments):
        print(f">>> {tool} {json.dumps(arguments)}")
        print(client.call(tool, **arguments)["content"][0]["text"].rstrip() + "\n")

    def running():
        found = subprocess.run(["ps", "-o", "pid=,args=", "-p", pid], stdout=subprocess.PIPE, text=True)
        line = found.stdout.strip()
        return "nothing" if "<defunct>" in line else line or "nothing"

    with tempfile.TemporaryDirectory() as home:
        site = os.path.join(home, "site")
        os.mkdir(site)
        pathlib.Path(site, "index.html").write_text("hello\n")
        client = sexton(home)
        start = {"command": "python3", "arguments": ["-u", "-m", "http.server", "8741"], "directory": site}
        show("session_start", name="web", **start, ready={"port": 8741, "http_path": "/"})
        show("session_output", name="web", lines=5)
        show("session_info", name="web")
        sessions = client.call("session_list")["structuredContent"]["sessions"]
        pid = str(sessions[0]["pid"])
        print(f"$ ps -p {pid}\n{running()}\n")
        print(f"$ kill -9 {client.server.pid}          # the MCP server; its client's death does the same")
        client.server.send_signal(signal.SIGKILL)
        client.server.wait()
        began = time.perf_counter()
        while running() != "nothing":
            time.sleep(0.01)
        print(f"$ ps -p {pid}          # {(time.perf_counter() - began) * 1000:.0f} ms later\n{running()}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--starts", type=int, default=21)
    parser.add_argument("--calls", type=int, default=2000)
    parser.add_argument("--kills", type=int, default=21)
    parser.add_argument("--transcript", action="store_true")
    options = parser.parse_args()
    if options.transcript:
        transcript()
    else:
        measure(options.starts, options.calls)
        print()
        measure_kills(options.kills)
