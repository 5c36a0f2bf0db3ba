// UL2's mixture of denoisers: span corruption in several strengths, and a token that says which.
//
//   R  regular     spans of 3 or 8, 15 % of the text             as T5
//   S  sequential  one span, the last 25 %                       as a prefix language model
//   X  extreme     spans of 3 or 8 with 50 %, of 64 with 15 % or 50 %
//
// Source: Tay et al., "UL2", arXiv:2205.05131, section 3.1.2 and table 1. An example starts with the token of its mode,
// so that a task can later ask for the mode that suits it. The paper gives no weights: all seven count the same here.
// `pairAsSequence` of `@llm/objective` makes the form for a decoder alone.

import type { Pair } from "@llm/objective";
import type { Random } from "@llm/random";
import { corruptSpans, type SpanTokens } from "@llm/span-corruption";

/** The three kinds. UL2's released model calls their tokens [NLU], [S2S] and [NLG]. */
export type Mode = "R" | "S" | "X";

/** One denoiser of a mixture. */
export interface Denoiser {
  mode: Mode;
  /** Mean length of a span; Infinity for one span at the end. */
  meanSpan: number;
  /** Share of the text that is asked for. */
  rate: number;
  /** How often it is chosen, relative to the others. Default 1. */
  weight?: number;
}

/** The seven denoisers of the paper's table 1. */
export const ul2Denoisers: readonly Readonly<Denoiser>[] = [
  { mode: "R", meanSpan: 3, rate: 0.15 },
  { mode: "R", meanSpan: 8, rate: 0.15 },
  { mode: "S", meanSpan: Number.POSITIVE_INFINITY, rate: 0.25 },
  { mode: "X", meanSpan: 3, rate: 0.5 },
  { mode: "X", meanSpan: 8, rate: 0.5 },
  { mode: "X", meanSpan: 64, rate: 0.15 },
  { mode: "X", meanSpan: 64, rate: 0.5 },
];

/** What a mixture needs. */
export interface DenoiseOptions extends SpanTokens {
  random: Random;
  /** The id that inputs of each mode begin with. Default: none. */
  modeTokens?: Readonly<Record<Mode, number>>;
  /** Default `ul2Denoisers`. */
  denoisers?: readonly Denoiser[];
}

/**
 * A document corrupted by a denoiser of the mixture, chosen at random.
 *
 * @param ids token ids without special tokens
 * @throws RangeError as `corruptSpans` and `chooseDenoiser`
 */
export function denoise(ids: ArrayLike<number>, options: DenoiseOptions): Pair {
  const { random, modeTokens, denoisers = ul2Denoisers } = options;
  const { mode, meanSpan, rate } = chooseDenoiser(denoisers, random);
  return corruptSpans(ids, { ...options, meanSpan, rate, prefix: modeTokens ? [modeTokens[mode]] : [] });
}

/**
 * One of the denoisers, as often as its weight says.
 * @throws RangeError unless weights are numbers ≥ 0, and one is positive
 */
export function chooseDenoiser(denoisers: readonly Denoiser[], random: Random): Denoiser {
  const weights = denoisers.map(({ weight = 1 }) => weight);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (!(total > 0 && Number.isFinite(total)) || weights.some((weight) => weight < 0)) {
    throw new RangeError(`chooseDenoiser: weights must be numbers ≥ 0, not all of them 0, got [${weights}]`);
  }
  let left = random.uniform() * total;
  for (const [i, denoiser] of denoisers.entries()) {
    left -= weights[i] as number;
    if (left < 0) return denoiser;
  }
  // Rounding may leave a trace of the last weight; it is the last denoiser that has one then.
  return denoisers.findLast((_, i) => (weights[i] as number) > 0) as Denoiser;
}
