// Like session.py, on the TypeScript SDK.
const { Client } = require("@modelcontextprotocol/sdk/client/index.js");
const { StdioClientTransport } = require("@modelcontextprotocol/sdk/client/stdio.js");
const { createInterface } = require("node:readline");

const LIMIT = 600_000;
const [command, ...args] = process.argv.slice(2);
const only = process.env.TEST_SERVER_VARIABLES?.split(" ").filter((name) => name in process.env);
// Only these, in addition to those that the SDK passes on itself. Otherwise all.
const env = only ? Object.fromEntries(only.map((name) => [name, process.env[name]])) : process.env;
const transport = new StdioClientTransport({ command, args, env });
const client = new Client({ name: "session", version: "1" });
const calls = new Map();

function say(words) {
  console.log(JSON.stringify(words));
}

function ask({ id, op, name, arguments: given }) {
  const stop = new AbortController();
  calls.set(id, stop);
  const onprogress = ({ progress, message }) => say({ id, progress, message });
  const options = { signal: stop.signal, onprogress, timeout: LIMIT };
  switch (op) {
    case "call":
      return client.callTool({ name, arguments: given }, undefined, options);
    case "tools":
      return client.listTools();
    case "resources":
      return client.listResources();
    case "read":
      return client.readResource({ uri: name });
    case "subscribe":
      return client.subscribeResource({ uri: name });
    case "prompt":
      return client.getPrompt({ name, arguments: given });
  }
}

async function act(order) {
  try {
    say({ id: order.id, result: await ask(order) });
  } catch (failed) {
    say({ id: order.id, error: String(failed) });
  }
}

async function main() {
  client.onerror = (error) => say({ stray: String(error) });
  client.fallbackNotificationHandler = async ({ method }) => say({ notification: method });
  await client.connect(transport);
  say({ server: transport.pid });
  for await (const line of createInterface({ input: process.stdin })) {
    const order = JSON.parse(line);
    if (order.op === "close") {
      break;
    }
    if (order.op === "cancel") {
      calls.get(order.id).abort("not wanted any more");
    } else {
      act(order);
    }
  }
  await client.close();
  say({ closed: true });
}

main();
