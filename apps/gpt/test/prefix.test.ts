// What models that read a prefix in both directions see, in conversations and while they write.

import { Llama } from "@llm/llama";
import { batchTensors, stackRows } from "@llm/objective";
import { prefixLm } from "@llm/prefix-lm";
import { expectClose } from "@llm/testing";
import { reshape, slice, type Tensor, tensor } from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { longestText, spanCorruption, ul2 } from "../src/families/denoising.js";
import type { LanguageModel } from "../src/families/family.js";
import { prefixWriter } from "../src/families/sequences.js";
import { prefixMask } from "../src/run/conversations.js";

test("conversations are open up to their first answer, and stay apart", () => {
  // Two conversations and padding; # is asked nothing. The second has two answers.
  const targets = Int32Array.of(-100, -100, 7, 8, /**/ -100, 5, -100, 6, /**/ -100);
  const segments = Int32Array.of(1, 1, 1, 1, 2, 2, 2, 2, 0);
  const batch = { inputs: new Int32Array(9), targets, segments, batch: 1, context: 9 };
  const rows = reshape(prefixMask(batch), [9, 9]).arraySync() as number[][];
  expect(rows.map((row) => row.join(""))).toEqual([
    ...["111000000", "111000000", "111000000", "111100000"],
    ...["000011000", "000011000", "000011100", "000011110"],
    "000000001",
  ]);
});

test("a writer sees its prompt as the objective's examples do, and goes on with a cache", () => {
  const model = new Llama({ vocabSize: 20, maxLength: 12, dim: 16, heads: 2, layers: 2 }).eval();
  const text = [3, 1, 4, 1, 5, 9, 2, 6];
  // Prefix of 5 of them: position 4 predicts 9, position 6 predicts 6.
  const { ids_BT, mask } = batchTensors(stackRows([[prefixLm(text, { prefix: 5 })]], { padId: 0 }));
  const whole = model.forward(ids_BT, { mask });
  const writer = prefixWriter(model as unknown as LanguageModel, text.slice(0, 5));
  const cache = writer.model.createCache();
  const step = (ids: number[]): Tensor =>
    writer.model.forward(tensor([ids], [1, ids.length], "int32"), { cache, logits: "last" });
  const near = { absolute: 1e-5, relative: 0 };
  expectClose(step(writer.prompt), slice(whole, [0, 4, 0], [1, 1, 20]), near);
  expectClose(step([9]), slice(whole, [0, 5, 0], [1, 1, 20]), near);
  expectClose(step([2]), slice(whole, [0, 6, 0], [1, 1, 20]), near);
  cache.dispose();
  model.dispose();
});

test("texts fill the context by every denoiser, and have no more spans than there are sentinels", () => {
  // T5's helper: inputs of 512 hold 568 tokens, and their targets are 114.
  expect(longestText(spanCorruption, 512, (inputs) => inputs <= 512)).toEqual({ tokens: 568, targets: 114 });
  const { tokens } = longestText(ul2, 64, (inputs, targets) => inputs + targets - 1 <= 64);
  // Half of the text in spans of 3 is the longest form: n + 2·round(n / 6) + 2 ends, with the mode and one shared place.
  expect(tokens + 2 * Math.round(tokens / 6) + 2).toBeLessThanOrEqual(64);
  expect(tokens + 1 + 2 * Math.round((tokens + 1) / 6) + 2).toBeGreaterThan(64);
  // 100 sentinels name half of 600 tokens in spans of 3.
  expect(longestText(ul2, 4096, () => true).tokens).toBeGreaterThan(590);
  expect(longestText(ul2, 4096, () => true).tokens).toBeLessThan(610);
  expect(() => longestText(ul2, 4, (inputs) => inputs <= 3)).toThrow("--context 4 is too short for ul2");
});
