// Makes a stdio server reachable over streamable HTTP, for a test suite that supports nothing else.
// There is one server for each session, and each message is passed on unchanged.
const { createServer } = require("node:http");
const { randomUUID } = require("node:crypto");
const { StdioClientTransport } = require("@modelcontextprotocol/sdk/client/stdio.js");
const { StreamableHTTPServerTransport } = require("@modelcontextprotocol/sdk/server/streamableHttp.js");

const [command, ...args] = process.argv.slice(2);
const sessions = new Map();

async function begin() {
  const http = new StreamableHTTPServerTransport({
    sessionIdGenerator: randomUUID,
    onsessioninitialized: (id) => sessions.set(id, http),
  });
  const stdio = new StdioClientTransport({ command, args, env: process.env });
  http.onmessage = (message) => stdio.send(message);
  http.onclose = () => stdio.close();
  stdio.onmessage = (message) => http.send(message).catch((error) => console.error(String(error)));
  await Promise.all([http.start(), stdio.start()]);
  return http;
}

const server = createServer(async (request, response) => {
  const http = sessions.get(request.headers["mcp-session-id"]) ?? (await begin());
  await http.handleRequest(request, response);
});
server.listen(0, "127.0.0.1", () => {
  console.log(JSON.stringify({ url: `http://127.0.0.1:${server.address().port}/mcp` }));
});
