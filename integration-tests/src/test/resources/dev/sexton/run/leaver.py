# A server on the Python SDK. What it starts has its own session, ignores SIGTERM, and does not notice
# the server's end. The server also has a tool that never answers.
import subprocess

import anyio
from mcp.server.fastmcp import FastMCP

server = FastMCP("leaver")


@server.tool()
def leave() -> str:
    command = ["sh", "-c", 'trap "" TERM; sleep 600 & wait; sleep 600']
    nothing = subprocess.DEVNULL
    left = subprocess.Popen(
        command, stdin=nothing, stdout=nothing, stderr=nothing, start_new_session=True
    )
    return str(left.pid)


@server.tool()
async def hang() -> str:
    await anyio.sleep_forever()


server.run()
