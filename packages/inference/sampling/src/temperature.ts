// Temperature: below 1 sharpens the distribution, above 1 flattens it.
//
//   x_i / T
//
// Source: Ackley, Hinton & Sejnowski, "A learning algorithm for Boltzmann machines", 1985.

/**
 * Divides the logits by `temperature`, which must be above 0 (0 is `greedy`).
 * @throws RangeError for a temperature that is not a finite number above 0
 */
export function applyTemperature(logits: Float32Array, temperature: number): Float32Array {
  if (!(temperature > 0 && temperature < Number.POSITIVE_INFINITY)) {
    throw new RangeError(
      `applyTemperature: temperature must be above 0, got ${temperature}; for 0 take greedy(logits)`,
    );
  }
  return logits.map((logit) => logit / temperature);
}
