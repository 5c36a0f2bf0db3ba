// How a batch of texts scales over threads: one tokenizer in this thread, then a pool of one, two and more, on the same
// lines, with GPT-2's ranks and with a unigram vocabulary.
//
//   pnpm --filter @llm/tokenizer bench:threads [megabytes] [threads]

import { availableParallelism } from "node:os";
import { collect } from "@llm/testing/text";
import { Tokenizer, trainTokenizer } from "../src/index.js";
import { TokenizerPool } from "../src/node.js";
import { gpt2Json } from "../test/gpt2.js";

const megabytes = Number(process.argv[2] ?? 40);
const most = Number(process.argv[3] ?? availableParallelism());
const ROUNDS = 5;
const options = { disallowedSpecial: "text" } as const; // READMEs speak of them

const real = collect(".md", 8_000_000).split("\n");
const units = real.reduce((sum, line) => sum + line.length + 1, 0);
const lines = Array.from({ length: Math.ceil((megabytes * 1e6) / units) }, () => real).flat();
const characters = lines.reduce((sum, line) => sum + line.length, 0);
const module = new URL("../src/node.mjs", import.meta.url);

async function best(run: () => unknown): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round++) {
    const began = performance.now();
    await run();
    least = Math.min(least, performance.now() - began);
  }
  return characters / least / 1000;
}

const tokenizers: [string, Tokenizer][] = [
  ["GPT-2", Tokenizer.fromJSON(gpt2Json())],
  ["unigram", await trainTokenizer(real, { kind: "unigram", vocabSize: 8000 })],
];
console.log(`${characters / 1e6} million characters in ${lines.length} lines, best of ${ROUNDS} rounds`);
for (const [name, tokenizer] of tokenizers) {
  const alone = await best(() => lines.map((line) => tokenizer.encode(line, options)));
  console.log(`${name}, this thread: ${alone.toFixed(1)} million characters/s`);
  for (let threads = 1; threads <= most; threads++) {
    const pool = new TokenizerPool(tokenizer, { threads, module });
    await pool.encodeBatch(lines.slice(0, 1000), options);
    const speed = await best(() => pool.encodeBatch(lines, options));
    await pool.close();
    console.log(`${name}, pool of ${threads}: ${speed.toFixed(1)}, ${(speed / alone).toFixed(2)} times this thread`);
  }
}
