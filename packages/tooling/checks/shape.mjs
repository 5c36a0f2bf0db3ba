// `npm run shape [folder …]`: does every package have the shape of the house? Each line says what is
// wrong and how to put it right; the exit code is 1 when there is any.

import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { subfolders, workspacePackages } from "@llm/setup/workspace";
import { listFiles, readIf } from "./shape/files.mjs";
import { checkManifest } from "./shape/manifest.mjs";
import { checkReadme } from "./shape/readme.mjs";
import { checkDependencies, checkSources } from "./shape/sources.mjs";
import { checkTests } from "./shape/tests.mjs";

/**
 * The problems of the packages under `packages/<area>/`, tooling excepted.
 * @param {string} root
 * @param {(folder: string) => boolean} [wanted] which folders to look at
 * @returns {{ file: string, problem: string, fix: string }[]}
 */
export function checkShape(root, wanted = () => true) {
  const all = workspacePackages(root);
  const namesOf = (packages) => new Set(packages.map(({ manifest }) => manifest.name));
  const tooling = namesOf(all.filter(({ area }) => area === "tooling"));
  const house = { names: namesOf(all), tooling, changesets: changesets(root) };
  const problems = [];
  for (const area of subfolders(join(root, "packages"))) {
    for (const name of area === "tooling" ? [] : subfolders(join(root, "packages", area))) {
      const folder = `packages/${area}/${name}`;
      if (!wanted(folder)) continue;
      const report = (file, problem, fix) => problems.push({ file: join(folder, file), problem, fix });
      const text = readIf(join(root, folder, "package.json"));
      if (text === undefined) {
        report("package.json", "is missing", `delete ${folder}, or let \`pnpm new ${area}/${name}\` write it`);
        continue;
      }
      const one = { ...house, area, name, path: join(root, folder), manifest: JSON.parse(text), report };
      for (const check of [checkManifest, checkReadme, checkSources, checkDependencies, checkTests]) check(one);
    }
  }
  return problems;
}

/** The texts of the pending changesets. */
function changesets(root) {
  return listFiles(join(root, ".changeset"), /\.md$/).map((file) => readIf(join(root, ".changeset", file)));
}

function main() {
  const root = fileURLToPath(new URL("../../..", import.meta.url));
  const folders = process.argv.slice(2).map((each) => resolve(each));
  const wanted = (folder) =>
    folders.length === 0 || folders.some((each) => `${resolve(root, folder)}/`.startsWith(`${each}/`));
  const problems = checkShape(root, wanted);
  for (const { file, problem, fix } of problems) console.log(`${file}: ${problem}\n    fix: ${fix}`);
  console.log(problems.length ? `shape: ${problems.length} problems` : "shape: every package has its shape");
  process.exitCode = problems.length ? 1 : 0;
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) main();
