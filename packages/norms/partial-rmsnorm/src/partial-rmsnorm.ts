// Say in one sentence what is computed.
//
//   the formula
//
// Source: the paper. Where this deviates from it, and why.

/** Shapes, units, errors and source stand here. */
export function partialRmsnorm(): never {
  throw new Error("partialRmsnorm: write me");
}
