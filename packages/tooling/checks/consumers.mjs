// `npm run consumers [name …]`: a user's view. Each package that has a file in `consumers/` is packed, installed with
// npm into an empty project of its own, and used alone: by Node as an ES module and through `require`, by strict
// TypeScript with both resolutions, and in a Vite build for browsers, whose bundle then runs.

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { build } from "vite";
import { execute, pack, publicPackages, withDependencies } from "./pack.mjs";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const uses = fileURLToPath(new URL("consumers/", import.meta.url));
const TFJS = ["@tensorflow/tfjs-core", "@tensorflow/tfjs-backend-cpu"];

/** The ways to use a package; each gets the project's folder and the TypeScript that uses the package. */
const ways = {
  "node import": (folder, use) => runs(folder, "use.mjs", transpile(use, ts.ModuleKind.ESNext)),
  "node require": (folder, use) => runs(folder, "use.cjs", transpile(use, ts.ModuleKind.CommonJS)),
  "types node16": (folder, use) => typecheck(folder, use, { module: "node16", moduleResolution: "node16" }),
  "types bundler": (folder, use) => typecheck(folder, use, { module: "esnext", moduleResolution: "bundler" }),
  "vite build": buildForBrowsers,
};

/** An empty project with nothing but the package, its peer where it has one, and what those bring. */
function install(folder, { manifest }, tarballs) {
  const tfjs = manifest.peerDependencies ? Object.fromEntries(TFJS.map((name) => [name, "4.22.0"])) : {};
  const { [manifest.name]: itself, ...overrides } = Object.fromEntries(
    [...tarballs].map(([name, file]) => [name, `file:${file}`]),
  );
  const project = {
    name: "consumer",
    private: true,
    type: "module",
    dependencies: { ...tfjs, [manifest.name]: itself },
    overrides,
  };
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), JSON.stringify(project));
  writeFileSync(join(folder, "browser.mjs"), BROWSER);
  execute(folder, "npm", ["install", "--prefer-offline", "--no-audit", "--no-fund", "--loglevel=error"]);
}

/** Runs code, which must say that it used the package. */
function runs(folder, file, code) {
  writeFileSync(join(folder, file), code);
  const output = execute(folder, "node", ["--no-warnings", file]);
  if (!output.includes("used @llm/")) throw new Error(`it ran without a word: ${output}`);
}

function transpile(use, module) {
  return ts.transpileModule(use, { compilerOptions: { module, target: ts.ScriptTarget.ES2022 } }).outputText;
}

/** Checks the use and what it sees of our declarations; tfjs' own do not pass every version of TypeScript. */
function typecheck(folder, use, resolution) {
  writeFileSync(join(folder, "use.ts"), use);
  const json = { ...resolution, strict: true, noEmit: true, target: "es2022", lib: ["es2022", "dom"], types: [] };
  const { options } = ts.convertCompilerOptionsFromJson(json, folder);
  const program = ts.createProgram([join(folder, "use.ts")], options);
  const ours = ts
    .getPreEmitDiagnostics(program)
    .filter(({ file }) => !file || /\/use\.ts$|\/node_modules\/@llm\//.test(file.fileName));
  const host = { getCanonicalFileName: (file) => file, getCurrentDirectory: () => folder, getNewLine: () => "\n" };
  if (ours.length) throw new Error(ts.formatDiagnostics(ours, host));
}

/** Vite's production build; a `node:` module that it has to leave out is a failure, except tfjs' own. */
async function buildForBrowsers(folder, use) {
  writeFileSync(join(folder, "main.ts"), use);
  writeFileSync(join(folder, "index.html"), '<script type="module" src="./main.ts"></script>\n');
  const left = [];
  const onLog = (_level, { message }) => /externalized for browser/.test(message) && left.push(message);
  await build({
    root: folder,
    configFile: false,
    logLevel: "silent",
    build: { modulePreload: false, rolldownOptions: { onLog } },
  });
  const ours = left.filter((message) => message.includes("/@llm/"));
  if (ours.length) throw new Error(ours.join("\n"));
  const assets = join(folder, "dist", "assets");
  const [script] = readdirSync(assets).filter((file) => file.endsWith(".js"));
  runs(folder, "bundle.mjs", `import "./browser.mjs";\nawait import("./dist/assets/${script}");\n`);
}

/** As much of a browser as tfjs looks for, and no more of Node than one would find there. */
const BROWSER = `globalThis.window = globalThis;
globalThis.document = {};
delete globalThis.process;
delete globalThis.Buffer;
`;

async function main() {
  const all = readdirSync(uses).map((file) => basename(file, ".ts.txt"));
  const names = all.filter((name) => process.argv.length < 3 || process.argv.includes(`@llm/${name}`));
  const packages = publicPackages(root);
  const folder = mkdtempSync(join(tmpdir(), "consumers-"));
  let failures = 0;
  try {
    const needed = withDependencies(
      packages,
      names.map((name) => `@llm/${name}`),
    );
    const tarballs = pack(root, needed, folder);
    for (const name of names) {
      const one = needed.find(({ manifest }) => manifest.name === `@llm/${name}`);
      const own = new Map(
        withDependencies(packages, [one.manifest.name]).map(({ manifest }) => [
          manifest.name,
          tarballs.get(manifest.name),
        ]),
      );
      const project = join(folder, name);
      install(project, one, own);
      const use = readFileSync(join(uses, `${name}.ts.txt`), "utf8");
      for (const [way, check] of Object.entries(ways)) {
        try {
          await check(project, use);
          console.log(`${one.manifest.name.padEnd(16)} ${way.padEnd(14)} ok`);
        } catch (error) {
          failures++;
          console.log(`${one.manifest.name.padEnd(16)} ${way.padEnd(14)} FAILED\n${error.message.slice(-2000)}`);
        }
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  console.log(
    failures
      ? `consumers: ${failures} ways fail`
      : `consumers: ${names.length} packages work alone in ${Object.keys(ways).length} ways`,
  );
  process.exitCode = failures ? 1 : 0;
}

await main();
