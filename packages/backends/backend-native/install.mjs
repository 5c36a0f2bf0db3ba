// Makes the addon available when the package is installed: a prebuilt binary if there is one for this platform, else a
// build from source with node-gyp. Where neither works it says so in one line and succeeds all the same, because
// `@llm/backend-simd` runs the same kernels without a compiler.

import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, realpathSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL(".", import.meta.url));
const require = createRequire(import.meta.url);
const stamp = join(folder, "build", "stamp");

/** What a build depends on. */
function fingerprint() {
  const kernels = dirname(require.resolve("@llm/kernels/cpp/kernels.cc"));
  const hash = createHash("sha256").update(`${process.platform} ${process.arch}`);
  for (const source of [join(folder, "cpp"), kernels]) {
    for (const name of readdirSync(source).sort()) hash.update(name).update(readFileSync(join(source, name)));
  }
  return hash.update(readFileSync(join(folder, "binding.gyp"))).digest("hex");
}

function hasPrebuilt() {
  if (!existsSync(join(folder, "prebuilds"))) return false;
  try {
    require("node-gyp-build")(folder);
    return true;
  } catch {
    return false;
  }
}

/** Node's own headers, where its installation brings them: node-gyp downloads them otherwise. */
function headers() {
  const prefix = dirname(dirname(realpathSync(process.execPath)));
  return existsSync(join(prefix, "include", "node", "node_api.h")) ? [`--nodedir=${prefix}`] : [];
}

function nodeGyp() {
  try {
    return require.resolve("node-gyp/bin/node-gyp.js"); // in the monorepo
  } catch {
    return process.env.npm_config_node_gyp; // npm and pnpm bring one, and name it to scripts
  }
}

function build() {
  const script = nodeGyp();
  if (!script) return "node-gyp was not found";
  const { status, stdout, stderr, error } = spawnSync(
    process.execPath,
    [script, "rebuild", "--jobs=max", "--loglevel=error", ...headers()],
    { cwd: folder, encoding: "utf8" },
  );
  if (status === 0) return undefined;
  const text = `${stdout}\n${stderr}`;
  const reason =
    /^.*\b(?:error|fatal)\b: .*$/m.exec(text.replace(/^gyp ERR!.*$/gm, "")) ?? /stack (?:Error: )?(.*)/.exec(text);
  return reason?.[1] ?? reason?.[0] ?? error?.message ?? "node-gyp failed";
}

if (!hasPrebuilt()) {
  const wanted = fingerprint();
  const built = existsSync(stamp) && readFileSync(stamp, "utf8").startsWith(wanted);
  if (!built) {
    const problem = process.env.LLM_SKIP_NATIVE ? "LLM_SKIP_NATIVE is set" : build();
    if (problem) {
      console.error(`@llm/backend-native: not built (${problem}); the backend simd runs the same kernels instead.`);
    } else writeFileSync(stamp, wanted);
  }
}
