// Text that is on every machine after the set-up, for benchmarks and comparisons: what the installed packages say about
// themselves, and their code.

import { readdirSync, readFileSync, realpathSync } from "node:fs";
import { join } from "node:path";

/** Where pnpm keeps what is installed; benchmarks run in their package's folder. */
export const modules: string = join(process.cwd(), "../../../node_modules/.pnpm");

/** Up to `limit` characters of files that end in `extension`, in a fixed order. */
export function collect(extension: string, limit: number, folder: string = modules): string {
  const texts: string[] = [];
  let size = 0;
  const visit = (path: string): void => {
    for (const entry of readdirSync(path, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (size >= limit) return;
      const child = join(path, entry.name);
      if (entry.isDirectory()) visit(child);
      else if (entry.isFile() && entry.name.endsWith(extension)) {
        const text = readFileSync(child, "utf8").slice(0, 50_000);
        texts.push(text);
        size += text.length;
      }
    }
  };
  visit(realpathSync(folder));
  return texts.join("\n").slice(0, limit);
}
