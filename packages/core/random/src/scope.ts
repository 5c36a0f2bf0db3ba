// A dynamic scope that hands layers their random numbers.
//
// Dropout needs random numbers deep inside a model, and the training loop decides which: it opens a
// scope from (seed, step, micro-batch), and replays it when activations are recomputed. Nothing of it is
// state, so a resumed run draws what the uninterrupted one would have drawn.

import type { Random } from "./random.js";

let scope: Random | undefined;

/** Calls `f` with `random` as the source of `currentRandom()`; restores the outer scope afterwards. Synchronous. */
export function withRandom<T>(random: Random, f: () => T): T {
  const outer = scope;
  scope = random;
  try {
    return f();
  } finally {
    scope = outer;
  }
}

/**
 * The random numbers of the innermost `withRandom`.
 * @throws Error outside of any scope: unseeded randomness would make a run unrepeatable in silence
 */
export function currentRandom(): Random {
  if (!scope) {
    throw new Error("currentRandom: no random scope is open; wrap the call in withRandom(new Random(seed), () => …)");
  }
  return scope;
}
