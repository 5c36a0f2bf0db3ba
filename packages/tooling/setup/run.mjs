// `node run.mjs COMMAND ARG…`: sets up if needed, then runs a tool of the workspace in the root.
import { spawnSync } from "node:child_process";
import { environment, root, setUp } from "./setup.mjs";

setUp();
const [command, ...args] = process.argv.slice(2);
const { status, signal, error } = spawnSync(command, args, {
  cwd: root,
  env: environment,
  stdio: "inherit",
  shell: process.platform === "win32",
});
if (error) console.error(`${command}: ${error.message}`);
process.exit(status ?? (signal ? 130 : 1));
