// The same deep model again and again, each time with another measure against divergence.

import { AdamW } from "@llm/adamw";
import { causalLmLoss } from "@llm/causal-lm";
import { type Batch, DataLoader, memorySource } from "@llm/dataloader";
import { valueAndGrads } from "@llm/ops";
import { Random } from "@llm/random";
import { gpt2Init, gradientNorms, initialize, shrinkEmbeddingGradient, smallInit, spikeRecovery } from "@llm/stability";
import { train } from "@llm/trainer";
import { dispose, type Scalar, tensor2d, tidy } from "@tensorflow/tfjs-core";
import { DeepModel, type DeepModelConfig } from "./deep-model.js";
import { Sgd } from "./sgd.js";

/** What all runs have in common. */
export interface ExperimentConfig {
  /** `sgd` has momentum; its steps grow with the gradients, and so does what goes wrong. */
  optimizer: "adamw" | "sgd";
  layers: number;
  dim: number;
  heads: number;
  context: number;
  batch: number;
  steps: number;
  learningRate: number;
  seed: number;
}

/** A measure: what it changes in the model, its first weights and its training. */
export interface Measure {
  name: string;
  model?: Partial<DeepModelConfig>;
  init?: "gpt2" | "small";
  warmup?: number;
  clip?: number;
  zLoss?: number;
  embeddingShrink?: number;
  /** Factor of the learning rate. */
  rate?: number;
  recover?: boolean;
}

/** One at a time, each added to the bare Post-LN model. */
export const measures: readonly Measure[] = [
  { name: "nothing" },
  { name: "gradient clipping at 1", clip: 1 },
  { name: "z-loss 1e-4", zLoss: 1e-4 },
  { name: "embedding gradient × 0.1", embeddingShrink: 0.1 },
  { name: "embedding norm", model: { embeddingNorm: true } },
  { name: "QK-norm", model: { qkNorm: true } },
  { name: "attention scores capped at 50", model: { softCap: 50 } },
  { name: "skipping outliers and rewinding", recover: true },
  { name: "a tenth of the learning rate", rate: 0.1 },
  { name: "warm-up over half the steps", warmup: 0.5 },
  { name: "small initial weights", init: "small" },
  { name: "GPT-2's initial weights", init: "gpt2" },
  { name: "DeepNorm", model: { residual: "deepnorm" } },
  { name: "sandwich norm instead", model: { residual: "sandwich" } },
  { name: "Pre-LN instead", model: { residual: "pre" } },
];

/** What a run showed. */
export interface Outcome {
  name: string;
  layers: number;
  seed: number;
  /** Loss before the first step, highest that was finite, and mean of the last tenth of the steps, which all read fresh text. */
  loss: { first: number; highest: number; last: number };
  /** Gradient norm of the last layer, divided by the first layer's, before the first step. */
  lastToFirst: number;
  /** Better than the frequencies of characters, worse, or worse than no training at all. */
  verdict: "learns" | "stuck" | "diverges";
  milliseconds: number;
}

/** A text as ids, with what a model reaches that knows the frequencies of characters and nothing else. */
export interface Text {
  ids: Int32Array;
  vocabSize: number;
  entropy: number;
}

