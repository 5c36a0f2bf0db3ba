// Megabytes (of UTF-8) a second: as strings, and with the alignment to the original.
//
//   pnpm --filter @llm/normalize bench [file]

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import * as all from "../src/index.js";
import { align, bert, compose, type Normalizer } from "../src/index.js";

const ROUNDS = 9;
const declarations = readFileSync(createRequire(import.meta.url).resolve("typescript/lib/lib.dom.d.ts"), "utf8");
const texts: [string, string][] = process.argv[2]
  ? [[process.argv[2], readFileSync(process.argv[2], "utf8").slice(0, 2_000_000)]]
  : [
      ["English", (declarations.match(/(?<=\*\s)[A-Z][^*@\n]{30,}/g) ?? []).join("\n").repeat(8)],
      [
        "many scripts",
        "The naïve café costs 1234567 €; это стоит дорого: 東京タワー, 한국어, नमस्ते दुनिया, مرحبا 👩‍💻!\n".repeat(5_000),
      ],
    ];
const { nfc, nfkc, nfd, nfkd, lowercase, lowercaseByCharacter, caseFold, stripAccents, removeMarks, nmt, stripHtml } =
  all;
const { cleanControl, stripSymbols, collapsePunctuation, collapseWhitespace } = all;
const { fullWidthToHalfWidth, halfWidthToFullWidth } = all;
const normalizers: Record<string, Normalizer> = {
  ...{ nfc, nfd, nfkc, nfkd, lowercase, lowercaseByCharacter, caseFold, stripAccents, removeMarks, nmt, stripHtml },
  ...{
    cleanControl,
    stripSymbols,
    collapsePunctuation,
    collapseWhitespace,
    fullWidthToHalfWidth,
    halfWidthToFullWidth,
  },
  "bert()": bert(),
  "nfkc, lowercase, collapseWhitespace": compose(nfkc, lowercase, collapseWhitespace),
};

/** The median of some rounds, in megabytes a second. */
function rate(megabytes: number, run: () => void): string {
  const seconds = Array.from({ length: ROUNDS }, () => {
    const began = performance.now();
    run();
    return (performance.now() - began) / 1e3;
  }).sort((a, b) => a - b);
  return (megabytes / seconds[ROUNDS >> 1]!).toFixed(1).padStart(10);
}

for (const [name, text] of texts) {
  const megabytes = Buffer.byteLength(text) / 1e6;
  console.log(`\n${name}, ${megabytes.toFixed(2)} MB; MB/s, median of ${ROUNDS} rounds`);
  console.log(`${"".padEnd(38)}text   aligned`);
  for (const [one, normalizer] of Object.entries(normalizers)) {
    const plain = rate(megabytes, () => normalizer(text));
    console.log(
      one.padEnd(36),
      plain,
      rate(megabytes, () => align(normalizer, text)),
    );
  }
}
