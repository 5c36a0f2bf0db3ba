// `node llm.mjs VERB …`: sets up and builds the app when something changed, then runs the command `llm`
// in the caller's folder. Signals reach the app, so Ctrl-C saves a checkpoint.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { root, run, setUp } from "./setup.mjs";

setUp();
run("turbo", ["run", "build", "--filter=@llm/gpt", "--output-logs=errors-only", "--log-prefix=none"]);
const cli = join(root, "apps", "gpt", "dist", "cli.js");
const child = spawn(process.execPath, [cli, ...process.argv.slice(2)], {
  stdio: "inherit",
  cwd: process.env.INIT_CWD ?? process.cwd(),
});
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => signal === "SIGTERM" && child.kill(signal));
child.on("exit", (code, signal) => process.exit(code ?? (signal ? 130 : 1)));
