# Runs servers and commands in one locale after the other, in homes and with names that are not ASCII.
# Ends with an error if a byte of a path, a name, an argument or an environment has changed. For clients
# that pass no locale: locales.py LAUNCHER DIRECTORY, and in LIBRARY the command of a server that uses
# the library, one word per line.
import json
import os
import shutil
import subprocess
import sys
import time
import uuid

LAUNCHER, HERE = os.fsencode(sys.argv[1]), os.fsencode(sys.argv[2])
LIBRARY = os.fsencode(os.environ["LIBRARY"]).split(b"\n")
PATH = os.environb[b"PATH"]
LIMIT = 60
NAME = "ж-名".encode()
ARGUMENTS = [NAME, "λόγος".encode(), b"\xff\xfe", b"caf\xe9 b"]
SHOW = 'printf "%s\\n" "$$" "${SEXTON_INSTANCE:+tracked}" "${LC_ALL-none}" "${LANG-none}" "$@"; exec sleep 900'
LOCALES = [None, b"", b"C", b"POSIX", b"C.UTF-8", b"en_US.ISO-8859-1", b"xx_YY.UTF-8"]


def check(what, expected, seen):
    if expected != seen:
        raise SystemExit(f"{what}: expected {expected!r}, saw {seen!r}")


def environment(pid):
    """The environment of a process; a program that is being replaced by another shows none for a moment."""
    found = {}

    def read_it():
        with open(f"/proc/{pid}/environ", "rb") as file:
            found.update(entry.split(b"=", 1) for entry in file.read().split(b"\0") if entry)
        return found

    wait("an environment", read_it)
    return found


def wait(what, condition):
    end = time.monotonic() + LIMIT
    while not condition():
        if time.monotonic() > end:
            raise SystemExit(f"{what}: not within {LIMIT} s")
        time.sleep(0.05)


def running(pid):
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            return file.read().rpartition(b") ")[2][:1] not in (b"Z", b"X")
    except OSError:
        return False


def records(home):
    instances = os.path.join(home, b".sexton/mcp/instances")
    if not os.path.isdir(instances):
        return []
    return [os.path.join(instances, name) for name in os.listdir(instances) if name.endswith(b".json")]


def read(record):
    with open(record, encoding="utf-8") as file:
        return json.load(file)


def sexton(env, *args):
    done = subprocess.run([LAUNCHER, *args], env=env, stdin=subprocess.DEVNULL, capture_output=True, timeout=LIMIT)
    return done.returncode, done.stdout, done.stderr


def start(env):
    server = subprocess.Popen(
        [LAUNCHER, b"run", b"--name", NAME, b"--grace", b"2s", b"sh", b"-c", SHOW, b"sh", *ARGUMENTS],
        env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )
    pid = int(server.stdout.readline())
    check("PID", server.pid, pid)
    return server


def run_list_stop(home, env):
    server = start(env)
    lines = [server.stdout.readline().rstrip(b"\n") for _ in range(3 + len(ARGUMENTS))]
    check("tracked", b"tracked", lines[0])
    check("LC_ALL", env.get(b"LC_ALL", b"none"), lines[1])
    check("LANG", env.get(b"LANG", b"none"), lines[2])
    check("arguments", ARGUMENTS, lines[3:])
    given = environment(server.pid)
    del given[b"SEXTON_INSTANCE"]
    check("environment", env, given)
    check("records", 1, len(records(home)))
    record = read(records(home)[0])
    check("name in the record", NAME.decode(), record["name"])
    if ARGUMENTS[1].decode() not in record["command"]:
        raise SystemExit(f"command in the record: {record['command']}")

    code, out, err = sexton(env, b"list", b"--json")
    check("list", (0, b""), (code, err))
    instance = json.loads(out)["instances"][0]
    check("name in the list", NAME.decode(), instance["name"])
    check("directory in the list", os.path.join(home, b".sexton/mcp").decode(), instance["state_dir"])
    code, out, err = sexton(env, b"list")
    if NAME not in out:
        raise SystemExit(f"list says {out!r}")

    code, out, err = sexton(env, b"stop", NAME)
    check(f"stop: {out} {err}", 0, code)
    server.wait(LIMIT)
    wait("the record to go", lambda: not records(home))
    server.stdin.close()
    server.stdout.close()
    server.stderr.close()


