// Mixing is free: random combinations of position × norm × residual × attention × feed-forward × block, each trained on
// real text (this house's own pages), all learn. `LLM_TEST_BACKEND=simd npm test -- packages/tooling/conformance` runs it
// on another backend.

import { readFileSync } from "node:fs";
import { AdamW } from "@llm/adamw";
import { alibiSlopes } from "@llm/alibi";
import { MultiHeadAttention, type SelfAttentionOptions } from "@llm/attention";
import { crossEntropy } from "@llm/cross-entropy";
import { deepNormConstants, glmNormConstants } from "@llm/deepnorm";
import { Embedding } from "@llm/embedding";
import { GLU } from "@llm/glu";
import { GroupedQueryAttention } from "@llm/gqa";
import { LayerNorm } from "@llm/layernorm";
import { LearnedPosition } from "@llm/learned-position";
import { Linear } from "@llm/linear";
import { MLP } from "@llm/mlp";
import { Module } from "@llm/module";
import { valueAndGrads } from "@llm/ops";
import { ParallelBlock } from "@llm/parallel-block";
import { PartialRMSNorm } from "@llm/partial-rmsnorm";
import { qkNorm } from "@llm/qk-norm";
import { Random } from "@llm/random";
import { RelativeBias } from "@llm/relative-bias";
import { RMSNorm } from "@llm/rmsnorm";
import { Rope } from "@llm/rope";
import { ShawAttention } from "@llm/shaw-relative";
import { SinusoidalPosition } from "@llm/sinusoidal";
import { TransformerBlock } from "@llm/transformer-block";
import { add, memory, type Scalar, type Tensor, tensor, tidy } from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";

const choices = {
  position: ["none", "learned", "sinusoidal", "rope", "interleaved rope", "partial yarn", "alibi", "t5", "shaw"],
  norm: ["layer", "layer without bias", "rms", "partial rms"],
  residual: ["pre", "post", "sandwich", "deepnorm", "glm"],
  attention: ["mha", "gqa", "mqa", "window", "window and sinks", "capped", "qk-norm"],
  feedForward: ["gelu", "relu", "squared_relu", "glu", "swiglu", "geglu", "reglu"],
  block: ["sequential", "sequential", "parallel", "parallel with two norms"],
} as const;
type Combination = { [K in keyof typeof choices]: (typeof choices)[K][number] };

const [DIM, HEADS, LAYERS, TIME, BATCH, VOCABULARY, STEPS] = [16, 4, 2, 16, 4, 128, 16];

class Model extends Module {
  embedTokens: Embedding;
  embedPositions: LearnedPosition | SinusoidalPosition | undefined;
  relativeBias: RelativeBias | undefined;
  layers: (TransformerBlock<SelfAttentionOptions> | ParallelBlock<SelfAttentionOptions>)[];
  norm: Module & { forward(x: Tensor): Tensor };
  head: Linear;

  constructor(of: Combination, random: Random) {
    super();
    this.embedTokens = new Embedding({ vocabSize: VOCABULARY, dim: DIM, std: 0.5, random });
    if (of.position === "learned") this.embedPositions = new LearnedPosition({ maxLength: TIME, dim: DIM, random });
    if (of.position === "sinusoidal") this.embedPositions = new SinusoidalPosition({ maxLength: TIME, dim: DIM });
    if (of.position === "t5") this.relativeBias = new RelativeBias({ heads: HEADS, direction: "causal", random });
    this.layers = Array.from({ length: LAYERS }, (_, i) => block(of, random.fork(i)));
    this.norm = norm(of);
    this.head = new Linear({ inDim: DIM, outDim: VOCABULARY, random: random.fork("head") });
  }

  forward(ids_BT: Tensor): Tensor {
    const embedded = this.embedTokens.forward(ids_BT);
    const placed = this.embedPositions ? add(embedded, this.embedPositions.forward(TIME)) : embedded;
    const bias = this.relativeBias?.forward(TIME);
    return this.head.forward(this.norm.forward(this.layers.reduce((x, layer) => layer.forward(x, { bias }), placed)));
  }
}

function norm({ norm }: Combination): LayerNorm | RMSNorm | PartialRMSNorm {
  if (norm === "rms") return new RMSNorm({ dim: DIM });
  if (norm === "partial rms") return new PartialRMSNorm({ dim: DIM, fraction: 0.5 });
  return new LayerNorm({ dim: DIM, bias: norm === "layer" });
}

