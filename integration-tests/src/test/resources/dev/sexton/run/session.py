# A client on the Python SDK. It opens a session with the server that its arguments start, and obeys
# commands, one per line. It keeps running after it has closed the session.
import json
import os
import sys

import anyio
from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client


async def call(session, name, arguments):
    result = await session.call_tool(name, json.loads(arguments))
    return result.content[0].text.replace("\n", " ")


async def hear(session, calls):
    while True:
        line = await anyio.to_thread.run_sync(sys.stdin.readline)
        match line.split(maxsplit=2):
            case ["list"]:
                print(*[tool.name for tool in (await session.list_tools()).tools], flush=True)
            case ["call", name, arguments]:
                print(await call(session, name, arguments), flush=True)
            case ["begin", name, arguments]:
                calls.start_soon(call, session, name, arguments)
                print("begun", flush=True)
            case _:
                return


async def main():
    server = StdioServerParameters(command=sys.argv[1], args=sys.argv[2:])
    async with stdio_client(server) as streams, ClientSession(*streams) as session:
        await session.initialize()
        with open(f"/proc/self/task/{os.getpid()}/children") as children:
            print(children.read().strip(), flush=True)
        async with anyio.create_task_group() as calls:
            await hear(session, calls)
            calls.cancel_scope.cancel()
    print("closed", flush=True)
    sys.stdin.readline()


anyio.run(main)
