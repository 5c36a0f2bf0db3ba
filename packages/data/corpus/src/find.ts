// Which files a path stands for, in an order that is the same on every machine.

import { readdir, stat } from "node:fs/promises";
import { basename, join, resolve, sep } from "node:path";
import { CorpusError } from "./error.js";

/** A file or an address to read, and what its documents are called. */
export interface Source {
  /** A path, or an http(s) address. */
  location: string;
  /** Begins with the last name of what was asked for, so it does not depend on where a folder lies. */
  id: string;
}

/** The endings that are read in folders, also with `.gz` after them. */
export const defaultExtensions: readonly string[] = [".txt", ".md", ".jsonl", ".ts"];

/** Whether the text is an address to fetch. */
export function isUrl(path: string): boolean {
  return /^https?:\/\//i.test(path);
}

/**
 * The files of a path: itself, or all of a folder with the given endings, sorted. Of a folder, hidden files and
 * folders, `node_modules` and links are left out: a link could lead anywhere, or in a circle.
 *
 * @throws CorpusError when there is nothing, or nothing to read
 */
export async function findSources(path: string, extensions: readonly string[]): Promise<Source[]> {
  if (isUrl(path)) return [{ location: path, id: path }];
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    const problem = error.code === "ENOENT" ? "does not exist" : `cannot be read: ${error.message}`;
    throw new CorpusError(`${path}: ${problem}`, { cause: error });
  });
  const root = basename(resolve(path));
  if (!found.isDirectory()) return [{ location: path, id: root }];
  const files = (await walk(path, "")).filter((file) =>
    extensions.some((end) => file.replace(/\.gz$/, "").endsWith(end)),
  );
  if (files.length === 0)
    throw new CorpusError(`${path}: has no files that end in ${extensions.join(" ")} (or these with .gz)`);
  return files.sort().map((file) => ({ location: join(path, ...file.split("/")), id: `${root}/${file}` }));
}

async function walk(root: string, folder: string): Promise<string[]> {
  const path = join(root, folder);
  const entries = await readdir(path, { withFileTypes: true }).catch((cause) => {
    throw new CorpusError(`${path}${sep}: cannot be read: ${(cause as Error).message}`, { cause });
  });
  const files: string[] = [];
  for (const entry of entries) {
    if (entry.name.startsWith(".") || entry.name === "node_modules") continue;
    const name = folder ? `${folder}/${entry.name}` : entry.name;
    if (entry.isDirectory()) files.push(...(await walk(root, name)));
    else if (entry.isFile()) files.push(name);
  }
  return files;
}
