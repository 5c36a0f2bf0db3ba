// From logits to probabilities, and to the most probable token.
//
//   softmax(x)_i = exp(x_i − max x) / Σ_j exp(x_j − max x)
//
// A logit of −∞ is a token that a filter removed; it has probability 0. NaN and +∞ are errors: they come from
// a model that has diverged, and a sample from them would be noise that looks like text.

/**
 * Probabilities of the logits; sums are float64, results float32.
 * @throws Error for NaN, +∞, or when no token is left
 */
export function softmax(logits: Float32Array): Float32Array {
  const max = checkedMax("softmax", logits);
  const probabilities = new Float32Array(logits.length);
  let sum = 0;
  for (let i = 0; i < logits.length; i++) sum += Math.exp((logits[i] as number) - max);
  for (let i = 0; i < logits.length; i++) probabilities[i] = Math.exp((logits[i] as number) - max) / sum;
  return probabilities;
}

/**
 * The id of the largest logit; of equal ones the lowest id.
 * @throws Error for NaN, +∞, or when no token is left
 */
export function greedy(logits: Float32Array): number {
  return logits.indexOf(checkedMax("greedy", logits));
}

/** The largest logit, after the checks that all functions here share. */
export function checkedMax(name: string, logits: Float32Array): number {
  let max = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < logits.length; i++) {
    const logit = logits[i] as number;
    // Not (logit < Infinity) catches NaN as well.
    if (!(logit < Number.POSITIVE_INFINITY)) {
      throw new Error(
        `${name}: logit ${i} is ${logit}; the model's output is not finite, look for a diverged training run`,
      );
    }
    if (logit > max) max = logit;
  }
  if (max === Number.NEGATIVE_INFINITY) {
    throw new Error(`${name}: none of the ${logits.length} tokens is left, all logits are -Infinity`);
  }
  return max;
}
