import { expectClose } from "@llm/testing";
import { memory, tensor } from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { GradientHistory, gradientNorms, layerOf } from "../src/index.js";

test("parts of a model by name", () => {
  expect(
    [
      "layers.3.self_attn.q_proj.weight",
      "model.layers.12.mlp.fc_in.bias",
      "h.0.attn.weight",
      "embed_tokens.weight",
    ].map(layerOf),
  ).toEqual(["layers.3", "model.layers.12", "h.0", "embed_tokens"]);
});

test("norms of the parts; their root of squares is the global norm; nothing stays behind", async () => {
  const grads = new Map([
    ["layers.0.a.weight", tensor([3, 0], [1, 2])],
    ["layers.0.b.weight", tensor([4])],
    ["norm.weight", tensor([1, 2, 2])],
  ]);
  const before = memory().numTensors;
  const norms = await gradientNorms(grads);
  expect(memory().numTensors).toBe(before);
  expect([...norms.keys()]).toEqual(["layers.0", "norm"]);
  expectClose([...norms.values()], [5, 3]);
  const all = await gradientNorms(grads, () => "all");
  expectClose([...all.values()], [Math.hypot(5, 3)]);
  expect((await gradientNorms(new Map())).size).toBe(0);
});

test("a history keeps the newest steps, and names the part that jumped", () => {
  const history = new GradientHistory(4);
  expect(history.hottest()).toBeUndefined();
  for (let step = 0; step < 6; step++) {
    history.push(
      step,
      new Map([
        ["embed_tokens", step === 5 ? 40 : 4],
        ["layers.0", 1 + step / 10],
      ]),
    );
  }
  history.push(6, new Map([["embed_tokens", 40]]));
  expect(history.steps).toEqual([3, 4, 5, 6]);
  expect(history.groups).toEqual(["embed_tokens", "layers.0"]);
  expect(history.series("layers.0")).toEqual([1.3, 1.4, 1.5, Number.NaN]);
  expect(history.series("embed_tokens")).toEqual([4, 4, 40, 40]);
  expect(history.hottest()).toEqual({ group: "embed_tokens", ratio: 10 });
});
