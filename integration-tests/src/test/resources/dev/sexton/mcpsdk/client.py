"""A client that starts a server, greets it, and keeps running.

Arguments: the directory for process IDs; "close" (closes the server's stdin), "hold" (another process
also has the other end of it) or "stay"; the server's command.
"""

import json
import os
import subprocess
import sys
import time

notes, mode, *command = sys.argv[1:]


def note(name, pid):
    with open(f"{notes}/{name}.new", "w") as file:
        file.write(str(pid))
    os.rename(f"{notes}/{name}.new", f"{notes}/{name}")


server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
if mode == "hold":
    holder = subprocess.Popen(["sleep", "600"], stdout=server.stdin)
    note("holder", holder.pid)
hello = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "c", "version": "1"}}
request = {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": hello}
server.stdin.write(json.dumps(request).encode() + b"\n")
server.stdin.flush()
if b"serverInfo" not in server.stdout.readline():
    sys.exit("no server")
note("server", server.pid)
note("client", os.getpid())
if mode == "close":
    server.stdin.close()
while True:
    time.sleep(1)
