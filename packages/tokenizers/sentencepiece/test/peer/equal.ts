// Ids, n-best lists, decoded text: equal to those of sentencepiece itself, on megabytes of real and made-up text, for models of
// all kinds, trained there. Prints what differs; the exit code is 1 if anything does.
//
//   pnpm --filter @llm/sentencepiece equal [megabytes] [seed] [model …]

import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeRandom } from "@llm/testing/text";
import { SentencePiece } from "../../src/index.js";
import { models } from "./models.js";
import { fuzzLines, realLines } from "./text.js";

const megabytes = Number(process.argv[2] ?? 10);
const seed = Number(process.argv[3] ?? 1);
const wanted = process.argv.slice(4);
const folder = process.env.PEER_FOLDER ?? mkdtempSync(join(tmpdir(), "sentencepiece-"));
mkdirSync(folder, { recursive: true });
const modules = "../../../node_modules/.pnpm";

function peer(...args: string[]): void {
  const { status, stderr } = spawnSync("/usr/bin/python3", ["test/peer/peer.py", ...args], { encoding: "utf8" });
  if (status !== 0) throw new Error(`peer.py ${args[0]}: ${stderr}`);
}

const corpus = join(folder, "corpus.txt");
if (!existsSync(corpus)) {
  const training = [...realLines(modules, ".md", 3e6), ...fuzzLines(7, 8e4)];
  writeFileSync(corpus, training.join("\n"));
}
const half = (megabytes * 1e6) / 4;
const lines = [
  ...realLines(modules, ".md", half),
  ...realLines(modules, ".d.ts", half / 2),
  ...fuzzLines(seed, half * 0.8),
  realLines(modules, ".md", 1e5).join(" "), // one long line, where sums are large and rounding decides
  "",
  " ",
  "a".repeat(5000),
];
const linesFile = join(folder, "lines.txt");
writeFileSync(linesFile, lines.join("\n"));
const bytes = Buffer.byteLength(lines.join("\n"));
console.log(`${lines.length} lines, ${(bytes / 1e6).toFixed(1)} MB, seed ${seed}`);
const few = lines.filter((line, i) => line.length < 400 && i % 40 === 0);
const fewFile = join(folder, "few.txt");
writeFileSync(fewFile, few.join("\n"));

let failures = 0;
function compare(what: string, ours: ArrayLike<number>, theirs: ArrayLike<number>, show: () => string): void {
  let same = ours.length === theirs.length;
  for (let i = 0; same && i < ours.length; i++) same = ours[i] === theirs[i];
  if (same) return;
  failures++;
  if (failures < 12) console.log(`  ${what} differs: ${show()}`);
}

function* lists(file: string): Generator<Int32Array> {
  const buffer = readFileSync(file);
  const numbers = new Int32Array(buffer.buffer.slice(buffer.byteOffset, buffer.byteOffset + buffer.length));
  for (let at = 0; at < numbers.length; at += 1 + numbers[at]!) yield numbers.subarray(at + 1, at + 1 + numbers[at]!);
}

for (const [name, options] of Object.entries(models)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const prefix = join(folder, name);
  if (!existsSync(`${prefix}.model`))
    peer("train", corpus, prefix, JSON.stringify({ character_coverage: 0.985, hard_vocab_limit: false, ...options }));
  const file = readFileSync(`${prefix}.model`);
  const sp = SentencePiece.fromBytes(file);
  const before = failures;
  if (!Buffer.from(sp.toBytes()).equals(file)) {
    failures++;
    console.log("  the file that is written differs");
  }
  peer("encode", `${prefix}.model`, linesFile, `${prefix}.ids`);
  let n = 0;
  let count = 0;
  for (const theirs of lists(`${prefix}.ids`)) {
    const line = lines[n++]!;
    count += theirs.length;
    const ours = sp.encode(line);
    compare("encode", ours, theirs, () => difference(sp, line, ours, theirs));
  }
  if (n !== lines.length) throw new Error(`${n} lists for ${lines.length} lines`);
  compareDecoding(sp, prefix);
  const nbest = sp.kind === "unigram" ? compareNBest(sp, prefix) : 0;
  const result = failures === before ? "equal" : `${failures - before} DIFFERENCES`;
  console.log(`${name}: ${count} ids, ${nbest} n-best lists, ${result}`);
}

function difference(sp: SentencePiece, line: string, ours: number[], theirs: ArrayLike<number>): string {
  const at = Array.from(theirs).findIndex((id, i) => ours[i] !== id);
  const pieces = (ids: ArrayLike<number>): string =>
    JSON.stringify(
      Array.from(ids)
        .slice(Math.max(0, at - 2), at + 5)
        .map((id) => sp.idToPiece(id)),
    );
  return `${JSON.stringify(line.slice(0, 100))} at id ${at}: ours ${pieces(ours)}, theirs ${pieces(theirs)}`;
}

function compareDecoding(sp: SentencePiece, prefix: string): void {
  const random = makeRandom(seed + 1);
  const idLists = [...lists(`${prefix}.ids`)].filter((_, i) => i % 4 === 0).map((ids) => Array.from(ids));
  for (let i = 0; i < 20_000; i++) {
    const low = random(3) === 0 ? Math.min(300, sp.vocabSize) : sp.vocabSize; // bytes and symbols are among the first
    idLists.push(Array.from({ length: random(20) }, () => random(low)));
  }
  writeFileSync(`${prefix}.lists`, Int32Array.from(idLists.flatMap((ids) => [ids.length, ...ids])));
  peer("decode", `${prefix}.model`, `${prefix}.lists`, `${prefix}.texts`);
  const texts = readFileSync(`${prefix}.texts`);
  let at = 0;
  for (const ids of idLists) {
    const length = texts.readInt32LE(at);
    const theirs = texts.subarray(at + 4, at + 4 + length);
    at += 4 + length;
    const ours = Buffer.from(sp.decode(ids));
    compare(
      "decode",
      ours,
      theirs,
      () => `[${ids}]: ours ${JSON.stringify(`${ours}`)}, theirs ${JSON.stringify(`${theirs}`)}`,
    );
  }
}

function compareNBest(sp: SentencePiece, prefix: string): number {
  const size = 8;
  peer("nbest", `${prefix}.model`, fewFile, `${prefix}.nbest`, `${size}`);
  const buffer = readFileSync(`${prefix}.nbest`);
  const numbers = new Int32Array(buffer.buffer.slice(buffer.byteOffset, buffer.byteOffset + buffer.length));
  let at = 0;
  let compared = 0;
  for (const line of few) {
    const theirs: number[][] = [];
    for (let left = numbers[at++]!; left > 0; left--) {
      theirs.push(Array.from(numbers.subarray(at + 1, at + 1 + numbers[at]!)));
      at += 1 + numbers[at]!;
    }
    const ours = sp.encodeNBest(line, size).map(({ ids }) => ids);
    compared += theirs.length;
    compare(
      "n-best",
      ours.flat(),
      theirs.flat(),
      () => `${JSON.stringify(line)}: ours ${ours.map(String).join(" / ")}, theirs ${theirs.map(String).join(" / ")}`,
    );
  }
  return compared;
}

console.log(failures === 0 ? "all equal" : `${failures} differences`);
process.exitCode = failures === 0 ? 0 : 1;
