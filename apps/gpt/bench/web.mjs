// A training step as plain tfjs `wasm` gives it, and ours on `simd` with one thread: in Node and in headless Chromium.
// In Node, `native` on all threads too.
//
// usage: node apps/gpt/bench/web.mjs [--steps 8] [--hosts node,chromium]
//
// Needs the repository set up (npm run setup) and, for the second host, `chromium` on the path.

import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { build } from "esbuild";

const { values } = parseArgs({
  options: { steps: { type: "string", default: "8" }, hosts: { type: "string", default: "node,chromium" } },
});
const here = fileURLToPath(new URL(".", import.meta.url));
const wasmFolder = dirname(createRequire(import.meta.url).resolve("@tensorflow/tfjs-backend-wasm/package.json"));
const scratch = mkdtempSync(join(tmpdir(), "llm-web-"));

async function bundle(platform) {
  const outfile = join(scratch, `${platform}.${platform === "node" ? "mjs" : "js"}`);
  const options = { bundle: true, format: platform === "node" ? "esm" : "iife", platform, outfile, logLevel: "error" };
  const require =
    'import { createRequire } from "node:module"; const require = createRequire(import.meta.url), __dirname = ".";';
  const banner = platform === "node" ? { js: require } : {};
  const entry = `import { measure } from ${JSON.stringify(join(here, "web", "measure.ts"))}; globalThis.measure = measure;`;
  // One copy of tfjs, with its gradients: the ESM one, on either platform.
  const mainFields = ["module", "browser", "main"];
  await build({
    ...options,
    banner,
    mainFields,
    stdin: { contents: entry, resolveDir: here, loader: "ts" },
    conditions: ["@llm/source"],
  });
  return outfile;
}

/** `llm bench train` at the sizes of web/measure.ts. */
function native() {
  const sizes = "--layers 4 --heads 4 --dim 128 --context 64 --batch 12 --vocab 65".split(" ");
  const args = [join(here, "..", "dist", "cli.js"), "bench", "train", ...sizes, "--backend", "native", "--json"];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout).msPerStep.median;
}

async function inNode(side) {
  const file = await bundle("node");
  const code = `import(${JSON.stringify(file)}).then(() => measure("${side}", ${values.steps}, ${JSON.stringify(`${wasmFolder}/dist/`)})).then((r) => console.log(JSON.stringify(r)))`;
  const { stdout, stderr } = spawnSync(process.execPath, ["-e", code], { encoding: "utf8" });
  if (!stdout) throw new Error(stderr);
  return JSON.parse(stdout.trim().split("\n").at(-1));
}

async function inChromium(side) {
  const script = readFileSync(await bundle("browser"));
  const page = `<script src="/bundle.js"></script><script>
    measure("${side}", ${values.steps}, "/wasm/").then((r) => r, (e) => ({ error: String(e) }))
      .then((r) => fetch("/result", { method: "POST", body: JSON.stringify(r) }));
  </script>`;
  const { promise, resolve } = Promise.withResolvers?.() ?? deferred();
  const server = createServer((request, response) => {
    if (request.url === "/bundle.js") response.setHeader("content-type", "text/javascript").end(script);
    else if (request.url.startsWith("/wasm/")) {
      const name = request.url.slice(6).replace(/[^\w.-]/g, "");
      response.setHeader("content-type", "application/wasm").end(readFileSync(join(wasmFolder, "dist", name)));
    } else if (request.method === "POST") {
      let body = "";
      request.on("data", (chunk) => (body += chunk)).on("end", () => resolve(JSON.parse(body)));
      response.end();
    } else response.setHeader("content-type", "text/html").end(page);
  });
  await new Promise((started) => server.listen(0, "127.0.0.1", started));
  const flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"];
  const profile = mkdtempSync(join(scratch, "profile-"));
  const url = `http://127.0.0.1:${server.address().port}/`;
  const browser = spawn("chromium", [...flags, `--user-data-dir=${profile}`, url], { stdio: "ignore", detached: true });
  try {
    return await promise;
  } finally {
    // The whole group: its helpers write into the profile until they end.
    process.kill(-browser.pid, "SIGKILL");
    server.close();
    server.closeAllConnections();
  }
}

function deferred() {
  let resolve;
  const promise = new Promise((r) => (resolve = r));
  return { promise, resolve };
}

try {
  for (const host of values.hosts.split(",")) {
    const run = host === "node" ? inNode : inChromium;
    const [wasm, simd] = [await run("wasm"), await run("simd")];
    for (const { side, ms, min, loss, error } of [wasm, simd]) {
      console.log(
        `${host} ${side}: ${error ?? `${ms.toFixed(1)} ms a step (min ${min.toFixed(1)}), loss ${loss.toFixed(3)}`}`,
      );
    }
    console.log(`${host}: simd ${(wasm.ms / simd.ms).toFixed(1)} × plain tfjs wasm`);
    if (host === "node") console.log(`node: native ${(wasm.ms / native()).toFixed(1)} × plain tfjs wasm`);
  }
} finally {
  rmSync(scratch, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
}