def sweep_history(home, env):
    # The watcher of the server above could sweep the record first.
    code, out, err = sexton(env, b"watch", b"--stop")
    check(f"watch --stop: {err}", 0, code)
    instances = os.path.join(home, b".sexton/mcp/instances")
    os.makedirs(instances, exist_ok=True)
    sleeper = subprocess.Popen(["sleep", "900"])
    dead = str(uuid.uuid4())
    with open(os.path.join(instances, dead.encode() + b".json"), "w", encoding="utf-8") as file:
        json.dump(
            {"instance_id": dead, "pid": 2000000000, "started_at": "2026-01-01T00:00:00Z",
             "name": NAME.decode(), "python_processes": {NAME.decode(): 2000000000}}, file)
    code, out, err = sexton(env, b"sweep", b"--json")
    check("sweep", (0, b""), (code, err))
    swept = [one for one in json.loads(out)["instances"] if one["instance_id"] == dead]
    check("record", "removed", swept[0]["record"])
    check("a bystander", None, sleeper.poll())
    sleeper.kill()
    sleeper.wait()
    code, out, err = sexton(env, b"history", b"--json")
    check("history", (0, b""), (code, err))
    for line in out.splitlines():
        json.loads(line)


def library(home, env):
    """In a locale without UTF-8 a JVM cannot name the directory: it says so, and makes no other."""
    server = subprocess.Popen(LIBRARY, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    answer = server.stdout.readline()
    if answer.startswith(b"ok\t"):
        record = answer.rstrip(b"\n").split(b"\t")[2]
        check("the library's record", home, os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(record)))))
        check("it is there", True, os.path.exists(record))
        words = [b"launch", NAME, b"sh", b"-c", b'echo "$1" >"$HOME/launched"; exec sleep 900', b"sh", NAME]
        server.stdin.write(b"\t".join(words) + b"\n")
        server.stdin.flush()
        pid = int(server.stdout.readline().split(b"\t")[1])
        launched = os.path.join(home, b"launched")
        wait("the launched process", lambda: os.path.exists(launched) and os.path.getsize(launched))
        with open(launched, "rb") as file:
            check("the launched process's argument", NAME + b"\n", file.read())
        os.unlink(launched)
        server.stdin.close()
        server.wait(LIMIT)
        wait("the launched process to go", lambda: not running(pid))
    else:
        server.stdin.close()
        if env.get(b"LC_ALL") == b"C.UTF-8" or not server.stderr.read():
            raise SystemExit(f"the library in {env.get(b'LC_ALL')!r}: {answer!r}")
        server.wait(LIMIT)
    server.stdout.close()
    server.stderr.close()


for number, locale in enumerate(LOCALES):
    home = os.path.join(HERE, "hömé-用户-".encode() + b"%d" % number)
    os.mkdir(home)
    env = {b"PATH": PATH, b"HOME": home, b"PWD": os.getcwdb(), b"BYTES": bytes(range(128, 256))}
    if locale is not None:
        env[b"LC_ALL"] = locale
    if locale == b"C":
        env[b"LANG"] = b"C.UTF-8"
    print("LC_ALL", locale, flush=True)
    run_list_stop(home, env)
    sweep_history(home, env)
    library(home, env)
    check("homes", number + 1, len([name for name in os.listdir(HERE) if name.startswith(b"h") and name != b"home"]))
    check("in the home", True, set(os.listdir(home)) <= {b".sexton", b".deephaven-mcp", b".deephaven"})
    wait("the last watcher", lambda: not any(home in open(f"/proc/{pid}/cmdline", "rb").read()
                                              for pid in os.listdir("/proc") if pid.isdigit() and os.path.exists(f"/proc/{pid}/cmdline")))
    # A watcher that is about to end may still write there.
    wait("the home is removed", lambda: (shutil.rmtree(home, ignore_errors=True), not os.path.exists(home))[1])
    os.mkdir(home)  # it counts
