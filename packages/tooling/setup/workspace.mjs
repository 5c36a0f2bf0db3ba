// The packages of the workspace, read from disk.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Every package under `packages/<area>/` and `apps/`, sorted by folder.
 * @param {string} root
 * @returns {{ folder: string, path: string, area: string, manifest: any }[]}
 */
export function workspacePackages(root) {
  const areas = [...subfolders(join(root, "packages")).map((area) => `packages/${area}`), "apps"];
  return areas.flatMap((parent) =>
    subfolders(join(root, parent))
      .filter((name) => existsSync(join(root, parent, name, "package.json")))
      .map((name) => ({
        folder: `${parent}/${name}`,
        path: join(root, parent, name),
        area: parent.split("/").at(-1),
        manifest: JSON.parse(readFileSync(join(root, parent, name, "package.json"), "utf8")),
      })),
  );
}

/** The names of the folders in a folder; none when it does not exist. */
export function subfolders(path) {
  if (!existsSync(path)) return [];
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== "node_modules")
    .map((entry) => entry.name)
    .sort();
}
