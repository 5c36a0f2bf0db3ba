import "@tensorflow/tfjs-backend-wasm";
import { MultiHeadAttention, type SelfAttentionOptions } from "@llm/attention";
import { CrossAttention, type CrossAttentionOptions } from "@llm/cross-attention";
import { GLU } from "@llm/glu";
import { GroupedQueryAttention } from "@llm/gqa";
import { LayerNorm } from "@llm/layernorm";
import { MLP } from "@llm/mlp";
import { gradients, valueAndGrads } from "@llm/ops";
import { qkNorm } from "@llm/qk-norm";
import type { ResidualStyle } from "@llm/residual";
import { RMSNorm } from "@llm/rmsnorm";
import { Rope } from "@llm/rope";
import { expectClose, expectNoLeak, readFixture } from "@llm/testing";
import * as tf from "@tensorflow/tfjs-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { TransformerBlock, type TransformerBlockConfig } from "../src/index.js";

interface Packed {
  shape: number[];
  values: number[];
}
interface Trained extends Record<"x" | "dy" | "y" | "dx", Packed> {
  state: Record<string, Packed>;
  grads: Record<string, Packed>;
}
type Case = Trained & { style: ResidualStyle; alpha: number; memory?: Packed; dmemory?: Packed };
type Gemma = Trained & Record<"dim" | "heads" | "kvHeads" | "headDim" | "hiddenDim" | "window" | "softCap", number>;
const fixture = readFixture<{ dim: number; heads: number; hiddenDim: number; cases: Case[]; gemma: Gemma }>(
  import.meta.url,
  "fixtures/styles.json",
);
const { dim, heads, hiddenDim } = fixture;
const unpack = ({ shape, values }: Packed): tf.Tensor => tf.tensor(values, shape);

type Block = TransformerBlock<SelfAttentionOptions, CrossAttentionOptions>;

function block({ style, alpha, memory }: Case): Block {
  const norm = (): LayerNorm => new LayerNorm({ dim });
  const second = style === "sandwich" ? { postSelfAttnLayernorm: norm(), postMlpLayernorm: norm() } : {};
  const cross: Partial<TransformerBlockConfig<SelfAttentionOptions, CrossAttentionOptions>> = memory
    ? { crossAttn: new CrossAttention({ dim, heads }), crossAttnLayernorm: norm() }
    : {};
  return new TransformerBlock({
    inputLayernorm: norm(),
    selfAttn: new MultiHeadAttention({ dim, heads }),
    ...cross,
    postAttentionLayernorm: norm(),
    mlp: new MLP({ dim, hiddenDim, activation: "relu" }),
    residual: style,
    ...(style === "deepnorm" || style === "glm" ? { alpha } : {}),
    ...second,
    ...(memory && style === "sandwich" && { postCrossAttnLayernorm: norm() }),
  });
}

// float64 against float32 through norms, attention and the feed-forward; values are of size 1 to 10.
const tolerance = { absolute: 1e-4, relative: 1e-4 };

function expectSame(layer: Block, t: Trained & Partial<Case>): void {
  layer.loadStateDict(new Map(Object.entries(t.state).map(([name, packed]) => [name, unpack(packed)])));
  const inputs = [t.x, ...(t.memory ? [t.memory] : [])].map(unpack);
  const f = (...[x, memory]: tf.Tensor[]): tf.Tensor => layer.forward(x!, memory && { memory });
  expectClose(f(...inputs), t.y.values, tolerance);
  const dy = unpack(t.dy);
  const [dx, dmemory] = gradients(f, inputs, dy);
  expectClose(dx!, t.dx.values, tolerance);
  if (t.dmemory) expectClose(dmemory!, t.dmemory.values, tolerance);
  const { grads } = valueAndGrads(() => tf.sum(tf.mul(f(...inputs), dy)) as tf.Scalar, layer.namedParameters());
  expect([...grads.keys()].sort()).toEqual(Object.keys(t.grads).sort());
  for (const [name, grad] of grads) expectClose(grad, t.grads[name]!.values, tolerance);
  expectNoLeak(() => gradients(f, inputs, dy));
}

describe.each(["cpu", "wasm"])("%s", (backend) => {
  beforeAll(async () => void (await tf.setBackend(backend)));
  afterAll(async () => void (await tf.setBackend("cpu")));

  const named = fixture.cases.map((c): [string, Case] => [`${c.style}${c.memory ? " with cross-attention" : ""}`, c]);
  test.each(named)("values and all gradients are PyTorch's: %s", (_, c) => expectSame(block(c), c));

  test("and of a block like Gemma's: sandwich, QK-norm, RoPE, window, cap, GeGLU, biases on q, k and v", () => {
    const { gemma } = fixture;
    const norm = (): RMSNorm => new RMSNorm({ dim: gemma.dim });
    const position = new Rope({ headDim: gemma.headDim, maxLength: 16 });
    const layer = new TransformerBlock({
      inputLayernorm: norm(),
      selfAttn: new GroupedQueryAttention({
        ...gemma,
        ...qkNorm({ headDim: gemma.headDim }),
        position,
        bias: { q: true, k: true, v: true },
      }),
      postSelfAttnLayernorm: norm(),
      postAttentionLayernorm: norm(),
      mlp: new GLU({ dim: gemma.dim, hiddenDim: gemma.hiddenDim, activation: "gelu" }),
      postMlpLayernorm: norm(),
      residual: "sandwich",
    });
    expectSame(layer, gemma);
    position.dispose();
  });
});

test("names of its children, in every style", () => {
  const names = (c: Case): string[] =>
    Array.from(block(c).namedModules().keys()).filter((path) => /^[^.]+$/.test(path));
  const of = (style: ResidualStyle, cross: boolean): Case =>
    fixture.cases.find((c) => c.style === style && Boolean(c.memory) === cross)!;
  expect(names(of("post", false))).toEqual(["input_layernorm", "self_attn", "post_attention_layernorm", "mlp"]);
  expect(names(of("sandwich", true))).toEqual([
    "input_layernorm",
    "self_attn",
    "post_self_attn_layernorm",
    "cross_attn_layernorm",
    "cross_attn",
    "post_cross_attn_layernorm",
    "post_attention_layernorm",
    "mlp",
    "post_mlp_layernorm",
  ]);
});

test("parts that a style needs are asked for when the block is made", () => {
  const parts = {
    inputLayernorm: new LayerNorm({ dim }),
    selfAttn: new MultiHeadAttention({ dim, heads }),
    postAttentionLayernorm: new LayerNorm({ dim }),
    mlp: new MLP({ dim }),
  };
  expect(() => new TransformerBlock({ ...parts, residual: "sandwich" })).toThrow('"sandwich" needs a second norm');
  expect(() => new TransformerBlock({ ...parts, residual: "deepnorm" })).toThrow('"deepnorm" needs the scale alpha');
  expect(() => new TransformerBlock({ ...parts, residual: "rezero" as never })).toThrow('got "rezero"');
  const crossAttn = new CrossAttention({ dim, heads });
  expect(() => new TransformerBlock({ ...parts, crossAttn })).toThrow(
    "crossAttn needs a norm of its own: crossAttnLayernorm",
  );
});
