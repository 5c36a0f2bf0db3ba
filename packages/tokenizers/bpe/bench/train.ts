// How long a vocabulary of 32,000 takes on 100 MB of text, and how much memory: byte-level BPE, BPE on characters with byte
// fallback, and sentencepiece's trainer of the latter, if it is here, on the same file with two threads. Clocks and
// processor seconds are printed, since other work on the machine lengthens only the former.
//
// The text is what the installed packages say about themselves, repeated with variations: in each round one word in
// twelve gets another letter, so that the number of distinct pieces goes on growing as it does in a real corpus.
//
//   pnpm --filter @llm/bpe bench:train [megabytes] [vocabulary] [bytes|characters|sentencepiece …]

import { spawnSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { scanner } from "@llm/pretokenize";
import { collect, makeVariation } from "@llm/testing/text";
import { trainCharacterBpe } from "../src/characters.js";
import { PieceCounter, trainBpe } from "../src/index.js";

const megabytes = Number(process.argv[2] ?? 100);
const vocabSize = Number(process.argv[3] ?? 32_000);
const wanted = process.argv.length > 4 ? process.argv.slice(4) : ["bytes", "characters", "sentencepiece"];
const folder = mkdtempSync(join(tmpdir(), "bpe-train-"));
const corpus = join(folder, "corpus.txt");

const vary = makeVariation(1);

function writeCorpus(): void {
  const real = collect(".md", 8_000_000) + collect(".d.ts", 4_000_000);
  const file = openSync(corpus, "w");
  let bytes = 0;
  for (let at = 0; bytes < megabytes * 1e6; at = (at + 500_000) % real.length) {
    bytes += writeSync(file, vary(real.slice(at, at + 500_000)));
  }
  closeSync(file);
  console.log(`${(bytes / 1e6).toFixed(1)} MB, ${vocabSize} tokens`);
}

/** Whole lines of the corpus, a megabyte or so at a time. */
function* chunks(): Generator<string> {
  const file = openSync(corpus, "r");
  const buffer = new Uint8Array(1 << 20);
  const decoder = new TextDecoder();
  let rest = "";
  for (let n = readSync(file, buffer); n > 0; n = readSync(file, buffer)) {
    const text = rest + decoder.decode(buffer.subarray(0, n), { stream: true });
    const end = text.lastIndexOf("\n") + 1;
    yield text.slice(0, end);
    rest = text.slice(end);
  }
  yield rest;
  closeSync(file);
}

function timed(name: string, train: () => string): void {
  const start = performance.now();
  const cpu = process.cpuUsage();
  const what = train();
  const { user, system } = process.cpuUsage(cpu);
  const seconds = ((performance.now() - start) / 1e3).toFixed(1);
  const peak = (process.resourceUsage().maxRSS / 1024).toFixed(0);
  console.log(
    `${name}: ${seconds} s, ${((user + system) / 1e6).toFixed(1)} s of processors; ${what}; peak RSS so far ${peak} MiB`,
  );
}

function bytes(): string {
  const counter = new PieceCounter(scanner("gpt2"));
  for (const chunk of chunks()) counter.add(chunk);
  return `${trainBpe(counter, { vocabSize }).tokens.length} tokens of ${counter.size} pieces`;
}

function characters(): string {
  const counter = new PieceCounter((text, start) => (text.indexOf("▁", start + 1) + 1 || text.length + 1) - 1);
  for (const chunk of chunks()) for (const line of chunk.split("\n")) counter.add(`▁${line.replace(/ +/g, "▁")}`);
  const options = { vocabSize, byteFallback: true, coverage: 0.9995, maxTokenLength: 16 };
  return `${trainCharacterBpe(counter, options).tokens.length} tokens of ${counter.size} pieces`;
}

/** The command line tool, in a process of its own. */
function sentencepiece(): void {
  const options = `--model_type=bpe --vocab_size=${vocabSize} --byte_fallback=true --num_threads=2 --minloglevel=1`;
  const command = `spm_train --input=${corpus} --model_prefix=${join(folder, "m")} ${options} && times`;
  const start = performance.now();
  const { status, stdout } = spawnSync("sh", ["-c", command], { encoding: "utf8" });
  const seconds = ((performance.now() - start) / 1e3).toFixed(1);
  // The last line of `times`: user and system time of what the shell has run.
  if (status === 0) console.log(`sentencepiece: ${seconds} s, ${stdout.trim().split("\n").at(-1)} of processors`);
  else console.log("sentencepiece: SKIPPED, there is no spm_train");
}

try {
  writeCorpus();
  if (wanted.includes("bytes")) timed("@llm/bpe, bytes", bytes);
  if (wanted.includes("characters")) timed("@llm/bpe, characters", characters);
  if (wanted.includes("sentencepiece")) sentencepiece();
} finally {
  rmSync(folder, { recursive: true });
}
