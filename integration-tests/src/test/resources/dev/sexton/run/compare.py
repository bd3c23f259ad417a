# Runs servers with and without `sexton run`, and ends with an error if it finds a difference.
import fcntl
import hashlib
import os
import pty
import resource
import select
import signal
import socket
import struct
import subprocess
import sys
import termios
import threading
import time

WHAT, LAUNCHER, HERE = sys.argv[1:4]
RUN = [LAUNCHER, "run", "--"]
PYTHON = sys.executable
LIMIT = 60


def script(name):
    return os.path.join(HERE, name)


def run(prefix, command, **options):
    return subprocess.run(
        prefix + command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=LIMIT, **options
    )


def same(command, **options):
    plain = run([], command, **options)
    wrapped = run(RUN, command, **options)
    check_same(command, plain.returncode, wrapped.returncode)
    check_same(command, plain.stdout, wrapped.stdout)
    check_same(command, plain.stderr, wrapped.stderr)
    return wrapped


def check_same(what, plain, wrapped):
    if plain != wrapped:
        if isinstance(plain, bytes):
            before, after = set(plain.split(b"\n")), set(wrapped.split(b"\n"))
            plain, wrapped = before - after, after - before
        raise SystemExit(f"{what}: without: {plain!r}; with: {wrapped!r}")


def bulk():
    data = os.urandom(100 << 20)
    server = subprocess.Popen(
        RUN + [PYTHON, script("echo.py")], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )

    def write():
        with server.stdin:
            server.stdin.write(data)

    writer = threading.Thread(target=write)
    writer.start()
    digest = hashlib.sha256()
    while block := server.stdout.read(1 << 20):
        digest.update(block)
    writer.join()
    check_same("bytes", hashlib.sha256(data).hexdigest(), digest.hexdigest())
    check_same("exit code", 0, server.wait(LIMIT))


def small():
    near, far = socket.socketpair()  # as Node does
    with subprocess.Popen(RUN + [PYTHON, script("echo.py")], stdin=far, stdout=far) as server:
        far.close()
        for number in range(1000):
            message = b"%d\n" % number
            near.sendall(message)
            check_same("message", message, near.recv(100))
        near.shutdown(socket.SHUT_WR)
        check_same("end", b"", near.recv(100))
        check_same("exit code", 0, server.wait(LIMIT))


def exit_codes():
    for code in (0, 1, 2, 3, 42, 125, 126, 127, 128, 129, 130, 143, 200, 254, 255):
        check_same("exit code", code, same(["sh", "-c", f"exit {code}"]).returncode)


def deaths():
    for number in sorted(signal.valid_signals()):
        if number in (signal.SIGSTOP, signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU):
            continue
        same(["sh", "-c", f"kill -{int(number)} $$; exit 7"])


def delivery():
    sys.path.insert(0, HERE)
    from signals import CATCHABLE

    server = subprocess.Popen(
        RUN + [PYTHON, script("signals.py")], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    check_same("start", b"ready\n", server.stdout.readline())
    for number in CATCHABLE:
        server.send_signal(number)
        check_same("signal", b"%d\n" % number, server.stdout.readline())
    server.stdin.close()
    check_same("exit code", 0, server.wait(LIMIT))


ODD = [b"", b"a\nb", b"\n", b"a'b\"c\\d", b"$HOME `id` $(id)", b"\xff\xfe\x80", b"-n", b"--", b"--name"]
ODD += [bytes(range(1, 256)), b"*", b"~", b"a=b", b" ", b"\xc3\xa9", b"x" * 100_000]


def identity():
    look = [PYTHON, script("look.py")]
    same(look + ODD)
    same(look, env={"PATH": os.environ["PATH"]})
    names = "home name version self jdk dist link cache options stdin directory setsid variable value"
    odd = {name: f"the user's {name}" for name in names.split()}
    odd |= {"_sexton_other": "x", "a.b": "c", "BASH_FUNC_f%%": "() { :; }", "9": "digit", "npm-x": "y z"}
    odd |= {"MANY": "a\nb'c\"\\", "EMPTY": "", "JAVA_TOOL_OPTIONS": "-Dnot=seen", "IFS": "x/ "}
    odd |= {"JDK_JAVA_OPTIONS": "-Dx", "_JAVA_OPTIONS": "-Dy", "OPTIND": "7", "PS4": "$(id)", "_": "u"}
    odd |= {"PWD": "/nowhere", "OLDPWD": "/nowhere/else", "SHLVL": "5", "PPID": "1", "ENV": "/none"}
    odd |= {"SEXTON_STATE_DIR": os.environ["SEXTON_STATE_DIR"], "MALLOC_ARENA_MAX": "3"}
    binary = {os.fsencode(name): os.fsencode(value) for name, value in odd.items()}
    binary[b"PATH"] = os.environb[b"PATH"]
    binary[b"BYTES"] = bytes(range(1, 256))
    same(look, env=binary)


def descriptors():
    look = [PYTHON, script("look.py")]
    near, far = os.pipe()
    for number in (3, 5, 9, 12, 100):
        os.dup2(far, number, inheritable=True)
    same(look, pass_fds=(3, 5, 9, 12, 100))
    for number in (0, 2):
        plain = run([], ["sh", "-c", f'exec "$@" {number}>&-', "sh"] + look)
        wrapped = run([], ["sh", "-c", f'exec "$@" {number}>&-', "sh"] + RUN + look)
        check_same(f"without {number}", plain.stdout, wrapped.stdout)
    # A server that closes an inherited descriptor is seen to have closed it, though others stay open.
    server = subprocess.Popen(
        RUN + ["sh", "-c", "exec 3>&- 5>&- 9>&-; exec >&- 2>&-; read line"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        pass_fds=(3, 12),
    )
    check_same("stdout", b"", server.stdout.read())
    check_same("stderr", b"", server.stderr.read())
    server.stdin.close()
    check_same("end", 1, server.wait(LIMIT))


def surroundings():
    def change():
        os.umask(0o027)
        os.nice(3)
        resource.setrlimit(resource.RLIMIT_NOFILE, (200, 300))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGPIPE, signal.SIG_IGN)
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR2])

    look = [PYTHON, script("look.py")]
    os.makedirs(os.path.join(HERE, "a directory"), exist_ok=True)
    same(look, preexec_fn=change, cwd=os.path.join(HERE, "a directory"))
    same(look, start_new_session=True)


