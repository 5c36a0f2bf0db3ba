// `pnpm new <area>/<name> [dependency …]` or `npm run new -- <area>/<name> …`: writes the whole anatomy of a package
// with a failing test. `npm run shape packages/<area>/<name>` says what is still missing.

import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { subfolders, workspacePackages } from "@llm/setup/workspace";
import { files } from "./template.mjs";

/**
 * Writes a package and its changeset; throws an error that says what to do otherwise.
 * @param {string} root
 * @param {string} target `<area>/<name>`
 * @param {string[]} [dependencies] names of packages of ours, and `tfjs`
 * @returns {string} the package's folder, relative to the root
 */
export function createPackage(root, target, dependencies = []) {
  const [area, name, ...rest] = target.split("/");
  const areas = subfolders(join(root, "packages")).filter((folder) => folder !== "tooling");
  const packages = workspacePackages(root).map(({ folder, manifest }) => ({ folder, name: manifest.name }));
  if (!area || !name || rest.length) throw new Error(`expected <area>/<name>, got "${target}"`);
  if (!areas.includes(area)) throw new Error(`there is no area "${area}"; the areas are ${areas.join(" ")}`);
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name)) throw new Error(`"${name}" is not in kebab-case`);
  const clash = packages.find((each) => each.name === `@llm/${name}`);
  if (clash) throw new Error(`${clash.folder} is @llm/${name} already`);
  const unknown = dependencies.find((each) => each !== "tfjs" && !packages.some(({ name }) => name === `@llm/${each}`));
  if (unknown) throw new Error(`there is no package "${unknown}" to depend on; write names without the scope, or tfjs`);

  const folder = `packages/${area}/${name}`;
  for (const [file, text] of Object.entries(files({ area, name, dependencies }))) {
    const path = file.startsWith(".changeset/") ? join(root, file) : join(root, folder, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  return folder;
}

function main() {
  const root = fileURLToPath(new URL("../../..", import.meta.url));
  const [target = "", ...dependencies] = process.argv.slice(2);
  if (target === "" || target === "--help" || target === "-h") {
    const areas = subfolders(join(root, "packages")).filter((folder) => folder !== "tooling");
    const usage = `usage: pnpm new <area>/<name> [dependency …]\nareas: ${areas.join(" ")}\ndependencies: names without the scope, and tfjs`;
    (target === "" ? console.error : console.log)(usage);
    process.exitCode = target === "" ? 1 : 0;
    return;
  }
  try {
    const folder = createPackage(root, target, dependencies);
    console.log(
      `${folder} is there, with a test that fails. Next:\n  npm test -- ${folder}\n  npm run shape ${folder}`,
    );
  } catch (error) {
    console.error(`new: ${error.message}`);
    process.exitCode = 1;
  }
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) main();
