// Like session.py, on the TypeScript SDK.
const { Client } = require("@modelcontextprotocol/sdk/client/index.js");
const { StdioClientTransport } = require("@modelcontextprotocol/sdk/client/stdio.js");
const { createInterface } = require("node:readline");

const [command, ...args] = process.argv.slice(2);
const transport = new StdioClientTransport({ command, args });
const client = new Client({ name: "session", version: "1" });

async function call(name, words) {
  const result = await client.callTool({ name, arguments: JSON.parse(words.join(" ")) });
  return result.content[0].text.replaceAll("\n", " ");
}

async function main() {
  await client.connect(transport);
  console.log(transport.pid);
  for await (const line of createInterface({ input: process.stdin })) {
    const [verb, name, ...words] = line.split(" ");
    if (verb === "list") {
      console.log((await client.listTools()).tools.map((tool) => tool.name).join(" "));
    } else if (verb === "call") {
      console.log(await call(name, words));
    } else if (verb === "begin") {
      call(name, words).catch(() => {});
      console.log("begun");
    } else {
      await client.close();
      console.log("closed");
    }
  }
}

main();
