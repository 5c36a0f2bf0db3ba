import { expect, test } from "vitest";
import { BPE } from "../src/index.js";
import { fuzzText } from "./fuzz.js";
import { type EncodingName, loadEncoding } from "./peers.js";

// LLM_FUZZ_MB=100 makes this the long run.
const megabytes = Number(process.env.LLM_FUZZ_MB ?? 0.8);
const CHUNK = 20_000;

test.each<[EncodingName, number]>([
  ["gpt2", 50256],
  ["cl100k", 100256],
  ["o200k", 199998],
])(
  "%s: ids are exactly tiktoken's, and decode to the text",
  (name, size) => {
    const { bpe, scan, tiktoken } = loadEncoding(name);
    expect(bpe.vocabSize).toBe(size);
    const again = name === "gpt2" ? rebuilt(bpe) : undefined;
    let bytes = 0;
    for (let seed = 0; bytes < megabytes * 1e6; seed++) {
      const text = fuzzText(seed, CHUNK);
      const ids = bpe.encode(text, scan);
      const expected = Array.from(tiktoken.encode_ordinary(text));
      if (ids.join() !== expected.join()) {
        const at = ids.findIndex((id, i) => id !== expected[i]);
        const around = JSON.stringify(bpe.decode(ids.slice(Math.max(0, at - 4), at + 8)));
        throw new Error(`seed ${seed}: token ${at} is ${ids[at]}, tiktoken says ${expected[at]}, at ${around}`);
      }
      // A lone surrogate has no UTF-8 and comes back as U+FFFD.
      const wellFormed = Buffer.from(text, "utf8").toString("utf8");
      if (bpe.decode(ids) !== wellFormed) throw new Error(`seed ${seed}: decode(encode(text)) is not the text`);
      if (again && again.encode(text, scan).join() !== ids.join())
        throw new Error(`seed ${seed}: merges() loses ranks`);
      bytes += Buffer.byteLength(text);
    }
    tiktoken.free();
  },
  60_000 + megabytes * 5_000,
);

/** The same vocabulary by way of its list of merges. */
function rebuilt(bpe: BPE): BPE {
  return BPE.fromMerges(bpe.merges(), { vocabulary: bpe.tokens(), wholePieces: true });
}

test("known ids: Radford et al.'s encoder for gpt2, tiktoken's README for cl100k_base", () => {
  const gpt2 = loadEncoding("gpt2");
  expect(gpt2.bpe.encode("Hello world", gpt2.scan)).toEqual([15496, 995]);
  expect(gpt2.bpe.encode("Hello, world!", gpt2.scan)).toEqual([15496, 11, 995, 0]);
  const cl100k = loadEncoding("cl100k");
  expect(cl100k.bpe.encode("hello world", cl100k.scan)).toEqual([15339, 1917]);
});

test("long pieces without a scanner agree with tiktoken, runs of one character among them", () => {
  const { bpe, tiktoken } = loadEncoding("cl100k");
  for (const piece of ["a".repeat(3000), "ab".repeat(1500), "abcabca".repeat(300), "=".repeat(257), "й".repeat(1000)]) {
    // Letters, or signs, only: one piece for tiktoken's expression too.
    expect(bpe.encode(piece)).toEqual(Array.from(tiktoken.encode_ordinary(piece)));
  }
});
