import { MultiHeadAttention, type SelfAttentionOptions } from "@llm/attention";
import { CrossAttention } from "@llm/cross-attention";
import { Embedding } from "@llm/embedding";
import { linear } from "@llm/linear";
import { expectClose, expectNoLeak } from "@llm/testing";
import { add, memory, slice, type Tensor, tensor } from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { type DecoderLayerOptions, EncoderDecoder, shiftRight } from "../src/index.js";

// The smallest model that has both sides: attention alone, and two layers that look at the source.
class Tiny extends EncoderDecoder {
  embed = new Embedding({ vocabSize: 23, dim: 12, std: 1 });
  encoder = new MultiHeadAttention({ dim: 12, heads: 3, std: 0.5 });
  decoder = new MultiHeadAttention({ dim: 12, heads: 3, std: 0.5 });
  layers = [new CrossAttention({ dim: 12, heads: 3, std: 0.5 }), new CrossAttention({ dim: 12, heads: 3 })];

  protected encoded(ids: Tensor, options: SelfAttentionOptions): Tensor {
    return this.encoder.forward(this.embed.forward(ids), options);
  }

  protected decoded(ids: Tensor, options: DecoderLayerOptions): Tensor {
    const own = this.decoder.forward(this.embed.forward(ids), options);
    return this.layers.reduce((x, each, layer) => add(x, each.forward(x, { ...options, layer })), own);
  }

  protected crossAttentions(): CrossAttention[] {
    return this.layers;
  }

  protected head(hidden: Tensor): Tensor {
    return linear(hidden, this.embed.weight);
  }
}

const make = (): Tiny => new Tiny({ vocabSize: 23, maxLength: 8, decoderLayers: 1 }).eval();
const ids = (...rows: number[][]): Tensor => tensor(rows, [rows.length, rows[0]!.length], "int32");
const int32 = (...values: number[]): Tensor => tensor(values, [values.length], "int32");
const near = { absolute: 1e-5, relative: 1e-5 };
const source = (): Tensor => ids([3, 1, 4, 1, 5], [2, 7, 1, 8, 2]);
const target = (): Tensor => ids([1, 9, 2, 6], [1, 5, 3, 5]);

test("the decoder sees all of the source, and of the target nothing that comes later", () => {
  const model = make();
  const rows = (s: Tensor, t: Tensor): Tensor => slice(model.forward(s, t), [0, 0, 0], [1, 2, 23]);
  const plain = rows(ids([3, 1, 4]), ids([1, 9, 2]));
  expectClose(rows(ids([3, 1, 4]), ids([1, 9, 7])), plain, near);
  expect(rows(ids([3, 1, 5]), ids([1, 9, 2])).dataSync()).not.toEqual(plain.dataSync());
  model.dispose();
});

test("padding of the source changes nothing", () => {
  const model = make();
  const alone = model.forward(ids([3, 1, 4]), ids([1, 9, 2]));
  const padded = model.forward(ids([3, 1, 4, 20, 21]), ids([1, 9, 2]), { sourceLengths: int32(3) });
  expectClose(padded, alone, near);
  model.dispose();
});

test("step by step, with the source read once, gives the logits of one pass", () => {
  const model = make();
  const lengths = int32(5, 3);
  const full = model.forward(source(), target(), { sourceLengths: lengths });
  const decoder = model.decoderOf(source(), { lengths });
  for (const steps of [
    [1, 1, 1, 1],
    [3, 1],
  ]) {
    const cache = decoder.createCache();
    let from = 0;
    for (const length of steps) {
      const part = decoder.forward(slice(target(), [0, from], [2, length]), { cache });
      expectClose(part, slice(full, [0, from, 0], [2, length, 23]), near);
      from += length;
    }
    cache.dispose();
  }
  const last = decoder.forward(target(), { logits: "last" });
  expectClose(last, slice(full, [0, 3, 0], [2, 1, 23]), near);
  decoder.dispose();
  model.dispose();
});

test("a cross mask hides parts of the source", () => {
  const model = make();
  const memoryOf = (row: number[]): Tensor => model.encode(ids(row));
  const crossMask = tensor([[[[true, false, false]]]], [1, 1, 1, 3], "bool");
  const hidden = model.decode(ids([1]), memoryOf([3, 1, 4]), { crossMask });
  const only = model.decode(ids([1]), slice(memoryOf([3, 1, 4]), [0, 0, 0], [1, 1, 12]));
  expectClose(hidden, only, near);
  model.dispose();
});

test("teacher forcing reads one step behind, and -100 is no token", () => {
  expect(Array.from(shiftRight([9, 10, 2], { startId: 1 }))).toEqual([1, 9, 10]);
  expect(Array.from(shiftRight([9, -100, 2], { startId: 1, padId: 0 }))).toEqual([1, 9, 0]);
  expect(Array.from(shiftRight([], { startId: 1 }))).toEqual([]);
});

test("nothing stays behind, and errors teach", () => {
  const model = make();
  expectNoLeak(() => model.forward(source(), target()));
  expectNoLeak(() => {
    const decoder = model.decoderOf(source());
    const cache = decoder.createCache();
    decoder.forward(ids([1], [1]), { cache });
    cache.dispose();
    decoder.dispose();
  });
  const before = memory().numTensors;
  const inputs = source();
  model.decoderOf(inputs).dispose();
  inputs.dispose();
  expect(memory().numTensors).toBe(before);
  expect(() => model.encode(tensor([[1]]))).toThrow("Tiny: ids must be int32 [batch, time]");
  expect(() => model.encode(ids([1, 2, 3, 4, 5, 6, 7, 8, 9]))).toThrow("9 positions exceed");
  expect(() => model.forward(ids([1]), ids([23]))).toThrow("id 23");
  model.dispose();
});
