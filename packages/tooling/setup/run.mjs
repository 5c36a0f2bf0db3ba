// `node run.mjs [COMMAND ARG…]`: sets up if needed, then runs a tool of the workspace (or `node`) in the root.
import { setUp, spawnTool } from "./setup.mjs";

setUp();
const [command, ...args] = process.argv.slice(2);
if (command) {
  const { status, signal, error } = spawnTool(command, args, { stdio: "inherit" });
  if (error) console.error(`${command}: ${error.message}`);
  process.exit(status ?? (signal ? 130 : 1));
}
