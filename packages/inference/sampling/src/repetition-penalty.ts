// Repetition penalty: makes tokens less likely that were there before.
//
//   x_i / θ  where x_i > 0,   x_i · θ  where x_i ≤ 0,   for each i in the history, once
//
// Source: Keskar et al., "CTRL", arXiv:1909.05858. The paper divides always, which would reward a negative logit;
// multiplying those is what Hugging Face's RepetitionPenaltyLogitsProcessor does, and this.

/**
 * Penalizes each distinct id of `history` once. 1 changes nothing, 1.1 to 1.3 is usual, below 1 rewards.
 * @throws RangeError for a penalty that is not a finite number above 0, or an id outside of the vocabulary
 */
export function repetitionPenalty(logits: Float32Array, history: Iterable<number>, penalty: number): Float32Array {
  if (!(penalty > 0 && penalty < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`repetitionPenalty: penalty must be above 0, got ${penalty}`);
  }
  const penalized = logits.slice();
  for (const id of new Set(history)) {
    const logit = logits[id];
    if (logit === undefined) {
      throw new RangeError(`repetitionPenalty: id ${id} is outside of the vocabulary of ${logits.length} tokens`);
    }
    penalized[id] = logit > 0 ? logit / penalty : logit * penalty;
  }
  return penalized;
}
