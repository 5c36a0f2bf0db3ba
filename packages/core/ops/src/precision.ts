// In which precision matrix products multiply, as a dynamic scope.
//
// "bf16" rounds the operands of products to bfloat16 (8 bits of mantissa, the range of float32) and adds up in float32;
// tensors stay float32. A backend that cannot gain from it computes in float32.
// Source: Kalamkar et al., "A study of BFLOAT16 for deep learning training", arXiv:1905.12322.

/** Precision of the factors of matrix products. */
export type Precision = "float32" | "bf16";

let current: Precision = "float32";

/** The precision that the innermost `withPrecision` set; "float32" outside of all. */
export function currentPrecision(): Precision {
  return current;
}

/**
 * Runs f with matrix products in that precision. The scope holds until f returns, so f must be synchronous; a backward
 * pass inside of f has it too.
 */
export function withPrecision<T>(precision: Precision, f: () => T): T {
  if (precision !== "float32" && precision !== "bf16") {
    throw new Error(`withPrecision: precision must be "float32" or "bf16", got ${JSON.stringify(precision)}`);
  }
  const outer = current;
  current = precision;
  try {
    return f();
  } finally {
    current = outer;
  }
}
