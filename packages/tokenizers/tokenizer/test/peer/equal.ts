// Whether ids are equal to those of npm @huggingface/tokenizers, over megabytes of real and made-up text in many scripts, for a
// tokenizer.json of every kind of model: trained by Hugging Face's own library, trained here, and GPT-2's own.
// Prints counts for each; the exit code is 1 if an id differs that no known difference of the peer explains.
//
//   pnpm --filter @llm/tokenizer equal [megabytes] [seed] [file or folder of text …]

import { type TokenizerPresetName, trainPreset } from "../../src/index.js";
import rust from "../fixtures/rust.json" with { type: "json" };
import { gpt2Json } from "../gpt2.js";
import { type Comparison, compare } from "./compare.js";
import { fileTexts, fuzzTexts, namesOfTheWorld } from "./text.js";

const [megabytes = 10, seed = 1] = process.argv.slice(2, 4).map(Number);
const folders = process.argv.slice(4);
const modules = "../../../node_modules/.pnpm";
const bytes = megabytes * 1e6;
const given = folders.flatMap((path) => fileTexts(path, bytes / 4 / folders.length));
const texts = [
  ...given,
  ...namesOfTheWorld(),
  ...fileTexts("../../../node_modules/typescript/lib", bytes / 12, "diagnosticMessages.generated.json"),
  ...fileTexts(modules, bytes / (given.length > 0 ? 8 : 4), ".md"),
  ...fileTexts(modules, bytes / 8, ".d.ts"),
];
const size = (list: readonly string[]): number => list.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
const sample = texts.filter((_, i) => i % 5 === 0).slice(0, 3000);
for (let round = 0; size(texts) < bytes; round++) texts.push(...fuzzTexts(seed + 1000 * round, 2e5));
console.log(`${texts.length} texts, ${(size(texts) / 1e6).toFixed(1)} MB, seed ${seed}`);

const presets: TokenizerPresetName[] = ["gpt2", "llama3", "falcon", "llama", "t5", "bert"];

function* files(): Generator<[string, () => unknown]> {
  yield ["GPT-2's own", gpt2Json];
  for (const { name, tokenizer } of rust.cases) yield [`${name}, trained by Hugging Face's library`, () => tokenizer];
}

let failed = false;
function report(name: string, { ids, differing, explained, unexplained }: Comparison, seconds: number): void {
  console.log(`${name}: ${ids} ids, ${differing} differ (${unexplained.length} texts); ${seconds.toFixed(0)} s`);
  for (const [why, count] of explained) console.log(`  ${count} texts differ by the peer's way: ${why}`);
  for (const { text, ours, theirs } of unexplained.slice(0, 3)) {
    const at = ours.findIndex((token, i) => token !== theirs[i]);
    const show = (tokens: string[]): string => JSON.stringify(tokens.slice(Math.max(0, at - 3), at + 6));
    console.log(`  ${JSON.stringify(text.slice(0, 200))}\n    at id ${at}: ours ${show(ours)}, theirs ${show(theirs)}`);
  }
  failed ||= unexplained.length > 0;
}

function run(name: string, file: unknown): void {
  const start = performance.now();
  const result = compare(file, texts);
  report(name, result, (performance.now() - start) / 1e3);
}

for (const [name, file] of files()) run(name, file());
for (const name of presets) {
  run(`${name}, trained here`, await trainPreset(name, sample, { vocabSize: 12_000 }));
}
console.log(failed ? "DIFFERENCES" : "all equal");
process.exitCode = failed ? 1 : 0;
