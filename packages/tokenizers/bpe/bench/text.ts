// Text for the benchmarks: real Chinese, and many scripts made up.

import { readFileSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { makeRandom, modules } from "@llm/testing/text";

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
  const random = makeRandom(1);
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
