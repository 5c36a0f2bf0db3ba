// The demo's text: real prose and code that every machine has after the set-up.

import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { cutDeclarations, type Piece } from "./declarations.js";

const require = createRequire(import.meta.url);

// Copies of what other libraries declare, which would leak from the training text into the held-out one.
const COPIES = /^lib\.(webworker|scripthost|dom\.(iterable|asynciterable))/;

/** TypeScript's own declarations, Node's, and, inside the repository, the sources of this project. */
export async function demoPieces(): Promise<Piece[]> {
  const typescript = join(dirname(require.resolve("typescript/package.json")), "lib");
  const node = dirname(require.resolve("@types/node/package.json"));
  const library = (await readdir(typescript)).filter((name) => /^lib\..*\.d\.ts$/.test(name) && !COPIES.test(name));
  const declarations = await readdir(node, { recursive: true });
  const files = [
    ...library.map((name) => join(typescript, name)),
    ...declarations.filter((name) => name.endsWith(".d.ts")).map((name) => join(node, name)),
    ...(await ownSources()),
  ].sort();
  const texts = await Promise.all(files.map((file) => readFile(file, "utf8")));
  return texts.flatMap((text, i) => cutDeclarations(shortName(files[i] as string), text));
}

async function ownSources(): Promise<string[]> {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, "pnpm-workspace.yaml"))) {
    if (dirname(folder) === folder) return [];
    folder = dirname(folder);
  }
  // Folder by folder: a walk of everything would follow the links between packages in their node_modules.
  const packages = join(folder, "packages");
  const below = async (parent: string): Promise<string[]> =>
    (await readdir(parent, { withFileTypes: true }))
      .filter((each) => each.isDirectory())
      .map(({ name }) => join(parent, name));
  const sources = (await Promise.all((await below(packages)).map(below))).flat().map((each) => join(each, "src"));
  const files = sources.filter(existsSync).map(async (source) => {
    const names = await readdir(source, { recursive: true });
    return names.filter((name) => name.endsWith(".ts")).map((name) => join(source, name));
  });
  return (await Promise.all(files)).flat();
}

/** The name by which the held-out share is drawn: the same on every machine. */
function shortName(file: string): string {
  return file.replaceAll("\\", "/").replace(/^.*\/(node_modules|packages)\//, "");
}