/** Runs one measure. */
export async function runMeasure(measure: Measure, config: ExperimentConfig, text: Text): Promise<Outcome> {
  const began = performance.now();
  const { layers, dim, heads, context, batch, seed, steps } = config;
  const random = new Random(seed);
  const shape = { vocabSize: text.vocabSize, context, dim, heads, layers };
  const model = new DeepModel({ ...shape, residual: "post", ...measure.model }, random.fork("weights"));
  if (measure.embeddingShrink) shrinkEmbeddingGradient(model, { alpha: measure.embeddingShrink });
  const parameters = model.namedParameters();
  if (measure.init) {
    const scheme = measure.init === "gpt2" ? gpt2Init({ layers }) : smallInit({ layers, dim });
    const linears = new Map([...parameters].filter(([name]) => name.startsWith("layers")));
    initialize(linears, scheme, { random: random.fork("init") });
  }
  const optimizer =
    config.optimizer === "sgd" ? new Sgd(parameters) : new AdamW(parameters, { beta2: 0.95, weightDecay: 0.1 });
  const loader = new DataLoader(memorySource(text.ids), { batch, context, seed });
  const loss = ({ inputs, targets }: Batch): Scalar =>
    tidy(() => {
      const logits = model.forward(tensor2d(inputs, [batch, context], "int32"));
      return causalLmLoss(logits, tensor2d(targets, [batch, context], "int32"), { zLoss: measure.zLoss }) as Scalar;
    });
  const lastToFirst = await gradientRatio(() => loss(loader.batchAt(0)), parameters, layers);
  const recovery = measure.recover
    ? spikeRecovery(
        { parameters, optimizer },
        { window: 16, patience: 3, rewindSteps: 10, skipBatches: 20, maxRewinds: 3 },
      )
    : undefined;
  const losses: number[] = [];
  const peak = config.learningRate * (measure.rate ?? 1);
  const warmup = (measure.warmup ?? 0) * steps;
  try {
    await train({
      parameters,
      optimizer,
      loss,
      batchAt: (step) => loader.batchAt(recovery?.batchOf(step) ?? step),
      steps,
      clip: measure.clip,
      learningRate: (step) => (step < warmup ? (peak * (step + 1)) / (warmup + 1) : peak),
      accept: recovery?.accept,
      rewind: recovery?.rewind,
      onStep: (report) => void losses.push(report.loss),
    });
  } catch (error) {
    // The trainer and the guard give up with an error; that is an outcome here.
    if (!/not finite|jumped again/.test((error as Error).message)) throw error;
    losses.push(Number.NaN);
  } finally {
    recovery?.dispose();
    optimizer.dispose();
    model.dispose();
  }
  return {
    name: measure.name,
    layers,
    seed,
    lastToFirst,
    milliseconds: performance.now() - began,
    ...judge(losses, text.entropy),
  };
}

/** Learning begins where the frequencies of characters end. */
function judge(losses: readonly number[], entropy: number): Pick<Outcome, "loss" | "verdict"> {
  const [first] = losses as [number];
  const tail = losses.slice(-Math.max(1, Math.floor(losses.length / 10)));
  const last = tail.reduce((sum, loss) => sum + loss, 0) / tail.length;
  const highest = losses.filter(Number.isFinite).reduce((a, b) => Math.max(a, b), 0);
  const verdict = last < entropy - 0.1 ? "learns" : last < first ? "stuck" : "diverges";
  return { loss: { first, highest, last }, verdict };
}

async function gradientRatio(
  loss: () => Scalar,
  parameters: ReturnType<DeepModel["namedParameters"]>,
  layers: number,
): Promise<number> {
  const { value, grads } = valueAndGrads(loss, parameters);
  const norms = await gradientNorms(grads);
  dispose([value, ...grads.values()]);
  return (norms.get(`layers.${layers - 1}`) as number) / (norms.get("layers.0") as number);
}

/** A new line, the printable characters of ASCII, and one for all others. */
export const VOCABULARY = 97;

/** Characters as ids. */
export function encodeText(text: string): Text {
  const ids = Int32Array.from(text, (letter) => {
    const code = letter.charCodeAt(0);
    return letter === "\n" ? 0 : code >= 32 && code < 127 ? code - 31 : 96;
  });
  const counts = new Array<number>(VOCABULARY).fill(0);
  for (const id of ids) counts[id] = (counts[id] as number) + 1;
  const entropy = counts.reduce((sum, n) => (n > 0 ? sum - (n / ids.length) * Math.log(n / ids.length) : sum), 0);
  return { ids, vocabSize: VOCABULARY, entropy };
}
