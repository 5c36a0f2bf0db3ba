// Reading a package's files.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, sep } from "node:path";

/** The text of a file; undefined when there is none. */
export function readIf(path) {
  return existsSync(path) ? readFileSync(path, "utf8") : undefined;
}

/** The files below a folder whose path matches, relative, with forward slashes, sorted. */
export function listFiles(path, pattern) {
  if (!existsSync(path)) return [];
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(path.length + 1)
        .replaceAll(sep, "/"),
    )
    .filter((file) => !/(^|\/)(node_modules|dist)\//.test(file) && pattern.test(file))
    .sort();
}
