import { MultiHeadAttention, type SelfAttentionOptions } from "@llm/attention";
import { Embedding } from "@llm/embedding";
import { linear } from "@llm/linear";
import { expectClose, expectNoLeak } from "@llm/testing";
import { memory, slice, type Tensor, tensor } from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { Decoder, throughLayers } from "../src/index.js";

// The smallest decoder there is: embedding, attention, the embedding as the head.
class Tiny extends Decoder {
  embed = new Embedding({ vocabSize: 9, dim: 4, std: 1 });
  layers = [new MultiHeadAttention({ dim: 4, heads: 2, std: 1 }), new MultiHeadAttention({ dim: 4, heads: 2, std: 1 })];

  protected hidden(ids: Tensor, options: SelfAttentionOptions): Tensor {
    return throughLayers(this.layers, this.embed.forward(ids), options);
  }

  protected head(hidden: Tensor): Tensor {
    return linear(hidden, this.embed.weight);
  }
}

const tiny = (): Tiny => new Tiny({ vocabSize: 9, maxLength: 6, layers: 2 });
const ids = (...rows: number[][]): Tensor => tensor(rows, [rows.length, rows[0]!.length], "int32");
// Weights of size 1 make values of size 10, whose sums nearly cancel.
const near = { absolute: 1e-5, relative: 1e-5 };

test("no position sees a later one, and with a mask of one's own it may", () => {
  const model = tiny();
  const first = (row: number[], mask?: "none"): Tensor =>
    slice(model.forward(ids(row), mask && { mask }), [0, 0, 0], [1, 1, 9]);
  expectClose(first([1, 2, 3]), first([1, 5, 6]), near);
  expect(first([1, 2, 3], "none").dataSync()).not.toEqual(first([1, 5, 6], "none").dataSync());
  model.dispose();
});

test("a cache continues, and the last logits are the last of all", () => {
  const model = tiny();
  const whole = ids([1, 2, 3, 4, 5]);
  const full = model.forward(whole);
  const last = slice(full, [0, 4, 0], [1, 1, 9]);
  const cache = model.createCache();
  model.forward(slice(whole, [0, 0], [1, 3]), { cache });
  expect(cache.length).toBe(3);
  expectClose(model.forward(slice(whole, [0, 3], [1, 2]), { cache, logits: "last" }), last, near);
  expectClose(model.forward(whole, { logits: "last" }), last, near);
  expect(() => model.forward(ids([1, 2]), { cache })).toThrow("Tiny: 7 positions (5 of them in the cache) exceed");
  cache.dispose();
  model.dispose();
});

test("segments see themselves alone", () => {
  const model = tiny();
  const packed = model.forward(ids([1, 2, 3, 4, 5]), { segments: [[1, 1, 2, 2, 2]] });
  expectClose(slice(packed, [0, 2, 0], [1, 3, 9]), model.forward(ids([3, 4, 5])), near);
  expect(() => model.forward(ids([1]), { segments: [[1]], mask: "none" })).toThrow("segments imply a causal mask");
  expect(() => model.forward(ids([1]), { segments: [[1]], cache: model.createCache() })).toThrow("neither mask nor");
  model.dispose();
});

test("nothing stays behind, and errors teach", () => {
  const before = memory().numTensors;
  const model = tiny();
  expectNoLeak(() => model.forward(ids([1, 2, 3])));
  expectNoLeak(() => model.forward(ids([1, 2]), { logits: "last" }));
  expect(() => model.forward(tensor([1], [1], "int32"))).toThrow("Tiny: ids must be int32 [batch, time]");
  expect(() => model.forward(ids([9]))).toThrow("id 9");
  expect([model.maxLength, model.vocabSize]).toEqual([6, 9]);
  model.dispose();
  // One causal bias is kept by @llm/mask for each backend; the input ids of four passes are the test's own.
  expect(memory().numTensors - before).toBeLessThanOrEqual(7);
});
