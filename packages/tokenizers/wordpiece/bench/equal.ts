// Whether ids, and texts that are decoded, are equal to those of npm @huggingface/tokenizers, over megabytes.
//
//   pnpm --filter @llm/wordpiece equal [megabytes]

import { Tokenizer as HuggingFace } from "@huggingface/tokenizers";
import { PieceCounter } from "@llm/bpe";
import { collect } from "@llm/testing/text";
import { trainWordPiece, WordPiece } from "../src/index.js";
import { tokenizerJson } from "./hf.js";
import { madeUp } from "./text.js";

const bytes = Number(process.argv[2] ?? 10) * 1e6;
const real = collect(".md", bytes / 4) + collect(".d.ts", bytes / 4);
const texts: string[] = [];
for (let at = 0; at < real.length; at += 2000) texts.push(real.slice(at, at + 2000));
let size = Buffer.byteLength(real);
for (let seed = 0; size < bytes; seed++) {
  const text = madeUp(seed, 4000);
  texts.push(text);
  size += Buffer.byteLength(text);
}
console.log(`${texts.length} texts, ${(size / 1e6).toFixed(1)} MB`);

const counter = new PieceCounter((text, start) => (text.indexOf(" ", start + 1) + 1 || text.length + 1) - 1);
for (const text of texts.filter((_, i) => i % 7 === 0)) counter.add(text.replace(/\s+/g, " "));
const words = new Map<string, number>();
for (const [piece, count] of counter) words.set(piece.trim(), (words.get(piece.trim()) ?? 0) + count);

for (const gain of ["likelihood", "frequency"] as const) {
  const vocabulary = trainWordPiece(words, { vocabSize: 12_000, minFrequency: 4, alphabetSize: 800, gain });
  const wordPiece = new WordPiece({ vocabulary });
  const huggingFace = new HuggingFace(tokenizerJson(wordPiece), {});
  let different = 0;
  let unknown = 0;
  let tokens = 0;
  for (const [i, text] of texts.entries()) {
    const ours = wordPiece.encode(text);
    const theirs = huggingFace.encode(text, { add_special_tokens: false }).ids;
    const same = ours.length === theirs.length && ours.every((id, k) => id === theirs[k]);
    const decoded =
      i % 50 !== 0 ||
      wordPiece.decode(ours) ===
        huggingFace.decode(theirs, { skip_special_tokens: false, clean_up_tokenization_spaces: false });
    if (!same || !decoded) {
      if (different++ < 3)
        console.log(`  text ${i} differs ${same ? "decoded" : `at ${ours.findIndex((id, k) => id !== theirs[k])}`}`);
    }
    tokens += ours.length;
    unknown += ours.filter((id) => id === 1).length;
  }
  console.log(`${gain}: ${different} of ${texts.length} texts differ; ${tokens} tokens, ${unknown} of them unknown`);
  if (different > 0) process.exitCode = 1;
}
