// Prefix language modelling: the beginning of a text is read in both directions, the rest is predicted from left to right.
//
//   inputs   x₁ … x_p | x_{p+1} … x_{n−1}        attention: all see x₁ … x_p; behind them it is causal
//   targets   –  –  x_{p+1} | x_{p+2} … x_n      the last token of the prefix predicts the first behind it
//
// Positions before the prefix' end could see their answer, so they are asked nothing. With a prefix of 0 or 1 tokens
// this is causal language modelling. Sources: Liu et al., arXiv:1801.10198; Raffel et al., "T5", arXiv:1910.10683,
// section 3.2.1. T5 draws the prefix uniformly; UL2's S-denoiser asks for the last quarter (see `@llm/denoisers`).

import { IGNORE, type Pair, pair, type Sequence, sequence } from "@llm/objective";
import type { Random } from "@llm/random";

/** Where the prefix ends. */
export interface PrefixLmOptions {
  /** Draws the length of the prefix; not needed when it is given. */
  random?: Random;
  /** Tokens of the prefix, from 0 to the number of ids. Default: uniform from 1 to n − 1, so that both parts hold one. */
  prefix?: number;
}

/**
 * A document as an example for prefix language modelling.
 *
 * @param ids n token ids, at least 2
 * @returns a sequence of n − 1 tokens
 * @throws RangeError for fewer than 2 ids, a prefix that is out of range, or neither a prefix nor a random stream
 */
export function prefixLm(ids: ArrayLike<number>, { random, prefix }: PrefixLmOptions): Sequence {
  const n = ids.length;
  if (n < 2) throw new RangeError(`prefixLm: a text needs 2 tokens to predict one, got ${n}; leave it out`);
  const length = prefix ?? drawPrefix(n, random);
  if (!Number.isInteger(length) || length < 0 || length > n) {
    throw new RangeError(`prefixLm: prefix must be a whole number from 0 to ${n}, the number of ids, got ${length}`);
  }
  const all = Int32Array.from(ids);
  const targets = all.slice(1).fill(IGNORE, 0, Math.max(0, length - 1));
  return sequence(all.subarray(0, n - 1), targets, { open: Math.min(length, n - 1) });
}

/**
 * The same for an encoder-decoder: the encoder reads the prefix, and the decoder writes the rest.
 *
 * @param ids n token ids, at least 2
 * @param options `prefix` from 1 to n − 1; `startId` is what the decoder starts with
 * @throws RangeError as `prefixLm`, and for a prefix that leaves one side empty
 */
export function prefixPair(
  ids: ArrayLike<number>,
  { random, prefix, startId }: PrefixLmOptions & { startId: number },
): Pair {
  const n = ids.length;
  if (n < 2) throw new RangeError(`prefixPair: a text needs 2 tokens, one for each side, got ${n}; leave it out`);
  const length = prefix ?? drawPrefix(n, random);
  if (!Number.isInteger(length) || length < 1 || length >= n) {
    throw new RangeError(`prefixPair: prefix must be a whole number from 1 to ${n - 1}, got ${length}`);
  }
  const all = Int32Array.from(ids);
  return pair(all.subarray(0, length), all.subarray(length), { startId });
}

function drawPrefix(n: number, random: Random | undefined): number {
  if (!random) throw new RangeError("prefixLm: give the length of the prefix, or a random stream to draw it from");
  return 1 + random.integer(n - 1);
}
