"""Uses a Deephaven server: query.py PORT AUTH_TYPE, with the key on standard input."""

import sys

from pydeephaven import Session

port, auth_type = int(sys.argv[1]), sys.argv[2]
key = sys.stdin.readline().strip()
try:
    session = Session(host="localhost", port=port, auth_type=auth_type, auth_token=key)
except Exception as refused:
    print("refused:", type(refused).__name__)
    sys.exit(0)
session.run_script("from deephaven import empty_table\nmade = empty_table(5).update('Square = i * i')")
print("made:", session.open_table("made").to_arrow().column("Square").to_pylist())
session.bind_table("ours", session.empty_table(3).update(["Cube = i * i * i"]))
print("ours:", session.open_table("ours").to_arrow().column("Cube").to_pylist())
session.run_script("import subprocess\nsleeper = subprocess.Popen(['sleep', '600'], start_new_session=True)\npid = empty_table(1).update(f'Pid = {sleeper.pid}')")
print("sleeper:", session.open_table("pid").to_arrow().column("Pid").to_pylist()[0])
session.close()