function attention({ position, attention }: Combination, random: Random) {
  const headDim = DIM / HEADS;
  const yarn = { kind: "yarn", factor: 2, originalLength: 8 } as const;
  const rotations: Partial<Record<typeof position, Rope>> = {
    rope: new Rope({ headDim, maxLength: TIME }),
    "interleaved rope": new Rope({ headDim, maxLength: TIME, layout: "interleaved" }),
    "partial yarn": new Rope({ headDim, rotaryDim: 2, maxLength: TIME, scaling: yarn }),
  };
  const extras = {
    window: { window: 5 },
    "window and sinks": { window: 4, sinks: 2 },
    capped: { softCap: 5 },
    "qk-norm": qkNorm({ headDim }),
  };
  const config = {
    ...{ dim: DIM, heads: HEADS, random, position: rotations[position] },
    ...(position === "alibi" && { slopes: alibiSlopes(HEADS) }),
    ...(position === "t5" && { scale: 1, std: 0.1 }),
    ...(attention in extras && extras[attention as keyof typeof extras]),
  };
  if (position === "shaw") return new ShawAttention({ ...config, maxDistance: 4 });
  if (attention === "gqa" || attention === "mqa") {
    return new GroupedQueryAttention({ ...config, kvHeads: attention === "gqa" ? 2 : 1 });
  }
  return new MultiHeadAttention(config);
}

function feedForward({ feedForward }: Combination, random: Random): MLP | GLU {
  const gates = { glu: "sigmoid", swiglu: "silu", geglu: "gelu", reglu: "relu" } as const;
  if (feedForward in gates) {
    return new GLU({ dim: DIM, hiddenDim: 40, activation: gates[feedForward as keyof typeof gates], random });
  }
  return new MLP({ dim: DIM, activation: feedForward as "gelu" | "relu" | "squared_relu", random });
}

function block(of: Combination, random: Random) {
  const parts = { inputLayernorm: norm(of), selfAttn: attention(of, random), mlp: feedForward(of, random.fork("mlp")) };
  if (of.block !== "sequential") {
    return new ParallelBlock({ ...parts, ...(of.block === "parallel with two norms" && { mlpLayernorm: norm(of) }) });
  }
  const deep = deepNormConstants({ decoderLayers: LAYERS }).decoder?.alpha;
  const alpha = of.residual === "deepnorm" ? deep : of.residual === "glm" ? glmNormConstants(LAYERS).alpha : undefined;
  return new TransformerBlock<SelfAttentionOptions>({
    ...parts,
    postAttentionLayernorm: norm(of),
    residual: of.residual,
    ...(alpha !== undefined && { alpha }),
    ...(of.residual === "sandwich" && { postSelfAttnLayernorm: norm(of), postMlpLayernorm: norm(of) }),
  });
}

const root = new URL("../../../../", import.meta.url);
const text = ["CONTRIBUTING.md", "ARCHITECTURE.md"].map((file) => readFileSync(new URL(file, root), "utf8")).join("\n");
const ids = Array.from(text, (letter) => Math.min(VOCABULARY - 1, letter.codePointAt(0) as number));

function batch(random: Random): { inputs: Tensor; targets: Tensor } {
  const starts = Array.from({ length: BATCH }, () => random.uint32() % (ids.length - TIME - 1));
  const rows = (shift: number): Tensor =>
    tensor(
      starts.flatMap((start) => ids.slice(start + shift, start + shift + TIME)),
      [BATCH, TIME],
      "int32",
    );
  return { inputs: rows(0), targets: rows(1) };
}

/** Losses on one held-out batch before and after the steps. */
function train(of: Combination, seed: number): [number, number] {
  const random = new Random(seed);
  const model = new Model(of, random.fork("weights"));
  const optimizer = new AdamW(model.namedParameters());
  const loss = ({ inputs, targets }: ReturnType<typeof batch>): Scalar =>
    crossEntropy(model.forward(inputs), targets) as Scalar;
  const evaluate = (): number => tidy(() => loss(batch(random.fork("held out"))).dataSync()[0] as number);
  const before = evaluate();
  for (let step = 0; step < STEPS; step++) {
    tidy(() => {
      const drawn = batch(random.fork("step", step));
      optimizer.step(valueAndGrads(() => loss(drawn), model.namedParameters()).grads, 0.02);
    });
  }
  const after = evaluate();
  optimizer.dispose();
  model.dispose();
  return [before, after];
}

const draw = new Random(60);
const pick = <T>(of: readonly T[]): T => of[draw.uint32() % of.length] as T;
const combinations = Array.from({ length: 64 }, (_, i): [string, Combination, number] => {
  const of = Object.fromEntries(Object.entries(choices).map(([name, of]) => [name, pick<string>(of)])) as Combination;
  return [`${i}: ${Object.values(of).join(", ")}`, of, i];
});

test("every choice is drawn", () => {
  for (const [name, of] of Object.entries(choices)) {
    const drawn = new Set(combinations.map(([, combination]) => combination[name as keyof Combination]));
    expect([name, ...[...drawn].sort()]).toEqual([name, ...[...new Set<string>(of)].sort()]);
  }
});

test.each(combinations)("learns: %s", (_, of, seed) => {
  const tensors = memory().numTensors;
  const [before, after] = train(of, seed);
  // Uniform guessing is ln 128 = 4.85. Sixteen steps teach at least which letters are frequent.
  expect(after).toBeLessThan(before - 0.7);
  expect(after).toBeLessThan(4);
  // Tables of rotations and of sines, and masks that all layers share, may have come into being.
  expect(memory().numTensors - tensors).toBeLessThanOrEqual(10);
});
