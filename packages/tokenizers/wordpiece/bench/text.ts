// Text that is on every machine after the set-up, and text that is made up.

import { readdirSync, readFileSync, realpathSync } from "node:fs";
import { join } from "node:path";

const modules = join(process.cwd(), "../../../node_modules/.pnpm"); // run in the package's folder, as pnpm does

/** Up to `limit` characters of files that end in `extension`, in a fixed order. */
export function collect(extension: string, limit: number): string {
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
  visit(realpathSync(modules));
  return texts.join("\n").slice(0, limit);
}

const BLOCKS = [
  0x20, 0x61, 0xc0, 0x370, 0x400, 0x5d0, 0x620, 0x900, 0xe00, 0x1100, 0x3040, 0x4e00, 0x9000, 0xac00, 0xd7f0, 0xdc00,
  0x1f300,
];

/** Words of characters from a few neighboring places in one block each: some known, some in part, some not at all. */
export function madeUp(seed: number, units: number): string {
  let state = seed >>> 0;
  const random = (n: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
  let text = "";
  while (text.length < units) {
    const first = BLOCKS[random(BLOCKS.length)]!;
    const width = 4 + random(30);
    for (let length = random(20) ? 1 + random(12) : 80 + random(50); length > 0; length--) {
      text += String.fromCodePoint(first + random(width));
    }
    text += random(9) ? " " : "##";
  }
  return text;
}
