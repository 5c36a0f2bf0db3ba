// `npm run tarballs [name …]`: packs each public package and looks at what would be published: publint, the types
// as every kind of resolution that knows ES modules sees them, a licence, and the size of the bundled entry.

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync } from "node:zlib";
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import { build } from "esbuild";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { pack, publicPackages } from "./pack.mjs";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const budgets = JSON.parse(readFileSync(new URL("sizes.json", import.meta.url), "utf8"));

/** Bytes of a package's "." after bundling, minifying and Brotli; its dependencies are not in it. */
export async function bundledSize({ path, manifest }) {
  const external = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies }).flatMap((name) => [
    name,
    `${name}/*`,
  ]);
  const { outputFiles } = await build({
    entryPoints: [join(path, manifest.publishConfig.exports["."].default)],
    external: [...external, "node:*"],
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    platform: "neutral",
    target: "es2022",
    logLevel: "silent",
  });
  return brotliCompressSync(outputFiles[0].contents).length;
}

/** What attw's profile `esm-only` asks: Node's `import` and bundlers; `require` of ES modules is Node's own affair. */
async function typeProblems(unpacked) {
  const analysis = await checkPackage(unpacked);
  if (!analysis.types) return ["has no types"];
  return analysis.problems
    .filter(({ resolutionKind }) => resolutionKind !== "node10" && resolutionKind !== "node16-cjs")
    .map(({ kind, entrypoint, resolutionKind }) => `types: ${kind} ${entrypoint ?? ""} ${resolutionKind ?? ""}`.trim());
}

/** The problems of one package's tarball. */
async function check(one, tarball) {
  const data = new Uint8Array(readFileSync(tarball));
  const { messages, pkg } = await publint({ pack: { tarball: data.buffer }, strict: true });
  const problems = messages.map((message) => `publint: ${formatMessage(message, pkg, { color: false })}`);
  const unpacked = createPackageFromTarballData(data);
  problems.push(...(await typeProblems(unpacked)));
  const files = unpacked.listFiles();
  for (const file of ["LICENSE", "README.md"]) {
    if (!files.some((each) => each.endsWith(`/${file}`))) problems.push(`${file} is not in the tarball`);
  }
  if (/"(workspace|catalog):/.test(JSON.stringify(pkg)))
    problems.push("its package.json has ranges that only the workspace knows");
  if ("@llm/source" in pkg.exports["."]) problems.push("its exports still point at the source");
  const budget = budgets[one.manifest.name] ?? budgets.default;
  const size = await bundledSize(one);
  if (size > budget)
    problems.push(`${size} bytes are over the budget of ${budget} (packages/tooling/checks/sizes.json)`);
  return { name: one.manifest.name, size, budget, problems };
}

async function main() {
  const names = process.argv.slice(2);
  const packages = publicPackages(root).filter(({ manifest }) => names.length === 0 || names.includes(manifest.name));
  const folder = mkdtempSync(join(tmpdir(), "tarballs-"));
  let failures = 0;
  try {
    const tarballs = pack(root, packages, folder);
    for (const one of packages) {
      const { name, size, budget, problems } = await check(one, tarballs.get(one.manifest.name));
      console.log(
        `${name.padEnd(28)} ${String(size).padStart(7)} of ${String(budget).padStart(7)} bytes  ${problems.length ? "FAILED" : "ok"}`,
      );
      for (const problem of problems) console.log(`    ${problem}`);
      failures += problems.length;
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  console.log(failures ? `tarballs: ${failures} problems` : `tarballs: ${packages.length} are fit to publish`);
  process.exitCode = failures ? 1 : 0;
}

await main();
