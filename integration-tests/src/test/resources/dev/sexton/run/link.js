// A link of a chain: writes its PID, and starts the rest as its child. The last link ignores SIGTERM.
const { spawn } = require("node:child_process");
const { appendFileSync } = require("node:fs");

const rest = process.argv.slice(2);
if (rest.length === 0) {
  process.on("SIGTERM", () => {});
  setInterval(() => {}, 60_000);
}
appendFileSync(process.env.CHAIN, `${process.pid}\n`);
if (rest.length > 0) {
  spawn(rest[0], rest.slice(1), { stdio: "inherit" }).on("exit", (code) => process.exit(code ?? 1));
}
