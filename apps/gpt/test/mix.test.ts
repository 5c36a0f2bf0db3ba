// Mixing is free: random combinations of position × norm × residual × attention × feed-forward × block, each a small
// language model on real text, all of which must learn. On other backends they must at least compute.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { AdamW } from "@llm/adamw";
import { alibiSlopes } from "@llm/alibi";
import type { SelfAttentionOptions } from "@llm/attention";
import { causalLmLoss } from "@llm/causal-lm";
import { DataLoader, memorySource } from "@llm/dataloader";
import { Decoder, throughLayers } from "@llm/decoder";
import { glmNormConstants } from "@llm/deepnorm";
import { Embedding } from "@llm/embedding";
import { GLU } from "@llm/glu";
import { GroupedQueryAttention } from "@llm/gqa";
import { LayerNorm } from "@llm/layernorm";
import { LearnedPosition } from "@llm/learned-position";
import { linear } from "@llm/linear";
import { MLP } from "@llm/mlp";
import type { Module } from "@llm/module";
import { ParallelBlock } from "@llm/parallel-block";
import { PartialRMSNorm } from "@llm/partial-rmsnorm";
import { qkNorm } from "@llm/qk-norm";
import { Random } from "@llm/random";
import { RelativeBias } from "@llm/relative-bias";
import { RMSNorm } from "@llm/rmsnorm";
import { Rope } from "@llm/rope";
import { SinusoidalPosition } from "@llm/sinusoidal";
import { available } from "@llm/testing";
import { trainStep } from "@llm/trainer";
import { TransformerBlock } from "@llm/transformer-block";
import { add, getBackend, type Scalar, setBackend, type Tensor, tensor2d, tidy } from "@tensorflow/tfjs-core";
import { afterAll, describe, expect, test } from "vitest";
import { activateBackend } from "../src/backend.js";

const axes = {
  position: ["none", "sinusoidal", "learned", "relative-bias", "rope", "rope-interleaved", "rope-partial", "alibi"],
  norm: ["layer", "layer-without-bias", "rms", "partial-rms"],
  residual: ["pre", "post", "sandwich", "deepnorm", "glm"],
  attention: ["multi-head", "grouped", "multi-query", "window", "sinks", "soft-cap", "qk-rms", "qk-layer"],
  feedForward: ["relu", "gelu", "gelu_tanh", "silu", "squared_relu", "geglu", "swiglu", "reglu"],
  block: ["sequential", "parallel", "parallel-two-norms"],
} as const;
type Mix = { [K in keyof typeof axes]: (typeof axes)[K][number] };

const COUNT = 64;
const [DIM, HEADS, LENGTH, LAYERS] = [16, 4, 16, 2];
const headDim = DIM / HEADS;

/** Each value of an axis in its turn, in an order of the axis' own: all of them occur, in random company. */
function mixes(): Mix[] {
  const random = new Random(5).fork("mix");
  const order = (name: keyof Mix): readonly string[] => {
    const all = Array.from({ length: COUNT }, (_, i) => axes[name][i % axes[name].length] as string);
    return Array.from(random.fork(name).permutation(COUNT), (i) => all[i] as string);
  };
  const columns = (Object.keys(axes) as (keyof Mix)[]).map((name) => [name, order(name)] as const);
  return Array.from(
    { length: COUNT },
    (_, i) => Object.fromEntries(columns.map(([name, all]) => [name, all[i]])) as Mix,
  );
}

type Part = Module & { forward(x: Tensor): Tensor };

class Mixed extends Decoder {
  embed: Embedding;
  places?: LearnedPosition | SinusoidalPosition;
  bias?: RelativeBias;
  layers: (TransformerBlock<SelfAttentionOptions> | ParallelBlock<SelfAttentionOptions>)[];
  norm: Part;
  readonly rope?: Rope;

  constructor(mix: Mix, vocabSize: number, random: Random) {
    super({ vocabSize, maxLength: LENGTH, layers: LAYERS });
    this.embed = new Embedding({ vocabSize, dim: DIM, std: 0.5, random: random.fork("embed") });
    const table = { dim: DIM, maxLength: LENGTH };
    if (mix.position === "learned") this.places = new LearnedPosition({ ...table, random: random.fork("places") });
    if (mix.position === "sinusoidal") this.places = new SinusoidalPosition(table);
    if (mix.position === "relative-bias") this.bias = new RelativeBias({ heads: HEADS, direction: "causal" });
    if (mix.position.startsWith("rope")) {
      const layout = mix.position === "rope-interleaved" ? "interleaved" : "half";
      const rotaryDim = mix.position === "rope-partial" ? headDim / 2 : headDim;
      this.rope = new Rope({ headDim, maxLength: LENGTH, layout, rotaryDim });
    }
    this.layers = Array.from({ length: LAYERS }, (_, i) => blockOf(mix, this.rope, random.fork("layers", i)));
    this.norm = normOf(mix);
  }

  protected hidden(ids: Tensor, options: SelfAttentionOptions): Tensor {
    const t = ids.shape[1] as number;
    const x = this.embed.forward(ids);
    const bias = this.bias?.forward(t);
    const placed = this.places ? add(x, this.places.forward(t)) : x;
    return this.norm.forward(throughLayers(this.layers, placed, bias ? { ...options, bias } : options));
  }

  protected head(hidden: Tensor): Tensor {
    return linear(hidden, this.embed.weight);
  }

  override dispose(): void {
    super.dispose();
    this.rope?.dispose();
  }
}

function normOf({ norm }: Mix): Part {
  if (norm === "rms") return new RMSNorm({ dim: DIM });
  if (norm === "partial-rms") return new PartialRMSNorm({ dim: DIM, fraction: 0.5 });
  return new LayerNorm({ dim: DIM, bias: norm === "layer" });
}

