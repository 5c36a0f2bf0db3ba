// Draws the next token.
//
//   repetition penalty → temperature → top-k → top-p → min-p → i with probability softmax(x)_i
//
// The order is Hugging Face's. (llama.cpp applies temperature last, so its top-p and min-p see T = 1.)
// The draw inverts the cumulative distribution in float64 with one 32-bit random number, in order of ids.

import { currentRandom, type Random } from "@llm/random";
import { checkedMax, greedy } from "./distribution.js";
import { minP } from "./min-p.js";
import { repetitionPenalty } from "./repetition-penalty.js";
import { applyTemperature } from "./temperature.js";
import { topK } from "./top-k.js";
import { topP } from "./top-p.js";

/** How to draw; what is not given is not applied. */
export interface SampleOptions {
  /** 1 leaves the distribution as it is; 0 takes the most probable token. Default 1. */
  temperature?: number;
  /** Keep the k most probable tokens. */
  topK?: number;
  /** Keep the smallest set of tokens with this much probability. */
  topP?: number;
  /** Keep tokens with at least this share of the most probable token's probability. */
  minP?: number;
  /** Divide positive and multiply negative logits of tokens in `history` by this. */
  repetitionPenalty?: number;
  /** The ids so far, for the repetition penalty. */
  history?: Iterable<number>;
  /** Default: the random numbers of the innermost `withRandom`. */
  random?: Random;
}

/**
 * The id of a token drawn from `logits` (one per token of the vocabulary; unchanged).
 * @throws RangeError for options out of range; Error for NaN or +∞ logits, or when no token is left
 */
export function sample(logits: Float32Array, options: SampleOptions = {}): number {
  const { temperature = 1, history, random } = options;
  let x = logits;
  if (options.repetitionPenalty !== undefined) {
    if (!history) throw new Error("sample: repetitionPenalty needs history, the ids so far");
    x = repetitionPenalty(x, history, options.repetitionPenalty);
  }
  if (temperature === 0) return greedy(x);
  if (temperature !== 1) x = applyTemperature(x, temperature);
  if (options.topK !== undefined) x = topK(x, options.topK);
  if (options.topP !== undefined) x = topP(x, options.topP);
  if (options.minP !== undefined) x = minP(x, options.minP);
  return draw(x, random ?? currentRandom());
}

function draw(logits: Float32Array, random: Random): number {
  const max = checkedMax("sample", logits);
  const cumulative = new Float64Array(logits.length);
  let sum = 0;
  for (let i = 0; i < logits.length; i++) {
    sum += Math.exp((logits[i] as number) - max);
    cumulative[i] = sum;
  }
  const target = (random.uint32() / 2 ** 32) * sum;
  // The first id whose cumulative weight exceeds the target: its own weight is above 0, so a removed token is never drawn.
  let [low, high] = [0, logits.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((cumulative[middle] as number) > target) high = middle;
    else low = middle + 1;
  }
  return low;
}
