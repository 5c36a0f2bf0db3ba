import "@tensorflow/tfjs-backend-wasm";
import { MultiHeadAttention, type SelfAttentionOptions } from "@llm/attention";
import { KVCache } from "@llm/kv-cache";
import { Linear } from "@llm/linear";
import { Module, parameter } from "@llm/module";
import { gradients, valueAndGrads } from "@llm/ops";
import { Random, withRandom } from "@llm/random";
import { expectClose, expectNoLeak, readFixture } from "@llm/testing";
import {
  add,
  concat,
  mean,
  mul,
  ones,
  relu,
  rsqrt,
  type Scalar,
  setBackend,
  slice,
  square,
  squaredDifference,
  sub,
  sum,
  type Tensor,
  tensor,
  type Variable,
  zeros,
} from "@tensorflow/tfjs-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Sublayer, TransformerBlock, transformerBlock } from "../src/index.js";

interface Packed {
  shape: number[];
  values: number[];
}
interface Fixture extends Record<"x" | "dy" | "y" | "dx", Packed> {
  dim: number;
  heads: number;
  hiddenDim: number;
  state: Record<string, Packed>;
  grads: Record<string, Packed>;
}
const fixture = readFixture<Fixture>(import.meta.url, "fixtures/block.json");
const unpack = ({ shape, values }: Packed): Tensor => tensor(values, shape);

// The plainest parts there are, so that only the block is under test.
class Norm extends Module {
  weight: Variable;
  bias: Variable;
  constructor(dim: number) {
    super();
    this.weight = parameter(ones([dim]));
    this.bias = parameter(zeros([dim]));
  }
  forward(x: Tensor): Tensor {
    const center = mean(x, -1, true);
    const variance = mean(squaredDifference(x, center), -1, true);
    return add(mul(mul(sub(x, center), rsqrt(add(variance, 1e-5))), this.weight), this.bias);
  }
}
class FeedForward extends Module {
  fcIn: Linear;
  fcOut: Linear;
  constructor(dim: number, hiddenDim: number) {
    super();
    this.fcIn = new Linear({ inDim: dim, outDim: hiddenDim });
    this.fcOut = new Linear({ inDim: hiddenDim, outDim: dim });
  }
  forward(x: Tensor): Tensor {
    return this.fcOut.forward(relu(this.fcIn.forward(x)));
  }
}

function block({ dropout = 0 } = {}): TransformerBlock<SelfAttentionOptions> {
  const { dim, heads, hiddenDim, state } = fixture;
  const made = new TransformerBlock({
    inputLayernorm: new Norm(dim),
    selfAttn: new MultiHeadAttention({ dim, heads }),
    postAttentionLayernorm: new Norm(dim),
    mlp: new FeedForward(dim, hiddenDim),
    dropout,
  });
  // Strict: the names are exactly those of the fixture.
  made.loadStateDict(new Map(Object.entries(state).map(([name, packed]) => [name, unpack(packed)])));
  return made;
}

describe.each(["cpu", "wasm"])("%s", (backend) => {
  beforeAll(async () => void (await setBackend(backend)));
  afterAll(async () => void (await setBackend("cpu")));

  test("is PyTorch's TransformerEncoderLayer with norm_first and a causal mask, gradients included", () => {
    const layer = block();
    const [x, dy] = [unpack(fixture.x), unpack(fixture.dy)];
    // float64 against float32 through two norms, attention and the feed-forward; values are of size 1 to 10.
    const tolerance = { absolute: 1e-4, relative: 1e-4 };
    expectClose(layer.forward(x), fixture.y.values, tolerance);
    const { grads } = valueAndGrads(() => sum(mul(layer.forward(x), dy)) as Scalar, layer.namedParameters());
    expect([...grads.keys()].sort()).toEqual(Object.keys(fixture.grads).sort());
    for (const [name, expected] of Object.entries(fixture.grads)) {
      expectClose(grads.get(name)!, expected.values, tolerance);
    }
    const [dx] = gradients((x) => layer.forward(x!), [x], dy) as [Tensor];
    expectClose(dx, fixture.dx.values, tolerance);
  });
});

test("hands mask, cache and layer to the attention", () => {
  const layer = block();
  const x = unpack(fixture.x);
  const full = layer.forward(x);
  const cache = new KVCache({ layers: 1 });
  const pieces = [
    [0, 3],
    [3, 1],
    [4, 1],
  ].map(([from, size]) => layer.forward(slice(x, [0, from!, 0], [2, size!, 8]), { cache, layer: 0 }));
  // The same float32 sums, in another order where the product's shape differs; values are of size 10.
  expectClose(concat(pieces, 1), full, { absolute: 1e-5, relative: 1e-5 });
  cache.dispose();
  expect(() => expectClose(layer.forward(x, { mask: "none" }), full, { absolute: 1e-2 })).toThrow("expected");
});

test("the function adds each branch to the stream", () => {
  const y = transformerBlock(tensor([[[1, 2]]]), [
    { name: "attention", norm: (x) => mul(x, 10), layer: (x) => add(x, 1) },
    { name: "feedForward", norm: (x) => square(x), layer: (x) => mul(x, -1) },
  ]);
  expectClose(y, [12 - 144, 23 - 529]);
});

test("dropout falls on both branches, never on the stream, and in training only", () => {
  const layer = block({ dropout: 0.5 });
  const x = unpack(fixture.x);
  expect(() => layer.forward(x)).toThrow("withRandom");
  expectClose(layer.eval().forward(x), fixture.y.values, { absolute: 1e-4, relative: 1e-4 });
  const layers: Sublayer[] = [
    { name: "attention", norm: (x) => x, layer: (x) => x },
    { name: "feedForward", norm: (x) => zeros(x.shape), layer: (x) => add(x, 4) },
  ];
  const attended = withRandom(new Random(1), () => transformerBlock(ones([1, 8, 8]), layers, { dropout: 0.5 }));
  // 1 + {0, 2} + {0, 8}: each branch element is dropped or doubled, the stream's 1 stays.
  expect([...new Set(attended.dataSync())].sort((a, b) => a - b)).toEqual([1, 3, 9, 11]);
});

test("parts can be replaced by path", () => {
  const layer = block();
  expect([...layer.namedModules().keys()].slice(0, 3)).toEqual(["", "input_layernorm", "self_attn"]);
  layer.setModule("mlp", new FeedForward(8, 3));
  expect(layer.namedParameters().get("mlp.fc_in.weight")!.shape).toEqual([3, 8]);
});

test("no tensor stays behind", () => {
  const layer = block();
  const x = unpack(fixture.x);
  expectNoLeak(() => layer.forward(x));
  expectNoLeak(() => gradients((x) => layer.forward(x!), [x]));
});

test("a layer that changes the shape is named", () => {
  const narrow = (name: string): Sublayer => ({
    name,
    norm: (x) => x,
    layer: (x) => slice(x, [0, 0, 0], [1, 1, 1]),
  });
  for (const name of ["attention", "feedForward"]) {
    expect(() => transformerBlock(ones([1, 1, 2]), [narrow(name)])).toThrow(
      `${name} must keep the shape [1,1,2], got [1,1,1]`,
    );
  }
});