function blockOf(mix: Mix, rope: Rope | undefined, random: Random) {
  const parts = {
    inputLayernorm: normOf(mix),
    selfAttn: attentionOf(mix, rope, random.fork("attention")),
    mlp: feedForwardOf(mix, random.fork("mlp")),
  };
  if (mix.block === "parallel") return new ParallelBlock<SelfAttentionOptions>(parts);
  if (mix.block === "parallel-two-norms") {
    return new ParallelBlock<SelfAttentionOptions>({ ...parts, mlpLayernorm: normOf(mix) });
  }
  const second = mix.residual === "sandwich";
  const scaled = mix.residual === "deepnorm" || mix.residual === "glm";
  return new TransformerBlock<SelfAttentionOptions>({
    ...parts,
    postAttentionLayernorm: normOf(mix),
    residual: mix.residual,
    ...(scaled && { alpha: glmNormConstants(LAYERS).alpha }),
    ...(second && { postSelfAttnLayernorm: normOf(mix), postMlpLayernorm: normOf(mix) }),
  });
}

function attentionOf({ attention, position }: Mix, rope: Rope | undefined, random: Random): GroupedQueryAttention {
  const kvHeads = attention === "grouped" ? 2 : attention === "multi-query" ? 1 : HEADS;
  return new GroupedQueryAttention({
    ...{ dim: DIM, heads: HEADS, kvHeads, random },
    ...(rope && { position: rope }),
    ...(position === "alibi" && { slopes: alibiSlopes(HEADS) }),
    ...(attention === "window" && { window: 6 }),
    ...(attention === "sinks" && { window: 5, sinks: 2 }),
    ...(attention === "soft-cap" && { softCap: 20 }),
    ...(attention === "qk-rms" && qkNorm({ headDim, kind: "rms" })),
    ...(attention === "qk-layer" && qkNorm({ headDim, kind: "layer" })),
  });
}

function feedForwardOf({ feedForward }: Mix, random: Random): Part {
  const gates = { geglu: "gelu", swiglu: "silu", reglu: "relu" } as const;
  if (feedForward in gates) {
    const activation = gates[feedForward as keyof typeof gates];
    return new GLU({ dim: DIM, hiddenDim: 32, activation, random });
  }
  return new MLP({ dim: DIM, hiddenDim: 32, activation: feedForward as "relu", random });
}

/** This project's own prose, a token a character. */
function text(): { ids: number[]; vocabSize: number } {
  const path = fileURLToPath(new URL("../../../CONTRIBUTING.md", import.meta.url));
  const letters = [...readFileSync(path, "utf8").toLowerCase()];
  const known = [...new Set(letters)].sort();
  return { ids: letters.map((letter) => known.indexOf(letter)), vocabSize: known.length };
}

/** The losses of some steps of training. */
async function losses(mix: Mix, steps: number): Promise<number[]> {
  const { ids, vocabSize } = text();
  const model = new Mixed(mix, vocabSize, new Random(1));
  const parameters = model.namedParameters();
  const optimizer = new AdamW(parameters, { weightDecay: 0 });
  const loader = new DataLoader(memorySource(ids), { batch: 8, context: LENGTH, seed: 2 });
  const found: number[] = [];
  for (let step = 0; step < steps; step++) {
    const result = await trainStep({
      parameters,
      optimizer,
      loss: ({ inputs, targets, batch, context }) =>
        tidy(() => {
          const logits = model.forward(tensor2d(inputs, [batch, context], "int32"));
          return causalLmLoss(logits, tensor2d(targets, [batch, context], "int32")) as Scalar;
        }),
      batches: [loader.batchAt(step)],
      learningRate: 1e-2,
      clip: 1,
      random: new Random(step),
    });
    if (result.skipped) throw new Error(`step ${step}: loss ${result.loss}, gradient norm ${result.gradNorm}`);
    found.push(result.loss);
  }
  optimizer.dispose();
  model.dispose();
  return found;
}

const all = mixes();
const nameOf = (mix: Mix): string => Object.values(mix).join(" · ");
const mean = (values: readonly number[]): number => values.reduce((sum, x) => sum + x, 0) / values.length;

test("every value of every axis occurs, and no combination twice", () => {
  for (const [name, values] of Object.entries(axes)) {
    expect(new Set(all.map((mix) => mix[name as keyof Mix]))).toEqual(new Set(values));
  }
  expect(new Set(all.map(nameOf)).size).toBe(COUNT);
});

describe("random combinations", () => {
  const before = getBackend();
  afterAll(async () => void (await setBackend(before)));

  test("all learn, on simd", { timeout: 300_000 }, async () => {
    await activateBackend("simd");
    const stuck: string[] = [];
    for (const mix of all) {
      const found = await losses(mix, 40);
      // A fresh model guesses worse than evenly, ln V; one that learns is soon well below it.
      const gain = mean(found.slice(0, 3)) - mean(found.slice(-5));
      const even = Math.log(text().vocabSize);
      if (!(gain > 1 && mean(found.slice(-5)) < even - 0.5))
        stuck.push(`${nameOf(mix)}: ${found[0]} → ${found.at(-1)}`);
    }
    expect(stuck).toEqual([]);
  });

  const native = available("native");
  for (const backend of ["cpu", ...(native ? (["native"] as const) : [])] as const) {
    test(`all compute the same losses on ${backend}`, { timeout: 300_000 }, async () => {
      for (const mix of all) {
        await activateBackend("simd");
        const expected = await losses(mix, 2);
        await activateBackend(backend);
        const found = await losses(mix, 2);
        for (const [step, loss] of found.entries()) {
          expect(Math.abs(loss - (expected[step] as number)), nameOf(mix)).toBeLessThan(1e-3);
        }
      }
    });
  }
});
