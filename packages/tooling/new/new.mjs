// `pnpm new <area>/<name> [dependency …]`: writes the whole anatomy of a package with a failing test.
// The checks (`npm run shape`) say what is still missing.

import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { files } from "./template.mjs";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const [target = "", ...dependencies] = process.argv.slice(2);
const [area, name, ...rest] = target.split("/");
const areas = readdirSync(join(root, "packages")).filter((folder) => folder !== "tooling");

function fail(message) {
  console.error(`new: ${message}\nusage: pnpm new <area>/<name> [dependency …]\nareas: ${areas.join(" ")}`);
  process.exit(1);
}

if (!area || !name || rest.length) fail(`expected <area>/<name>, got "${target}"`);
if (!areas.includes(area)) fail(`there is no area "${area}"`);
if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name)) fail(`"${name}" is not in kebab-case`);
const clash = areas.find((folder) => existsSync(join(root, "packages", folder, name)));
if (clash) fail(`packages/${clash}/${name} exists already`);

const folder = join(root, "packages", area, name);
for (const [file, text] of Object.entries(files({ area, name, dependencies }))) {
  const path = file.startsWith(".changeset/") ? join(root, file) : join(folder, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
console.log(`packages/${area}/${name} is there. Next: pnpm install, then make packages/${area}/${name}/test pass.`);
