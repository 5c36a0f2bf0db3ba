import { Random, withRandom } from "@llm/random";
import { expectClose } from "@llm/testing";
import { type Tensor, tensor } from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  Transformer,
  type TransformerConfig,
  transformerParameterCount,
  transformerPresets,
  transformerTraits,
} from "../src/index.js";

const tiny: TransformerConfig = { vocabSize: 23, maxLength: 8, dim: 12, heads: 3, layers: 2 };
const ids = (...rows: number[][]): Tensor => tensor(rows, [rows.length, rows[0]!.length], "int32");

test("the paper's sizes: 65 and 213 million, less what the paper does not describe", () => {
  const counts = Object.entries(transformerPresets).map(([name, config]) => [name, transformerParameterCount(config)]);
  expect(Object.fromEntries(counts)).toEqual({ "transformer-base": 63_082_496, "transformer-big": 214_245_376 });
});

test("the count is that of a real model", () => {
  const config = fc.record({
    vocabSize: fc.integer({ min: 1, max: 30 }),
    heads: fc.integer({ min: 1, max: 3 }),
    layers: fc.integer({ min: 1, max: 2 }),
    decoderLayers: fc.integer({ min: 1, max: 2 }),
    hiddenDim: fc.integer({ min: 1, max: 20 }),
  });
  fc.assert(
    fc.property(config, (sizes) => {
      const model = new Transformer({ ...sizes, dim: 2 * sizes.heads });
      const count = model.parameterCount();
      model.dispose();
      expect(transformerParameterCount(model.config)).toBe(count);
    }),
    { numRuns: 15 },
  );
});

test("the same seed gives the same weights; dropout is on in training alone", () => {
  const [a, b] = [new Transformer(tiny, new Random(3)), new Transformer({ ...tiny, dropout: 0.5 }, new Random(3))];
  const name = "decoder.layers.1.cross_attn.q_proj.weight";
  expectClose(a.stateDict().get(name)!, b.stateDict().get(name)!, { absolute: 0, relative: 0 });
  const draw = (seed: number): Float32Array =>
    withRandom(new Random(seed), () => b.forward(ids([1, 2]), ids([1, 3]))).dataSync() as Float32Array;
  expect(draw(1)).not.toEqual(draw(2));
  b.eval();
  expect(draw(1)).toEqual(draw(2));
  expectClose(b.forward(ids([1, 2]), ids([1, 3])), a.forward(ids([1, 2]), ids([1, 3])), { absolute: 0, relative: 0 });
  for (const model of [a, b]) model.dispose();
});

test("details in words, and errors that teach", () => {
  expect(transformerTraits(transformerPresets["transformer-base"])).toMatchObject({ position: "sinusoidal" });
  expect(() => new Transformer({ ...tiny, heads: 5 })).toThrow("Transformer: heads must divide dim = 12, got 5");
  expect(() => transformerParameterCount({ ...tiny, layers: 0 })).toThrow("layers must be a positive whole number");
});
