// Which tokens are noise: spans of random lengths with a fixed total and a fixed number.
//
//   noise = round(rate · n),  spans = round(noise / meanSpan);  kept and noise tokens are each split at random into
//   `spans` parts, and the parts alternate: kept, noise, kept, noise …
//
// Every split has the same probability. A text starts with kept tokens and ends with noise.
// Source: `random_spans_noise_mask` of T5, Raffel et al., arXiv:1910.10683; its rounding is half to even, and so is
// ours. Deviation: there are never more spans than kept tokens, so no two spans touch; T5 lets them merge.

import type { Random } from "@llm/random";

/** How much is noise. */
export interface NoiseOptions {
  /** Share of tokens that is noise. Default 0.15. */
  rate?: number;
  /** Mean length of a span; Infinity makes one span, at the end. Default 3. */
  meanSpan?: number;
}

/** Numbers that a text's length alone determines. */
export interface NoiseCounts {
  /** Tokens of noise. */
  noise: number;
  spans: number;
}

/**
 * How many tokens are noise, and in how many spans. Texts of 2 or more tokens have at least one of each kind.
 * @throws RangeError for a rate outside of 0 … 1, a mean below 1, or a length that is not a whole number
 */
export function noiseCounts(length: number, { rate = 0.15, meanSpan = 3 }: NoiseOptions = {}): NoiseCounts {
  if (!Number.isSafeInteger(length) || length < 0) {
    throw new RangeError(`noiseCounts: length must be a whole number of tokens, got ${length}`);
  }
  if (!(rate > 0 && rate < 1)) throw new RangeError(`noiseCounts: rate must be between 0 and 1, got ${rate}`);
  if (!(meanSpan >= 1)) throw new RangeError(`noiseCounts: meanSpan must be at least 1, got ${meanSpan}`);
  if (length < 2) return { noise: 0, spans: 0 };
  const noise = Math.min(Math.max(roundHalfEven(length * rate), 1), length - 1);
  const spans = Math.min(Math.max(roundHalfEven(noise / meanSpan), 1), noise, length - noise);
  return { noise, spans };
}

/**
 * A random noise mask.
 *
 * @returns `length` flags, 1 where a token is noise
 */
export function randomSpansNoiseMask(
  length: number,
  { random, ...options }: NoiseOptions & { random: Random },
): Uint8Array {
  const { noise, spans } = noiseCounts(length, options);
  const mask = new Uint8Array(length);
  const noiseSpans = randomSegmentation(noise, spans, random);
  const keptSpans = randomSegmentation(length - noise, spans, random);
  let at = 0;
  for (let i = 0; i < spans; i++) {
    at += keptSpans[i] as number;
    mask.fill(1, at, at + (noiseSpans[i] as number));
    at += noiseSpans[i] as number;
  }
  return mask;
}

/** Splits `items` into `segments` non-empty parts: the ends of all but the last are a random set of the gaps. */
function randomSegmentation(items: number, segments: number, random: Random): number[] {
  const ends = Array.from(random.permutation(Math.max(0, items - 1)).subarray(0, Math.max(0, segments - 1)))
    .map((gap) => gap + 1)
    .sort((a, b) => a - b);
  return segments === 0 ? [] : [...ends, items].map((end, i) => end - (i === 0 ? 0 : (ends[i - 1] as number)));
}

/** Python's and TensorFlow's rounding: 2.5 → 2, 3.5 → 4. */
function roundHalfEven(x: number): number {
  const below = Math.floor(x);
  if (x - below !== 0.5) return Math.round(x);
  return below % 2 === 0 ? below : below + 1;
}
