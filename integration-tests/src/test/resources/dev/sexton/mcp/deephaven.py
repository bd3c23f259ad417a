"""Replaces the deephaven command. A file beside it says what to do.

"late" writes its port to a file and waits. "serve" answers on its port.
"""

import http.server
import pathlib
import signal
import sys

here = pathlib.Path(__file__).parent
port = int(sys.argv[sys.argv.index("--port") + 1])
host = sys.argv[sys.argv.index("--host") + 1]
plan = (here / "plan").read_text().split()
(here / "plan").write_text(" ".join(plan[1:]))
if plan[0] == "late":
    (here / "port.new").write_text(str(port))
    (here / "port.new").rename(here / "port")
    signal.pause()
http.server.HTTPServer((host, port), http.server.SimpleHTTPRequestHandler).serve_forever()
