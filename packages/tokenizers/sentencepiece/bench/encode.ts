// Encoding speed beside sentencepiece itself, line by line, the same lines for both in turn: seconds of the best round each, as
// other processes only ever make a round slower. Ours starts each round without the words that it remembers; the first round is
// also without compiled code. sentencepiece is timed within Python, the calls included; its command-line
// encoder, given as well, includes reading and writing.
//
//   pnpm --filter @llm/sentencepiece bench [vocabulary] [unigram|bpe]

import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SentencePiece } from "../src/index.js";
import { fuzzLines, realLines } from "../test/peer/text.js";

const ROUNDS = 5;
const vocabSize = Number(process.argv[2] ?? 16_000);
const folder = process.env.PEER_FOLDER ?? mkdtempSync(join(tmpdir(), "sentencepiece-"));
mkdirSync(folder, { recursive: true });
const modules = "../../../node_modules/.pnpm";

function run(command: string, args: string[], input?: string): string {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: "utf8", input, maxBuffer: 1 << 30 });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")}: ${stderr}`);
  return stdout;
}

const texts: Record<string, string[]> = {
  "English (READMEs)": realLines(modules, ".md", 2e6),
  "code (declarations)": realLines(modules, ".d.ts", 2e6),
  "many scripts (made up)": fuzzLines(3, 5e5),
};
const corpus = join(folder, "bench-corpus.txt");
if (!existsSync(corpus)) writeFileSync(corpus, [...realLines(modules, ".md", 3e6), ...fuzzLines(7, 8e4)].join("\n"));

for (const kind of process.argv[3] ? [process.argv[3]] : ["unigram", "bpe"]) {
  const prefix = join(folder, `bench-${kind}-${vocabSize}`);
  const options = {
    model_type: kind,
    vocab_size: vocabSize,
    character_coverage: 0.985,
    byte_fallback: true,
    hard_vocab_limit: false,
  };
  if (!existsSync(`${prefix}.model`))
    run("/usr/bin/python3", ["test/peer/peer.py", "train", corpus, prefix, JSON.stringify(options)]);
  const bytes = readFileSync(`${prefix}.model`);
  for (const [name, lines] of Object.entries(texts)) {
    const file = join(folder, "bench-lines.txt");
    writeFileSync(file, lines.join("\n"));
    const ours: number[] = [];
    const theirs: number[] = [];
    let tokens = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const sp = SentencePiece.fromBytes(bytes); // without the words of the last round
      const start = performance.now();
      tokens = 0;
      for (const line of lines) tokens += sp.encode(line).length;
      ours.push((performance.now() - start) / 1e3);
      theirs.push(Number(run("/usr/bin/python3", ["test/peer/peer.py", "time", `${prefix}.model`, file, "1"])));
    }
    const commandStart = performance.now();
    run("spm_encode", [`--model=${prefix}.model`, "--output_format=id", `--input=${file}`, "--output=/dev/null"]);
    const command = (performance.now() - commandStart) / 1e3;
    const megabytes = Buffer.byteLength(lines.join("\n")) / 1e6;
    const speed = (seconds: number): string => `${(megabytes / seconds).toFixed(1)} MB/s`;
    console.log(
      `${kind}, ${name}, ${megabytes.toFixed(1)} MB, ${tokens} ids: ours ${speed(Math.min(...ours))} (first round ${speed(ours[0]!)}), ` +
        `sentencepiece ${speed(Math.min(...theirs))} from Python, ${speed(command)} by spm_encode; ` +
        `ours takes ${(Math.min(...ours) / Math.min(...theirs)).toFixed(2)} of its time`,
    );
  }
}
if (!process.env.PEER_FOLDER) rmSync(folder, { recursive: true });
