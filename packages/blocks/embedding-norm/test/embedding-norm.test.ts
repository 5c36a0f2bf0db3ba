import "@tensorflow/tfjs-backend-wasm";
import { valueAndGrads } from "@llm/ops";
import { expectClose, expectNoLeak, readFixture } from "@llm/testing";
import * as tf from "@tensorflow/tfjs-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { NormedEmbedding } from "../src/index.js";

const t = readFixture<{ ids: never; dy: never; y: never } & Record<"state" | "grads", Record<string, never>>>(
  import.meta.url,
  "fixtures/embedding-norm.json",
);

describe.each(["cpu", "wasm"])("%s", (backend) => {
  beforeAll(async () => void (await tf.setBackend(backend)));
  afterAll(async () => void (await tf.setBackend("cpu")));

  test("PyTorch: values, and gradients of table and norm", () => {
    const module = new NormedEmbedding({ vocabSize: 7, dim: 6 });
    module.loadStateDict(new Map(Object.entries(t.state).map(([name, values]) => [name, tf.tensor(values)])));
    const ids = tf.cast(tf.tensor(t.ids), "int32");
    // The fixture is float64; float32's rounding is about 1e-6 of values near 1.
    expectClose(module.forward(ids), t.y, { absolute: 2e-6 });
    const loss = (): tf.Scalar => tf.sum(tf.mul(module.forward(ids), tf.tensor(t.dy)));
    const { grads } = valueAndGrads(loss, module.namedParameters());
    expect([...grads.keys()]).toEqual(["weight", "norm.weight", "norm.bias"]);
    for (const [name, grad] of grads) expectClose(grad, t.grads[name]!, { absolute: 5e-6 });
    expectNoLeak(() => module.forward(ids));
  });
});

test("stands in for an embedding: a tied head finds the table, and ids are checked", () => {
  const module = new NormedEmbedding({ vocabSize: 5, dim: 4, std: 3, eps: 1 });
  expect(module.weight.shape).toEqual([5, 4]);
  expect(module.norm.eps).toBe(1);
  expect(() => module.forward(tf.tensor([5], [1], "int32"))).toThrow("id 5");
  module.dispose();
});
