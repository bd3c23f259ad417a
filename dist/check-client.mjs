// An MCP client and its server, with the official SDK. dist/check-debian runs the client:
//
//   check-client.mjs          starts the server behind `sexton run`, and asks it for a child; asks
//                             again when there is a file "again"; ends with the server
//   check-client.mjs server   the server
//
// The files "server" and "child" get the PIDs, and "answered" the second answer.

import { spawn } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";

const program = fileURLToPath(import.meta.url);

async function serve() {
  const server = new McpServer({ name: "check", version: "0" });
  let child;
  server.registerTool("child", { description: "starts a child once, and returns its PID" }, () => {
    child ??= spawn("sh", ["-c", 'trap "" TERM; while :; do sleep 1; done'], { detached: true, stdio: "ignore" });
    return { content: [{ type: "text", text: String(child.pid) }] };
  });
  await server.connect(new StdioServerTransport());
}

async function use() {
  const transport = new StdioClientTransport({ command: "sexton", args: ["run", process.execPath, program, "server"] });
  const client = new Client({ name: "check", version: "0" });
  const closed = new Promise((resolve) => (client.onclose = resolve));
  await client.connect(transport);
  const child = async () => (await client.callTool({ name: "child", arguments: {} })).content[0].text;
  const pid = await child();
  writeFileSync("server", String(transport.pid));
  writeFileSync("child", pid);
  while (!existsSync("again")) {
    await setTimeout(100);
  }
  if ((await child()) === pid) {
    writeFileSync("answered", pid);
  }
  await closed;
}

await (process.argv[2] === "server" ? serve() : use());
