// Whether ids are equal, over megabytes: BPE on characters beside npm @huggingface/tokenizers, for a vocabulary that is trained
// here, and beside sentencepiece, for one that is trained there (skipped where Python does not have it). Prints the speeds too.
//
//   pnpm --filter @llm/bpe equal [megabytes]

import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Tokenizer as HuggingFace } from "@huggingface/tokenizers";
import { collect } from "@llm/testing/text";
import { CharacterBPE, PieceCounter, trainCharacterBpe } from "../src/characters.js";
import { fuzzText } from "../test/fuzz.js";
import { characterTokenizerJson } from "./hf.js";
import { manyScripts } from "./text.js";

const megabytes = Number(process.argv[2] ?? 10);
const PYTHON = "/usr/bin/python3";
const texts = corpus(megabytes * 1e6);
// Mostly real text, so that the alphabet leaves characters out.
const sample = texts.filter((text, i) => i % (text.length > 2500 ? 60 : 7) === 0);
console.log(`${texts.length} texts, ${(size(texts) / 1e6).toFixed(1)} MB`);

/** Half of it real, half made up; nothing that a sentencepiece model would normalize away. */
function corpus(bytes: number): string[] {
  const real = collect(".md", bytes / 4) + collect(".d.ts", bytes / 4);
  const found: string[] = [];
  for (let at = 0; at < real.length; at += 2000) found.push(real.slice(at, at + 2000));
  for (let seed = 0; size(found) < bytes; seed++)
    for (let k = 0; k < 20; k++) found.push(fuzzText(20 * seed + k, 4000));
  found.push("", " ", "a".repeat(60_000), " ".repeat(30_000), "ab".repeat(30_000), manyScripts(60_000));
  return found.map((text) => Buffer.from(text, "utf8").toString("utf8").replace(/[\0▁]/g, " "));
}

function size(all: readonly string[]): number {
  return all.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
}

const spaced = (text: string): string => (text === "" ? "" : `▁${text.replaceAll(" ", "▁")}`);

function timed<T>(work: () => T): [T, seconds: number] {
  const start = performance.now();
  const result = work();
  return [result, (performance.now() - start) / 1e3];
}

function compare(name: string, bpe: CharacterBPE, expected: readonly (readonly number[])[], seconds: number): void {
  let different = 0;
  const [all, own] = timed(() => texts.map((text) => bpe.encode(spaced(text))));
  for (const [i, ours] of all.entries()) {
    const theirs = expected[i]!;
    const at = ours.findIndex((id, k) => id !== theirs[k]);
    if (at === -1 && ours.length === theirs.length) continue;
    if (different++ < 3) {
      const show = (ids: readonly number[]): string =>
        JSON.stringify(ids.slice(Math.max(0, at - 3), at + 5).map((id) => bpe.tokenText(id)));
      console.log(`  text ${i}, token ${at}: ours ${show(ours)}, theirs ${show(theirs)}`);
    }
  }
  const speed = (s: number): string => `${(size(texts) / 1e6 / s).toFixed(1)} MB/s`;
  console.log(`${name}: ${different} of ${texts.length} texts differ; ours ${speed(own)}, theirs ${speed(seconds)}`);
  if (different > 0) process.exitCode = 1;
}

for (const byteFallback of [true, false]) {
  const counter = new PieceCounter((text, start) => (text.indexOf("▁", start + 1) + 1 || text.length + 1) - 1);
  for (const text of sample) counter.add(spaced(text));
  const options = { vocabSize: 8000, alphabetSize: 2000, specialTokens: ["<unk>"], byteFallback };
  const { tokens, merges } = trainCharacterBpe(counter, options);
  const vocabulary = tokens.map((token, id) => [token, id] as const);
  const bpe = CharacterBPE.fromMerges(merges, { vocabulary, byteFallback, unknown: 0, fuseUnknown: true });
  const huggingFace = new HuggingFace(characterTokenizerJson(bpe, byteFallback), {});
  const encode = (text: string): number[] => huggingFace.encode(text, { add_special_tokens: false }).ids;
  const [ids, seconds] = timed(() => texts.map(encode));
  compare(`@huggingface/tokenizers, ${byteFallback ? "bytes" : "unknown"}`, bpe, ids, seconds);
}

const SCRIPT = `
import json, sys, time, sentencepiece as spm
folder, fallback = sys.argv[1], sys.argv[2] == "bytes"
spm.SentencePieceTrainer.train(input=folder + "/sample.txt", model_prefix=folder + "/m", model_type="bpe", vocab_size=8000,
  byte_fallback=fallback, character_coverage=0.999, normalization_rule_name="identity", remove_extra_whitespaces=False,
  max_sentence_length=100000, minloglevel=2)
sp = spm.SentencePieceProcessor(model_file=folder + "/m.model")
kind = lambda i: "other" if sp.is_unknown(i) or sp.is_control(i) or sp.is_byte(i) else "text"
json.dump([[sp.id_to_piece(i), i, sp.get_score(i), kind(i)] for i in range(len(sp))], open(folder + "/pieces.json", "w"))
texts = json.load(open(folder + "/texts.json"))
start = time.perf_counter()
ids = [sp.encode(text) for text in texts]
json.dump([ids, time.perf_counter() - start], open(folder + "/ids.json", "w"))
`;

if (spawnSync(PYTHON, ["-c", "import sentencepiece"]).status !== 0) console.log("SKIPPED: sentencepiece is not here");
else {
  const folder = mkdtempSync(join(tmpdir(), "bpe-equal-"));
  try {
    const real = sample.filter((text) => text.length <= 2000 && !text.includes("\ufffd")); // its trainer insists on rare characters
    writeFileSync(join(folder, "sample.txt"), real.join("\n"));
    writeFileSync(join(folder, "texts.json"), JSON.stringify(texts));
    for (const kind of ["bytes", "unknown"]) {
      execFileSync(PYTHON, ["-c", SCRIPT, folder, kind], { stdio: ["ignore", "inherit", "pipe"] });
      const read = (file: string): unknown => JSON.parse(readFileSync(join(folder, file), "utf8"));
      const pieces = read("pieces.json") as [string, number, number, string][];
      const [ids, seconds] = read("ids.json") as [number[][], number];
      const bpe = CharacterBPE.fromScores(
        pieces.filter(([, , , is]) => is === "text").map(([token, id, score]) => [token, id, score] as const),
        {
          reserved: pieces.filter(([, , , is]) => is === "other").map(([token, id]) => [token, id] as const),
          byteFallback: kind === "bytes",
          unknown: 0,
          fuseUnknown: true,
        },
      );
      compare(`sentencepiece, ${kind}`, bpe, ids, seconds);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}
