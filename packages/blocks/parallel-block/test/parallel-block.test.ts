import "@tensorflow/tfjs-backend-wasm";
import { GroupedQueryAttention } from "@llm/gqa";
import { KVCache } from "@llm/kv-cache";
import { LayerNorm } from "@llm/layernorm";
import { MLP } from "@llm/mlp";
import { gradients, valueAndGrads } from "@llm/ops";
import { Random, withRandom } from "@llm/random";
import { Rope } from "@llm/rope";
import { expectClose, expectNoLeak, readFixture } from "@llm/testing";
import * as tf from "@tensorflow/tfjs-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ParallelBlock, parallelBlock } from "../src/index.js";

interface Packed {
  shape: number[];
  values: number[];
}
interface Case extends Record<"x" | "dy" | "y" | "dx", Packed> {
  kvHeads: number;
  norms: number;
  state: Record<string, Packed>;
  grads: Record<string, Packed>;
}
const { cases, ...sizes } = readFixture<{ cases: Case[] } & Record<"dim" | "heads" | "headDim" | "hiddenDim", number>>(
  import.meta.url,
  "fixtures/falcon.json",
);
const unpack = ({ shape, values }: Packed): tf.Tensor => tf.tensor(values, shape);

function falcon({ kvHeads, norms, state }: Case, dropout = 0) {
  const { dim, hiddenDim, headDim } = sizes;
  const block = new ParallelBlock({
    inputLayernorm: new LayerNorm({ dim }),
    selfAttn: new GroupedQueryAttention({ ...sizes, kvHeads, position: new Rope({ headDim, maxLength: 8 }) }),
    ...(norms === 2 && { mlpLayernorm: new LayerNorm({ dim }) }),
    mlp: new MLP({ dim, hiddenDim, activation: "gelu", bias: false }),
    dropout,
  });
  block.loadStateDict(new Map(Object.entries(state).map(([name, packed]) => [name, unpack(packed)])));
  return block;
}

// float64 against float32 through norms, attention and the feed-forward; values are of size 1 to 10.
const tolerance = { absolute: 3e-5, relative: 1e-4 };

describe.each(["cpu", "wasm"])("%s", (backend) => {
  beforeAll(async () => void (await tf.setBackend(backend)));
  afterAll(async () => void (await tf.setBackend("cpu")));

  test.each(cases)("PyTorch: Falcon's block with $norms norms, $kvHeads heads of keys, all gradients", (t) => {
    const block = falcon(t);
    const [x, dy] = [unpack(t.x), unpack(t.dy)];
    expectClose(block.forward(x), t.y.values, tolerance);
    expectClose(gradients((x) => block.forward(x!), [x], dy)[0]!, t.dx.values, tolerance);
    const { grads } = valueAndGrads(() => tf.sum(tf.mul(block.forward(x), dy)) as tf.Scalar, block.namedParameters());
    expect([...grads.keys()].sort()).toEqual(Object.keys(t.grads).sort());
    for (const [name, grad] of grads) expectClose(grad, t.grads[name]!.values, tolerance);
    expectNoLeak(() => gradients((x) => block.forward(x!), [x], dy));
  });
});

test("hands mask and cache to the attention: step by step equals one pass", () => {
  const block = falcon(cases[0]!);
  const x = unpack(cases[0]!.x);
  const cache = new KVCache({ layers: 1 });
  const steps = [0, 1, 2, 3].map((t) => block.forward(tf.slice(x, [0, t, 0], [2, 1, sizes.dim]), { cache }));
  expectClose(tf.concat(steps, 1), block.forward(x), { absolute: 1e-5, relative: 1e-5 });
  cache.dispose();
});

test("the function: both branches see the stream, normed once where there is one norm", () => {
  let norms = 0;
  const norm = (x: tf.Tensor): tf.Tensor => {
    norms++;
    return tf.mul(x, 10);
  };
  const parts = { norm, attention: (x: tf.Tensor) => tf.add(x, 1), feedForward: (x: tf.Tensor) => tf.neg(x) };
  const x = tf.tensor([[[1, 2]]]);
  expectClose(parallelBlock(x, parts), [1 + 11 - 10, 2 + 21 - 20]);
  expect(norms).toBe(1);
  expectClose(parallelBlock(x, { ...parts, feedForwardNorm: (x) => tf.mul(x, 3) }), [1 + 11 - 3, 2 + 21 - 6]);
});

test("dropout falls on each branch, in training only", () => {
  const block = falcon(cases[0]!, 0.5);
  const x = unpack(cases[0]!.x);
  expect(() => block.forward(x)).toThrow("withRandom");
  expectClose(block.eval().forward(x), cases[0]!.y.values, tolerance);
  const dropped = withRandom(new Random(1), () =>
    parallelBlock(tf.ones([1, 8, 8]), {
      norm: (x) => x,
      attention: (x) => x,
      feedForward: (x) => tf.mul(x, 4),
      dropout: 0.5,
    }),
  );
  // 1 + {0, 2} + {0, 8}: each branch is dropped or doubled by itself, the stream's 1 stays.
  expect([...new Set(dropped.dataSync())].sort((a, b) => a - b)).toEqual([1, 3, 9, 11]);
});

test("a branch that changes the shape is named", () => {
  const same = (x: tf.Tensor): tf.Tensor => x;
  const narrow = (x: tf.Tensor): tf.Tensor => tf.slice(x, [0, 0, 0], [1, 1, 1]);
  const parts = { norm: same, attention: same, feedForward: same };
  expect(() => parallelBlock(tf.ones([1, 1, 2]), { ...parts, attention: narrow })).toThrow(
    "parallelBlock: attention must keep the shape [1,1,2], got [1,1,1]",
  );
  expect(() => parallelBlock(tf.ones([1, 1, 2]), { ...parts, feedForward: narrow })).toThrow("feedForward must keep");
});
