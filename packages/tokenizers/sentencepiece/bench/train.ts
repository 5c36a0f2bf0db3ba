// Training a unigram model beside sentencepiece, on the same text: seconds, memory, and how well the two vocabularies compress
// text that neither has seen. The text is what the installed packages say about themselves, repeated with variations: in
// each round one word in twelve gets other letters, so that distinct words go on growing as in a real corpus.
//
//   pnpm --filter @llm/sentencepiece bench:train [megabytes] [vocabulary] [ours|theirs]

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeVariation } from "@llm/testing/text";
import { SentencePiece, trainSentencePiece } from "../src/index.js";
import { realLines } from "../test/peer/text.js";

const megabytes = Number(process.argv[2] ?? 100);
const vocabSize = Number(process.argv[3] ?? 32_000);
const which = process.argv[4] ?? "both";
const folder = mkdtempSync(join(tmpdir(), "sentencepiece-"));
const modules = "../../../node_modules/.pnpm";
const real = [...realLines(modules, ".md", 6e6), ...realLines(modules, ".d.ts", 3e6)];
const heldOut = real.filter((_, i) => i % 20 === 0);
const learnt = real.filter((_, i) => i % 20 !== 0);

const vary = makeVariation(1);

const lines: string[] = [];
for (let left = megabytes * 1e6, i = 0; left > 0; i++) {
  const line = i < learnt.length ? learnt[i]! : vary(learnt[i % learnt.length]!);
  lines.push(line);
  left -= Buffer.byteLength(line) + 1;
}
console.log(`${megabytes} MB, ${lines.length} lines, vocabulary ${vocabSize}`);
const bytes = heldOut.reduce((sum, line) => sum + Buffer.byteLength(line), 0);

function report(name: string, seconds: number, megabytesUsed: number, sp: SentencePiece): void {
  const tokens = heldOut.reduce((sum, line) => sum + sp.encode(line).length, 0);
  console.log(
    `${name}: ${seconds.toFixed(1)} s, peak memory ${megabytesUsed.toFixed(0)} MB, ${sp.vocabSize} pieces, ` +
      `${(bytes / tokens).toFixed(4)} bytes a token on ${(bytes / 1e6).toFixed(1)} MB held out`,
  );
}

if (which !== "theirs") {
  const start = performance.now();
  let words = 0;
  const model = await trainSentencePiece(lines, {
    vocabSize,
    onProgress: (step) => {
      words = step.words;
      if (process.env.PROGRESS) console.log(((performance.now() - start) / 1e3).toFixed(1), JSON.stringify(step));
    },
  });
  const seconds = (performance.now() - start) / 1e3;
  console.log(`${words} distinct words`);
  report("@llm/sentencepiece", seconds, process.resourceUsage().maxRSS / 1024, new SentencePiece(model));
}
if (which !== "ours") {
  const corpus = join(folder, "corpus.txt");
  writeFileSync(corpus, lines.join("\n"));
  const options = { vocab_size: vocabSize, model_type: "unigram", normalization_rule_name: "identity", num_threads: 1 };
  const start = performance.now();
  const prefix = join(folder, "theirs");
  const { stderr, status } = spawnSync(
    "/usr/bin/python3",
    ["test/peer/peer.py", "train", corpus, prefix, JSON.stringify(options)],
    { encoding: "utf8" },
  );
  if (status !== 0) throw new Error(stderr);
  const seconds = (performance.now() - start) / 1e3;
  const used = Number(/peak (\d+)/.exec(stderr)?.[1] ?? Number.NaN) / 1024;
  report("sentencepiece, 1 thread", seconds, used, SentencePiece.fromBytes(readFileSync(`${prefix}.model`)));
}
rmSync(folder, { recursive: true });
