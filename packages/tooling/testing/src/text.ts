// Text for benchmarks and comparisons: files of what is on every machine after the set-up, such as what installed packages
// say about themselves, and chance that is the same everywhere.

import { readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { join } from "node:path";

/** Where pnpm keeps what is installed; benchmarks run in their package's folder. */
export const modules: string = join(process.cwd(), "../../../node_modules/.pnpm");

/** The texts of a file, or of those below a folder whose names end in `extension`, in a fixed order. Links are not followed. */
export function* textsBelow(path: string, extension = ""): Generator<string> {
  const root = realpathSync(path);
  if (statSync(root).isFile()) return yield readFileSync(root, "utf8");
  const waiting = [root];
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
    const below: string[] = [];
    for (const entry of entries) {
      const child = join(folder, entry.name);
      if (entry.isDirectory()) below.push(child);
      else if (entry.isFile() && entry.name.endsWith(extension)) yield readFileSync(child, "utf8");
    }
    waiting.push(...below.reverse());
  }
}

/** Up to `limit` characters of files that end in `extension`, no more than 50,000 of each. */
export function collect(extension: string, limit: number, folder: string = modules): string {
  const texts: string[] = [];
  let size = 0;
  for (const text of textsBelow(folder, extension)) {
    if (size >= limit) break;
    texts.push(text.slice(0, 50_000));
    size += Math.min(text.length, 50_000);
  }
  return texts.join("\n").slice(0, limit);
}

/** Whole numbers below n by chance, the same for the same seed: a linear congruential generator. */
export function makeRandom(seed: number): (n: number) => number {
  let state = seed >>> 0;
  return (n) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
}

/** A function that gives one word in twelve another letter, so that distinct words go on growing as in a real corpus. */
export function makeVariation(seed: number): (text: string) => string {
  const random = makeRandom(seed);
  return (text) =>
    text.replace(/[a-z]{4,}/g, (word) => {
      if (random(12) > 0) return word;
      const at = random(word.length - 1);
      return word.slice(0, at) + String.fromCharCode(97 + random(26)) + word.slice(at + 1);
    });
}