def not_found():
    plain = os.path.join(HERE, "plain")
    with open(plain, "w"):
        os.chmod(plain, 0o644)
    for command, code in (("/no/such/program", 127), ("no-such-program", 127), (plain, 126), (HERE, 126)):
        ended = run(RUN, [command])
        check_same(command, code, ended.returncode)
        check_same(command + ": lines", 1, ended.stderr.count(b"\n"))
        check_same(command + ": named", True, command.encode() in ended.stderr)
    untracked(["--state-dir", "/dev/null/none"])
    jar = os.path.join(os.path.dirname(LAUNCHER), "cli/target/dist/sexton-test.jar")
    os.rename(jar, jar + ".away")
    untracked(["--state-dir", os.path.join(HERE, "fresh")])  # a running watcher would need no jar
    os.rename(jar + ".away", jar)


def untracked(options):
    for strict, code in (([], 5), (["--strict"], 3)):
        ended = run([LAUNCHER, "run"] + options + strict, ["sh", "-c", "exit 5"])
        check_same("untracked", code, ended.returncode)
        check_same("said", True, b"sexton: this server is not tracked" in ended.stderr)


class Terminal:
    """An interactive shell on a pseudo-terminal, and what a person would see of it."""

    def __init__(self):
        self.seen = b""
        self.pid, self.descriptor = pty.fork()
        if self.pid == 0:
            # A process started in the background ignores these, and so does everything that it starts.
            for ignored in (signal.SIGINT, signal.SIGQUIT, signal.SIGHUP, signal.SIGTSTP):
                signal.signal(ignored, signal.SIG_DFL)
            os.environ["PS1"] = "ready> "
            os.execvp("bash", ["bash", "--norc", "--noprofile", "-i"])

    def type(self, text):
        os.write(self.descriptor, text)

    def expect(self, text):
        deadline = time.monotonic() + LIMIT
        while text not in self.seen:
            if not select.select([self.descriptor], [], [], max(0, deadline - time.monotonic()))[0]:
                raise SystemExit(f"no {text!r} in {self.seen!r}")
            self.seen += os.read(self.descriptor, 4096)
        self.seen = self.seen.split(text, 1)[1]

    def resize(self, rows, columns):
        fcntl.ioctl(self.descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


def terminal():
    shell = Terminal()
    shell.expect(b"ready> ")
    # Python acts on a signal between two steps of its main thread. If the signal arrives just before
    # a blocking read, Python acts on it only after the next line. Output of two threads mixes, so each
    # line is one write.
    server = "import os, shutil, signal, sys, threading, time\n"
    server += "def say(*words): os.write(1, (' '.join(map(str, words)) + '\\n').encode())\n"
    server += "signal.signal(signal.SIGWINCH, lambda *a: say('size', *shutil.get_terminal_size()))\n"
    server += "say('tty', sys.stdin.isatty(), sys.stdout.isatty())\n"
    server += "def read():\n"
    server += "    for line in sys.stdin: say('got', line.strip())\n"
    server += "threading.Thread(target=read, daemon=True).start()\n"
    server += "while True: time.sleep(0.1)\n"
    path = os.path.join(HERE, "terminal.py")
    with open(path, "w") as file:
        file.write(server)
    shell.type(b"stty -echo; unset COLUMNS LINES\n")
    shell.expect(b"ready> ")
    shell.type(f"'{LAUNCHER}' run {PYTHON} {path}\n".encode())
    shell.expect(b"tty True True")
    shell.type(b"one\n")
    shell.expect(b"got one")
    shell.resize(40, 123)
    shell.expect(b"size 123 40")
    shell.type(b"\x1a")
    shell.expect(b"Stopped")
    shell.type(b"fg\n")
    shell.expect(b"terminal.py")
    shell.type(b"two\n")
    shell.expect(b"got two")
    shell.type(b"\x03")
    shell.expect(b"KeyboardInterrupt")
    shell.expect(b"ready> ")  # Earlier input is lost when the shell takes the terminal back.
    shell.type(b"echo code $?\n")
    shell.expect(b"code 130")
    shell.type(b"exit\n")
    os.waitpid(shell.pid, 0)


globals()[WHAT]()
