// Encoding speed beside the peers: cl100k_base, the same text for all in turn, round after round; medians.
//
//   pnpm --filter @llm/bpe bench [file …]

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { Tokenizer as HuggingFace } from "@huggingface/tokenizers";
import { scanner } from "@llm/pretokenize";
import { collect } from "@llm/testing/text";
import { encode as gptTokenizer } from "gpt-tokenizer/encoding/cl100k_base";
import { Tiktoken } from "tiktoken/lite";
import { BPE, parseTiktoken } from "../src/index.js";
import { tokenizerJson } from "./hf.js";
import { chinese, manyScripts } from "./text.js";

const ROUNDS = 7;
/** Seconds after which a peer gets no more rounds than two of a text. */
const PATIENCE = 2;
const cl100k = createRequire(import.meta.url)("tiktoken/encoders/cl100k_base.json") as {
  bpe_ranks: string;
  special_tokens: Record<string, number>;
  pat_str: string;
};

const started = performance.now();
const bpe = BPE.fromRanks(parseTiktoken(cl100k.bpe_ranks));
console.log(`cl100k_base ready in ${(performance.now() - started).toFixed(0)} ms\n`);
const scan = scanner("cl100k");
const tiktoken = new Tiktoken(cl100k.bpe_ranks, cl100k.special_tokens, cl100k.pat_str);
const huggingFace = new HuggingFace(tokenizerJson(bpe, cl100k.pat_str), {});
const ordinary = { disallowedSpecial: new Set<string>() };

const peers: Record<string, (text: string) => ArrayLike<number>> = {
  "@llm/bpe": (text) => bpe.encode(text, scan),
  "gpt-tokenizer": (text) => gptTokenizer(text, ordinary),
  tiktoken: (text) => tiktoken.encode_ordinary(text),
  "@huggingface/tokenizers": (text) => huggingFace.encode(text, { add_special_tokens: false }).ids,
};

const files = process.argv.slice(2);
const texts: [string, string][] = files.length
  ? files.map((file) => [file, readFileSync(file, "utf8").slice(0, 4_000_000)])
  : [
      ["English (READMEs)", collect(".md", 1_000_000)],
      ["Chinese (TypeScript's messages)", chinese()],
      ["code (declarations)", collect(".d.ts", 1_000_000)],
      ["many scripts", manyScripts(500_000)],
    ];

for (const [name, text] of texts) {
  const megabytes = Buffer.byteLength(text) / 1e6;
  const times = new Map<string, number[]>(Object.keys(peers).map((peer) => [peer, []]));
  const same: string[] = [];
  let expected = "";
  for (let round = 0; round < ROUNDS; round++) {
    for (const [peer, encode] of Object.entries(peers)) {
      const spent = times.get(peer)!;
      if (spent.length > 1 && spent.reduce((a, b) => a + b) > PATIENCE) continue;
      const start = performance.now();
      const ids = encode(text);
      spent.push((performance.now() - start) / 1e3);
      if (round > 0) continue;
      const printed = Array.from(ids).join();
      expected ||= printed; // ours comes first
      if (printed === expected) same.push(peer);
    }
  }
  console.log(`${name}: ${megabytes.toFixed(2)} MB, median of ${ROUNDS} rounds`);
  const ours = median(times.get("@llm/bpe")!);
  for (const [peer, seconds] of times) {
    const speed = `${(megabytes / median(seconds)).toFixed(1)} MB/s`.padStart(11);
    const first = `first ${(megabytes / seconds[0]!).toFixed(1)}`.padStart(11);
    const note = same.includes(peer) ? "same ids" : "OTHER IDS";
    console.log(
      `  ${peer.padEnd(24)}${speed} ${first}   ours is ${(median(seconds) / ours).toFixed(2)} times as fast   ${note}`,
    );
  }
}

function median(values: number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1]!;
}
