# A client on the Python SDK, for the server that its arguments start. It reads commands as lines of
# JSON, executes all of them concurrently, and prints the results as lines of JSON. It also prints what
# the server sends without a request.
import json
import os
import sys

import anyio
from mcp import ClientSession, StdioServerParameters
from mcp import types
from mcp.client.stdio import stdio_client
from pydantic import AnyUrl


def say(**words):
    print(json.dumps(words), flush=True)


async def unexpected(message):
    if isinstance(message, Exception):
        say(stray=str(message))
    elif isinstance(message, types.ServerNotification):
        say(notification=message.root.method)


class Client:
    def __init__(self, session):
        self.session = session
        self.calls = {}

    async def do(self, order):
        number = order["id"]

        async def progress(now, total, message):
            say(id=number, progress=now, message=message)

        with anyio.CancelScope() as scope:
            self.calls[number] = (self.session._request_id, scope)
            try:
                say(id=number, result=await self.ask(order, progress))
            except Exception as failed:
                say(id=number, error=str(failed))
        if scope.cancelled_caught:
            say(id=number, error="cancelled")

    async def ask(self, order, progress):
        session = self.session
        match order["op"]:
            case "call":
                answer = await session.call_tool(
                    order["name"], order["arguments"], progress_callback=progress
                )
            case "tools":
                answer = await session.list_tools()
            case "resources":
                answer = await session.list_resources()
            case "read":
                answer = await session.read_resource(AnyUrl(order["name"]))
            case "subscribe":
                answer = await session.subscribe_resource(AnyUrl(order["name"]))
            case "prompt":
                answer = await session.get_prompt(order["name"], order["arguments"])
        return answer.model_dump(mode="json", by_alias=True, exclude_none=True)

    async def cancel(self, number):
        request, scope = self.calls[number]
        notification = types.CancelledNotification(
            params=types.CancelledNotificationParams(requestId=request)
        )
        await self.session.send_notification(types.ClientNotification(notification))
        scope.cancel()


async def main():
    # Only these, in addition to those that the SDK passes on itself. Otherwise all.
    only = os.environ.get("TEST_SERVER_VARIABLES", "").split() or list(os.environ)
    env = {name: os.environ[name] for name in only if name in os.environ}
    server = StdioServerParameters(command=sys.argv[1], args=sys.argv[2:], env=env)
    async with (
        stdio_client(server) as streams,
        ClientSession(*streams, message_handler=unexpected) as session,
    ):
        await session.initialize()
        with open(f"/proc/self/task/{os.getpid()}/children") as children:
            say(server=int(children.read()))
        client = Client(session)
        async with anyio.create_task_group() as calls:
            while line := await anyio.to_thread.run_sync(sys.stdin.readline):
                order = json.loads(line)
                if order["op"] == "close":
                    break
                if order["op"] == "cancel":
                    await client.cancel(order["id"])
                else:
                    calls.start_soon(client.do, order)
            calls.cancel_scope.cancel()
    say(closed=True)


anyio.run(main)
