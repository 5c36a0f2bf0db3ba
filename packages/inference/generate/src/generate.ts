// Continues a sequence of token ids, one token at a time, with the past kept in a cache.
//
//   id_{t+1} ~ sample(logits of the last position),  until a stop id, maxTokens, or an abort
//
// The first step reads the whole prompt, each later one a single token. When the context is full, the last half of it
// is read again into a fresh cache, as if it were the prompt: its positions begin at 0, so it works with every kind of
// position encoding, costs one more token of work per token on average, and forgets what came before.
// Logits are read asynchronously, which WebGPU demands.
// Shapes: B = 1 sequence, T time, V vocabulary.

import { Random } from "@llm/random";
import { type SampleOptions, sample } from "@llm/sampling";
import { reshape, slice, type Tensor, tensor, tidy } from "@tensorflow/tfjs-core";
import type { Cache, LanguageModel } from "./language-model.js";

/** How to continue. */
export interface GenerateOptions extends Omit<SampleOptions, "history"> {
  /** At most this many tokens; `Infinity` to go on until a stop id, an abort, or a `break`. */
  maxTokens: number;
  /** Ends before one of these ids, which is not yielded. */
  stop?: Iterable<number>;
  /** Seed of the draws, when `random` is not given. Default 0: the same call gives the same tokens. */
  seed?: number;
  /** Ends by throwing its reason. */
  signal?: AbortSignal;
}

/** Why generation ended: a stop id was drawn, or there were `maxTokens`. */
export type FinishReason = "stop" | "length";

/**
 * Yields ids that continue the prompt, and returns why it ended.
 *
 * A model in training mode is evaluated, without dropout, for the duration of each step. Breaking out of the loop
 * frees the cache.
 *
 * @param model anything that has `forward`, `createCache`, `maxLength` and `vocabSize`
 * @param promptIds at least one, at most `model.maxLength`
 * @throws Error for an empty or overlong prompt, an id outside of the vocabulary, or `maxTokens` below 0; from
 *   sampling, for options out of range and logits that are not finite; the signal's reason after an abort
 */
export async function* generate(
  model: LanguageModel,
  promptIds: ArrayLike<number>,
  { maxTokens, stop = [], seed = 0, random = new Random(seed), signal, ...sampling }: GenerateOptions,
): AsyncGenerator<number, FinishReason> {
  const ids = checkedPrompt(model, promptIds);
  if (!(maxTokens >= 0)) throw new RangeError(`generate: maxTokens must be a number of at least 0, got ${maxTokens}`);
  const stops = new Set(stop);
  let cache = model.createCache();
  try {
    let pending = ids.slice();
    for (let count = 0; count < maxTokens; count++) {
      signal?.throwIfAborted();
      if (cache.length + pending.length > model.maxLength) {
        cache.dispose();
        cache = model.createCache();
        pending = ids.slice(-Math.ceil(model.maxLength / 2));
      }
      const id = await next(model, pending, cache, { ...sampling, random, history: ids });
      if (stops.has(id)) return "stop";
      ids.push(id);
      pending = [id];
      yield id;
    }
    return "length";
  } finally {
    cache.dispose();
  }
}

/** Reads `ids` after what is in the cache and draws the id that follows. */
async function next(model: LanguageModel, ids: number[], cache: Cache, options: SampleOptions): Promise<number> {
  const logits_V = tidy(() => lastLogits(model, ids, cache));
  try {
    // Drawn before disposing: on some backends the data is a view of the tensor's memory.
    return sample((await logits_V.data()) as Float32Array, options);
  } finally {
    logits_V.dispose();
  }
}

function lastLogits(model: LanguageModel, ids: number[], cache: Cache): Tensor {
  const wasTraining = model.training === true;
  if (wasTraining) model.train?.(false);
  try {
    const logits = model.forward(tensor(ids, [1, ids.length], "int32"), { cache, logits: "last" });
    const rows = logits.shape[1] as number;
    return reshape(slice(logits, [0, rows - 1, 0], [1, 1, model.vocabSize]), [model.vocabSize]);
  } finally {
    if (wasTraining) model.train?.(true);
  }
}

function checkedPrompt({ maxLength, vocabSize }: LanguageModel, promptIds: ArrayLike<number>): number[] {
  const ids = Array.from(promptIds);
  if (ids.length === 0) {
    throw new Error("generate: the prompt is empty; start with the model's end-of-text or beginning-of-text id");
  }
  if (ids.length > maxLength) {
    throw new Error(
      `generate: the prompt has ${ids.length} ids, the model's context ${maxLength}; keep the last ${maxLength}: promptIds.slice(-${maxLength})`,
    );
  }
  for (const id of ids) {
    if (Number.isInteger(id) && id >= 0 && id < vocabSize) continue;
    throw new Error(
      `generate: prompt id ${id} is not in the vocabulary of ${vocabSize}; is this the model's tokenizer?`,
    );
  }
  return ids;
}
