// A dynamic scope that says how precisely matrix products read their operands.
//
// In "bf16" a backend that can rounds both operands of a product to bfloat16 (8 bits of mantissa, the exponent of
// float32) and sums in float32: half the memory traffic and, on processors with instructions for it, several times the
// rate. Parameters, activations and gradients stay float32, as in mixed-precision training: Micikevicius et al. (2018),
// https://arxiv.org/abs/1710.03740; Kalamkar et al., "A Study of BFLOAT16" (2019), https://arxiv.org/abs/1905.12322.

/** How the operands of matrix products are read. */
export type Precision = "float32" | "bf16";

let scope: Precision = "float32";

/**
 * Calls `f` with that precision of matrix products; restores the outer one afterwards. Synchronous. Products of a
 * gradient follow the scope that the gradient is computed in, so a training step opens the scope around both passes.
 * Backends without rounding products compute in float32.
 */
export function withPrecision<T>(precision: Precision, f: () => T): T {
  const outer = scope;
  scope = precision;
  try {
    return f();
  } finally {
    scope = outer;
  }
}

/** The precision of the innermost `withPrecision`; "float32" outside of any. */
export function currentPrecision(): Precision {
  return scope;
}
