import { bool, float32, string, uint32 } from "@llm/gguf";
import { type Change, expectStrangersRefused, expectThereAndBack, fileOf, type InGGUF } from "@llm/gguf-testing";
import { expectClose } from "@llm/testing";
import { mul, tidy, zeros } from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { fromGGUF, fromGGUFConfig, T5, type T5Config, toGGUF, toGGUFConfig } from "../src/index.js";

// That llama.cpp computes the same with such files is shown by packages/tooling/interop.

const exact = { absolute: 0, relative: 0 };
const sizes = { vocabSize: 9, maxLength: 16, dim: 32, heads: 4, headDim: 8, layers: 2, hiddenDim: 24 } as const;
const kinds: [string, T5Config][] = [
  ["version 1", { ...sizes, decoderLayers: 1 }],
  ["version 1.1", { ...sizes, feedForward: "gated-gelu", tied: false, buckets: 16, normEps: 1e-5 }],
];

const storedAs = (model: T5): InGGUF => ({
  model,
  metadata: () => toGGUFConfig(model.config),
  toGGUF: (state) => toGGUF(state, model.config),
  fromGGUF: (state) => fromGGUF(state, model.config),
});

test.each(kinds)("%s: parameters and sizes there and back again", (_, config) => {
  const model = new T5(config);
  expectThereAndBack(storedAs(model));
  expect(fromGGUFConfig(fileOf(storedAs(model)))).toEqual(model.config);
  model.dispose();
});

test("names are llama.cpp's, and a tied head is stored with its scale", () =>
  tidy(() => {
    const model = new T5({ ...sizes, decoderLayers: 1 });
    const theirs = toGGUF(model.namedParameters(), model.config);
    expect(theirs.get("dec.blk.0.attn_rel_b.weight")?.shape).toEqual([32, 4]);
    expect(theirs.get("enc.blk.1.ffn_up.weight")?.shape).toEqual([24, 32]);
    expect([...theirs.keys()]).toContain("dec.blk.0.cross_attn_o.weight");
    expectClose(theirs.get("output.weight")!, mul(model.embedTokens.weight, 32 ** -0.5), exact);
    // A file of llama.cpp's converter: no head, no mark, and a table that nothing reads.
    const file = fileOf(storedAs(model), (metadata) => metadata.delete("t5.tie_word_embeddings"));
    expect(fromGGUFConfig(file).tied).toBe(false);
    file.tensors.delete("output.weight");
    expect(fromGGUFConfig(file).tied).toBe(true);
    theirs.set("dec.blk.0.cross_attn_rel_b.weight", zeros([32, 4]));
    expect(fromGGUF(theirs, model.config).size).toBe(model.namedParameters().size);
    model.dispose();
  }));

test("what the model does not have is an error", () => {
  const model = new T5(sizes);
  expectStrangersRefused(storedAs(model), fromGGUFConfig, { tensor: "enc.blk.1.attn_rel_b.weight" });
  expect(() => toGGUFConfig({ ...sizes, maxDistance: 64 })).toThrow("buckets up to a distance of 128, not 64");
  const file = (change: Change) => () => fromGGUFConfig(fileOf(storedAs(model), change));
  const key = "t5.decoder_block_count";
  expect(file((metadata) => metadata.set(key, uint32(0)))).toThrow("decoderLayers must be a positive whole number");
  expect(file((metadata) => metadata.set(key, string("2")))).toThrow("got the string 2");
  expect(file((metadata) => metadata.delete("t5.attention.key_length"))).toThrow("must be a number");
  expect(file((metadata) => metadata.set("t5.attention.value_length", uint32(9)))).toThrow("value_length must be");
  model.dispose();
});

test("whatever the metadata are, the answer is a configuration or an error that teaches", () => {
  const metadata = toGGUFConfig(sizes);
  const value = fc.oneof(
    fc.constant(undefined),
    fc.string().map(string),
    fc.integer({ min: 0, max: 2 ** 32 - 1 }).map(uint32),
    fc.float().map(float32),
    fc.boolean().map(bool),
  );
  fc.assert(
    fc.property(fc.constantFrom(...metadata.keys()), value, (key, replaced) => {
      const changed = new Map(metadata);
      if (replaced) changed.set(key, replaced);
      else changed.delete(key);
      try {
        expect(fromGGUFConfig({ metadata: changed, tensors: new Map() }).vocabSize).toBeGreaterThan(0);
      } catch (error) {
        expect((error as Error).message).toMatch(/^(T5|metadata|the file holds a model of architecture)/);
      }
    }),
    { numRuns: 300 },
  );
});
