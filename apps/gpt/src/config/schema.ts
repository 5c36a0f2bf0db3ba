// The one typed schema of a run. Its keys are the flags of the command line (`learningRate` is
// `--learning-rate`), the keys of a configuration file, and those of the `run.json` beside the checkpoints.

import { z } from "zod";
import { objectiveNames } from "../families/objective-names.js";

const whole = (minimum: number): z.ZodNumber => z.number().int().min(minimum);
const rate = (): z.ZodNumber => z.number().min(0).max(1);

/** Which text, and how it becomes tokens. */
export const dataShape = {
  data: z
    .array(z.string())
    .min(1)
    .describe("text: files, folders or URLs (txt, md, jsonl, ts, gz), or a folder of `llm data prepare`"),
  field: z.string().optional().describe("field of a JSON Lines record that holds the text"),
  validation: rate().default(0.1).describe("share of the text, at its end, that is held out"),
  validationData: z.array(z.string()).optional().describe("held-out text of its own, instead of the end of the data"),
  tokenizer: z.string().default("bpe").describe("`bpe` or `char` to train one on the data, or a tokenizer.json"),
  vocab: whole(1).default(4096).describe("vocabulary size of a tokenizer that is trained"),
  order: z
    .enum(["shuffled", "sequential", "random"])
    .default("shuffled")
    .describe("windows of the text: all of them once an epoch, or drawn at random"),
} as const;

/** The architecture. */
export const modelShape = {
  model: z
    .enum(["llama", "gpt2", "falcon", "bloom", "chatglm", "chatglm2", "bert", "t5"])
    .default("llama")
    .describe("architecture"),
  objective: z
    .enum(objectiveNames)
    .optional()
    .describe("what it learns by (default: the architecture's own; `llm pretrain --help` ends with those of each)"),
  layers: whole(1).default(4).describe("Transformer blocks (t5: of each side)"),
  heads: whole(1).default(4).describe("attention heads"),
  kvHeads: whole(1)
    .optional()
    .describe("key/value heads, for grouped-query attention (llama, falcon, chatglm2; default: the architecture's)"),
  dim: whole(1).default(128).describe("width of the model"),
  hiddenDim: whole(1).optional().describe("width of the feed-forward layer (default: the architecture's rule)"),
  context: whole(1).default(128).describe("tokens in a sequence"),
  dropout: rate().default(0).describe("share of activations dropped in training (gpt2, bloom, bert, t5)"),
  bias: z.boolean().default(true).describe("biases in linear layers and norms (gpt2)"),
  tied: z.boolean().default(true).describe("input and output embeddings share their weights"),
} as const;

/** The optimization. */
export const optimizationShape = {
  steps: whole(1).default(1000).describe("optimizer steps"),
  batch: whole(1).default(8).describe("sequences in a micro-batch"),
  accumulate: whole(1).default(1).describe("micro-batches in a step"),
  learningRate: z.number().positive().default(1e-3).describe("peak learning rate"),
  minLearningRate: z.number().min(0).default(1e-4).describe("learning rate at the end"),
  warmup: whole(0).default(100).describe("steps of linear warm-up"),
  schedule: z.enum(["cosine", "linear", "constant", "wsd"]).default("cosine").describe("learning-rate schedule"),
  weightDecay: z.number().min(0).default(0.1).describe("decoupled weight decay of matrices"),
  beta1: rate().default(0.9).describe("AdamW's first decay"),
  beta2: rate().default(0.95).describe("AdamW's second decay"),
  clip: z.number().positive().default(1).describe("largest global norm of the gradients"),
  precision: z
    .enum(["float32", "bf16"])
    .default("float32")
    .describe("operands of matrix products in training; bf16 is faster where the processor has instructions for it"),
  seed: z.number().int().default(1337).describe("seed of everything random"),
} as const;

/** What keeps a deep or long run from diverging; all of it is off unless asked for. */
export const stabilityShape = {
  zLoss: z.number().min(0).default(0).describe("weight of the squared log-normalizer in the loss (PaLM: 1e-4)"),
  embeddingShrink: rate().default(1).describe("factor of the gradient behind the embeddings (GLM-130B: 0.1)"),
  spikeLimit: z
    .number()
    .min(0)
    .default(0)
    .describe("z-score of loss or gradient norm from which a step's update is skipped (0: none)"),
  spikeWindow: whole(2).default(128).describe("steps that a step is compared with"),
  spikePatience: whole(1).default(10).describe("skipped steps in a row that make a spike"),
  spikeRewind: whole(0).default(0).describe("steps to go back before a spike (PaLM: 100; 0: only skip)"),
  spikeSkip: whole(0).default(200).describe("batches that are passed over after going back"),
} as const;

/** What is written while it runs. */
export const reportingShape = {
  evalEvery: whole(1).default(250).describe("steps between evaluations"),
  evalTokens: whole(1).default(20_000).describe("validation tokens of an evaluation during training"),
  checkpointEvery: whole(1).default(250).describe("steps between checkpoints"),
  keep: whole(1).default(2).describe("newest checkpoints that are kept, beside the best"),
  sampleEvery: whole(0).default(500).describe("steps between sampled texts (0: none)"),
  samplePrompt: z.string().default("\n").describe("prompt of the sampled texts"),
} as const;

const backendShape = {
  backend: z
    .enum(["auto", "native", "simd", "webgpu", "wasm", "cpu"])
    .default("auto")
    .describe("where tensors are computed"),
} as const;

export const pretrainSchema = z.strictObject({
  ...dataShape,
  ...modelShape,
  ...optimizationShape,
  ...stabilityShape,
  ...reportingShape,
  ...backendShape,
});

export const finetuneSchema = z.strictObject({
  base: z.string().describe("what to fine-tune: a run or a Hugging Face folder"),
  data: z.array(z.string()).min(1).describe("conversations: JSON Lines of {messages} or {prompt, completion}"),
  validation: rate().default(0.1).describe("share of the conversations that is held out"),
  validationData: z.array(z.string()).optional().describe("held-out conversations of their own, instead of a share"),
  method: z.enum(["full", "lora"]).default("lora").describe("which parameters learn"),
  rank: whole(1).default(8).describe("rank of LoRA's update"),
  alpha: z.number().positive().default(16).describe("LoRA's scale, divided by the rank"),
  targets: z
    .array(z.string())
    .default(["all-linear"])
    .describe("linear layers that LoRA adapts, by the end of their name"),
  loraDropout: rate().default(0).describe("dropout before LoRA's update"),
  format: z.enum(["plain", "chatml", "llama3"]).default("plain").describe("chat format"),
  context: whole(1).optional().describe("tokens in a sequence (default: the base model's)"),
  ...optimizationShape,
  steps: whole(1).default(200).describe("optimizer steps"),
  learningRate: z.number().positive().default(1e-3).describe("peak learning rate"),
  warmup: whole(0).default(10).describe("steps of linear warm-up"),
  weightDecay: z.number().min(0).default(0).describe("decoupled weight decay of matrices"),
  ...reportingShape,
  sampleEvery: whole(0).default(0).describe("steps between sampled texts (0: none)"),
  ...backendShape,
});

export type PretrainConfig = z.infer<typeof pretrainSchema>;
export type FinetuneConfig = z.infer<typeof finetuneSchema>;
export type ModelConfig = z.infer<z.ZodObject<typeof modelShape>>;
export type OptimizationConfig = z.infer<z.ZodObject<typeof optimizationShape>>;
export type ReportingConfig = z.infer<z.ZodObject<typeof reportingShape>>;
export type BackendName = PretrainConfig["backend"];
export { backendShape };
