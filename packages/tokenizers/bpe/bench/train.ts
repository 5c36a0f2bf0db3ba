// How long a 4096-token vocabulary takes on 100 MB of text, and how much memory. The text is what the installed packages
// say about themselves, repeated with variations: in each round one word in twelve gets other letters, so that the number
// of distinct pieces goes on growing as it does in a real corpus.
//
//   pnpm --filter @llm/bpe bench:train [megabytes] [vocabulary]

import { scanner } from "@llm/pretokenize";
import { PieceCounter, trainBpe } from "../src/index.js";
import { collect } from "./text.js";

const megabytes = Number(process.argv[2] ?? 100);
const vocabSize = Number(process.argv[3] ?? 4096);
const real = collect(".md", 8_000_000) + collect(".d.ts", 4_000_000);

let state = 1;
function vary(text: string): string {
  return text.replace(/[a-z]{4,}/g, (word) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    if (state >>> 8 > 2 ** 24 / 12) return word;
    const at = state % (word.length - 1);
    return word.slice(0, at) + String.fromCharCode(97 + ((state >>> 4) % 26)) + word.slice(at + 1);
  });
}

const counter = new PieceCounter(scanner("gpt2"));
let bytes = 0;
let counting = 0;
for (let at = 0; bytes < megabytes * 1e6; at = (at + 500_000) % real.length) {
  const chunk = vary(real.slice(at, at + 500_000));
  const start = performance.now();
  counter.add(chunk);
  counting += performance.now() - start;
  bytes += Buffer.byteLength(chunk);
}
console.log(
  `${(bytes / 1e6).toFixed(1)} MB, ${counter.size} distinct pieces, counted in ${(counting / 1e3).toFixed(1)} s`,
);
console.log(`  peak RSS so far ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MiB`);
const start = performance.now();
const { tokens, merges } = trainBpe(counter, { vocabSize });
const training = performance.now() - start;
console.log(`${tokens.length} tokens, ${merges.length} merges, trained in ${(training / 1e3).toFixed(1)} s`);
console.log(
  `${((counting + training) / 1e3).toFixed(1)} s in all, peak RSS ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MiB`,
);
