// y = x ⊙ m / (1 − p),  m ~ Bernoulli(1 − p)
//
// The mask comes from a seeded stream by counter: the scope that the training loop opens decides it, so
// the same step draws the same mask after a resume, and a recomputed activation meets its own mask again.
// Source: Srivastava et al., "Dropout", JMLR 2014, in the inverted form (scaled in training).

import { type Contract, defineOp } from "@llm/ops";
import { currentRandom, Random } from "@llm/random";
import { mul, type Tensor, tensor, tidy } from "@tensorflow/tfjs-core";

/**
 * A fused kernel `Dropout` draws element i's mask from word `position + i` of the Philox stream of that key (see
 * `@llm/random`): 0 where the word is below `rate` · 2³², else 1/(1 − rate). `DropoutGrad` draws it again for `dy`.
 */
export const dropoutContract: Contract = { name: "Dropout", differentiable: ["x"], saved: [] };

/** Attributes of the kernel. */
export interface DropoutAttrs {
  rate: number;
  key: [number, number];
  /** Number of the stream's word that the first element takes. */
  position: number;
}

/** Where the mask's random numbers come from. */
export interface DropoutOptions {
  /** Default: the innermost `withRandom` scope. */
  random?: Random;
}

const op = defineOp<{ x: Tensor }, DropoutAttrs>({
  contract: dropoutContract,
  composite: ({ x }, { rate, key, position }) => {
    const source = Random.from({ key, position });
    const threshold = rate * 2 ** 32;
    const scale = 1 / (1 - rate);
    const mask = new Float32Array(x.size);
    for (let i = 0; i < mask.length; i++) mask[i] = source.uint32() < threshold ? 0 : scale;
    return mul(x, tensor(mask, x.shape));
  },
});

/**
 * Zeroes each element with probability `rate` and scales the others by 1/(1 − rate).
 *
 * @param x any shape
 * @param rate 0 ≤ rate < 1; at 0 nothing is drawn and `x` itself is returned
 * @throws Error for another rate, or when no random scope is open
 */
export function dropout(x: Tensor, rate: number, { random }: DropoutOptions = {}): Tensor {
  if (!(rate >= 0 && rate < 1)) throw new Error(`dropout: rate must be at least 0 and below 1, got ${rate}`);
  if (rate === 0) return x;
  const source = random ?? currentRandom();
  const { key, position } = source.state();
  source.skip(x.size);
  return tidy(() => op({ x }, { rate, key, position }));
}
