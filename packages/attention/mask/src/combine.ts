// The conjunction of masks: a key may be attended to where all of them allow it.

import { logicalAnd, type Tensor } from "@tensorflow/tfjs-core";

/**
 * What all masks allow; shapes broadcast.
 *
 * @param masks boolean, at least one; they are not disposed
 * @throws Error without a mask, or for one that is not boolean
 */
export function combineMasks(...masks: Tensor[]): Tensor {
  const [first, ...rest] = masks;
  if (!first) throw new Error("combineMasks: give at least one mask");
  masks.forEach(({ dtype }, i) => {
    if (dtype !== "bool") throw new Error(`combineMasks: mask ${i} must be boolean (true = may attend), got ${dtype}`);
  });
  return rest.reduce((all, mask) => {
    const both = logicalAnd(all, mask);
    if (all !== first) all.dispose();
    return both;
  }, first);
}
