// Encoding speed beside @huggingface/tokenizers and, where Python has it, sentencepiece with a unigram vocabulary of the same size,
// which is native code for the same purpose. The same text for all, round after round; medians.
//
//   pnpm --filter @llm/wordpiece bench

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Tokenizer as HuggingFace } from "@huggingface/tokenizers";
import { collect } from "@llm/testing/text";
import { trainWordPiece, WordPiece } from "../src/index.js";
import { tokenizerJson } from "./hf.js";

const ROUNDS = 5;
const text = collect(".md", 4_000_000).replace(/[^\S\n]+/g, " ");
const lines = text.split("\n");
const megabytes = Buffer.byteLength(text) / 1e6;
const words = new Map<string, number>();
for (const [word] of text.matchAll(/\S+/g)) words.set(word, (words.get(word) ?? 0) + 1);
const vocabulary = trainWordPiece(words, { vocabSize: 16_000, gain: "frequency" });
const wordPiece = new WordPiece({ vocabulary });
const huggingFace = new HuggingFace(tokenizerJson(wordPiece), {});
console.log(
  `English (READMEs), ${megabytes.toFixed(1)} MB in ${lines.length} lines, ${wordPiece.vocabSize} tokens, median of ${ROUNDS} rounds`,
);

const report = (name: string, seconds: number, tokens: number): void =>
  console.log(`  ${name.padEnd(36)}${(megabytes / seconds).toFixed(1).padStart(7)} MB/s   ${tokens} tokens`);

function measure(name: string, encode: (line: string) => ArrayLike<number>): void {
  let tokens = 0;
  const times = Array.from({ length: ROUNDS }, () => {
    const start = performance.now();
    tokens = 0;
    for (const line of lines) tokens += encode(line).length;
    return (performance.now() - start) / 1e3;
  });
  report(name, times.sort((a, b) => a - b)[ROUNDS >> 1]!, tokens);
}

measure("@llm/wordpiece", (line) => wordPiece.encode(line));
measure("@huggingface/tokenizers", (line) => huggingFace.encode(line, { add_special_tokens: false }).ids);

const SCRIPT = `
import sys, time, sentencepiece as spm
folder = sys.argv[1]
spm.SentencePieceTrainer.train(input=folder + "/text.txt", model_prefix=folder + "/m", model_type="unigram", vocab_size=${16_000},
  input_sentence_size=30000, shuffle_input_sentence=True, hard_vocab_limit=False, max_sentence_length=100000, minloglevel=2)
sp = spm.SentencePieceProcessor(model_file=folder + "/m.model")
lines = open(folder + "/text.txt").read().split("\\n")
times = []
for _ in range(${ROUNDS}):
    start = time.perf_counter()
    tokens = sum(len(sp.encode(line)) for line in lines)
    times.append(time.perf_counter() - start)
print(sorted(times)[${ROUNDS >> 1}], tokens)
`;
const folder = mkdtempSync(join(tmpdir(), "wordpiece-bench-"));
try {
  writeFileSync(join(folder, "text.txt"), text);
  const { stdout, stderr, status } = spawnSync("/usr/bin/python3", ["-c", SCRIPT, folder], { encoding: "utf8" });
  const [seconds, tokens] = stdout.trim().split(" ").map(Number);
  if (status === 0) report("sentencepiece (native, unigram)", seconds!, tokens!);
  else console.log(`  SKIPPED: no sentencepiece (${stderr.trim().split("\n").at(-1)})`);
} finally {
  rmSync(folder, { recursive: true });
}
