// BPE-dropout: encoding that joins otherwise each time, so that a model sees a word in many spellings.
//
//   step: of the pairs that could be joined now, leave each out with probability p; join the one of lowest rank that is left
//
// until none is left. p = 0 is ordinary BPE, p = 1 leaves the symbols as they are. Pairs are asked in the order of their
// rank, and asking stops at the first that stays: the same distribution, since the others do not matter for the step.
//
// Source: Provilkov, Emelianenko and Voita, "BPE-Dropout: Simple and Effective Subword Regularization" (arXiv:1910.13267).

import { BpeError } from "./error.js";
import { type Join, merge, mergeQueued } from "./merge.js";
import type { Scanner } from "./piece-encoder.js";

/** Options of `encodeSampled`. */
export interface SampleOptions {
  /** Probability of leaving a pair out, in [0, 1]; default 0.1, as in the paper. */
  dropout?: number;
  /** Equal seeds, equal ids; any number. Give each text of each epoch its own. */
  seed: number;
  /** As for `encode`. */
  scanner?: Scanner;
}

/** `merge` with dropout, drawing from a stream that `seed` names. Throws BpeError for a probability outside of [0, 1]. */
export function sampledMerge({ dropout = 0.1, seed }: SampleOptions): Join {
  if (!(dropout >= 0 && dropout <= 1)) throw new BpeError(`BPE: dropout must be from 0 to 1, got ${String(dropout)}`);
  const random = randomStream(seed);
  if (dropout === 0) return merge;
  return (merges, ids, n) => mergeQueued(merges, ids, n, () => random() < dropout);
}

/** Numbers in [0, 1): a Weyl sequence through the finalizer of MurmurHash3, as splitmix does it. */
function randomStream(seed: number): () => number {
  if (!Number.isFinite(seed)) throw new BpeError(`BPE: seed must be a number, got ${String(seed)}`);
  const high = Math.floor(seed / 2 ** 32) | 0;
  let state = mix((seed | 0) ^ mix(high ^ 0x2545f491));
  return () => {
    state = (state + 0x9e3779b9) | 0;
    return (mix(state) >>> 0) / 2 ** 32;
  };
}

function mix(x: number): number {
  let h = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
