// Megabytes (of UTF-8) a second: the scanner's boundaries, the pieces as strings, and the same by the expression.
//
//   npm run build && npx vitest bench --run packages/tokenizers/pretokenize      (from the repository's root)
//
// It measures the built package, as people install it: vitest turns each import of a source file into a property
// access, which costs a scanner more than half of its speed.
// The English text is the comments of TypeScript's declarations of the DOM; the mixed one is in many scripts.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { bench, describe } from "vitest";
import type { PretokenizerName } from "../src/index.js";

const built = new URL("../dist/index.js", import.meta.url).href;
const { patterns, pretokenize, scan }: typeof import("../src/index.js") = await import(built);

const declarations = readFileSync(createRequire(import.meta.url).resolve("typescript/lib/lib.dom.d.ts"), "utf8");
const comments = declarations.match(/(?<=\*\s)[A-Z][^*@\n]{30,}/g) ?? [];
const mixedLine = "The naïve café costs 1234567 €; это стоит дорого: 東京タワー, 한국어, नमस्ते दुनिया, مرحبا 👩‍💻!\n";
const texts = {
  english: Buffer.from(comments.join("\n")).toString(),
  mixed: Buffer.from(mixedLine.repeat(2_500)).toString(),
};

/** Prints megabytes a second, the median of the runs, since vitest's table counts runs. */
function rate(label: string, text: string, run: () => void): void {
  const times: number[] = [];
  bench(
    label,
    () => {
      const began = performance.now();
      run();
      times.push(performance.now() - began);
    },
    {
      time: 300,
      warmupTime: 100,
      teardown: (_task, mode) => {
        const median = times.sort((a, b) => a - b)[times.length >> 1] ?? Number.NaN;
        if (mode === "run") console.log(`${label}: ${(Buffer.byteLength(text) / 1e3 / median).toFixed(0)} MB/s`);
        times.length = 0;
      },
    },
  );
}

for (const [kind, text] of Object.entries(texts)) {
  for (const name of ["gpt2", "cl100k", "o200k", "whitespace"] satisfies PretokenizerName[]) {
    describe(`${name}, ${kind}`, () => {
      rate(`${name} ${kind} scan`, text, () => {
        let pieces = 0;
        scan(text, name, () => pieces++);
        if (pieces === 0) throw new Error("nothing was scanned");
      });
      rate(`${name} ${kind} pretokenize`, text, () => {
        pretokenize(text, name);
      });
      rate(`${name} ${kind} text.match(pattern)`, text, () => {
        text.match(patterns[name]);
      });
    });
  }
}
