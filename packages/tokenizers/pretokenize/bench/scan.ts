// Megabytes (of UTF-8) a second: boundaries only, pieces as strings, and the same by JavaScript's regular expression.
//
//   pnpm --filter @llm/pretokenize bench [file]
//
// The English text is the comments of TypeScript's declarations of the DOM; the other one is in many scripts.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import {
  bert,
  byteLevelSplit,
  digits,
  forEachPiece,
  metaspace,
  type Pretokenizer,
  type PretokenizerName,
  pattern,
  patterns,
  pretokenize,
  punctuation,
  scan,
  sequence,
  split,
  whitespaceSplit,
  words,
} from "../src/index.js";
import { regex } from "../src/regex/regex.js";

const ROUNDS = 9;
const file = process.argv[2];
const texts: [string, string][] = file
  ? [[file, readFileSync(file, "utf8").slice(0, 2_000_000)]]
  : [
      ["English", english()],
      [
        "many scripts",
        "The naïve café costs 1234567 €; это стоит дорого: 東京タワー, 한국어, नमस्ते दुनिया, مرحبا 👩‍💻!\n".repeat(5_000),
      ],
    ];

function english(): string {
  const declarations = readFileSync(createRequire(import.meta.url).resolve("typescript/lib/lib.dom.d.ts"), "utf8");
  return (declarations.match(/(?<=\*\s)[A-Z][^*@\n]{30,}/g) ?? []).join("\n").repeat(8);
}

/** The median of some rounds, in megabytes a second. */
function rate(megabytes: number, run: () => void): string {
  const seconds = Array.from({ length: ROUNDS }, () => {
    const began = performance.now();
    run();
    return (performance.now() - began) / 1e3;
  }).sort((a, b) => a - b);
  return (megabytes / seconds[ROUNDS >> 1]!).toFixed(1).padStart(10);
}

const others: Record<string, Pretokenizer> = {
  bert: bert(),
  words: words(),
  whitespaceSplit: whitespaceSplit(),
  digits: digits(),
  punctuation: punctuation(),
  metaspace: metaspace(),
  "byteLevelSplit, written bytes": byteLevelSplit({ write: "bytes" }),
  "whitespaceSplit, metaspace (T5)": sequence(whitespaceSplit(), metaspace()),
  "punctuation, digits, llama3": sequence(punctuation({ behavior: "contiguous" }), digits(), pattern("llama3")),
  "cl100k as an unknown regex": split(regex(`(?:${patterns.cl100k.source})`)),
};

for (const [name, text] of texts) {
  const megabytes = Buffer.byteLength(text) / 1e6;
  console.log(`\n${name}, ${megabytes.toFixed(2)} MB; MB/s, median of ${ROUNDS} rounds`);
  console.log(`${"".padEnd(34)}boundaries    pieces   text.match`);
  for (const one of Object.keys(patterns) as PretokenizerName[]) {
    let count = 0;
    const boundaries = rate(megabytes, () => scan(text, one, () => count++));
    const strings = rate(megabytes, () => pretokenize(text, one));
    console.log(
      one.padEnd(34),
      boundaries,
      strings,
      rate(megabytes, () => text.match(patterns[one])),
    );
    if (count === 0) throw new Error("nothing was scanned");
  }
  for (const [one, pretokenizer] of Object.entries(others)) {
    let count = 0;
    const boundaries = rate(megabytes, () => forEachPiece(text, pretokenizer, () => count++));
    console.log(
      one.padEnd(34),
      boundaries,
      rate(megabytes, () => pretokenize(text, pretokenizer)),
    );
    if (count === 0) throw new Error("nothing was scanned");
  }
}
