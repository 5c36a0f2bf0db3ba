// Text that is on every machine after the set-up: what the installed packages say about themselves, and their code.

import { readdirSync, readFileSync, realpathSync } from "node:fs";
import { join } from "node:path";

const modules = join(process.cwd(), "../../../node_modules/.pnpm"); // run in the package's folder, as pnpm does

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

/** Real Chinese: what TypeScript's compiler says, in both scripts. */
export function chinese(): string {
  const folder = join(realpathSync(join(modules, "../typescript")), "lib");
  const messages = ["zh-cn", "zh-tw"].map((language) =>
    Object.values(
      JSON.parse(readFileSync(join(folder, language, "diagnosticMessages.generated.json"), "utf8")) as object,
    ),
  );
  return messages.flat().join("\n");
}

/** Made-up sentences in many scripts: each character drawn from one script's block, words of ordinary length. */
export function manyScripts(limit: number): string {
  const blocks: [number, number][] = [
    [0x61, 0x7a],
    [0xe0, 0xff],
    [0x3b1, 0x3c9],
    [0x430, 0x44f],
    [0x5d0, 0x5ea],
    [0x627, 0x64a],
    [0x905, 0x939],
    [0xe01, 0xe2e],
    [0x3041, 0x3096],
    [0x4e00, 0x5fff],
    [0xac00, 0xbfff],
    [0x1f300, 0x1f5ff],
  ];
  let state = 1;
  const random = (n: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
  let text = "";
  while (text.length < limit) {
    const [first, last] = blocks[random(blocks.length)]!;
    for (let words = random(12); words >= 0; words--) {
      for (let letters = random(7); letters >= 0; letters--) {
        text += String.fromCodePoint(first + random(Math.min(last - first + 1, 24 + random(200))));
      }
      text += words ? " " : ". ";
    }
  }
  return text.slice(0, limit);
}
