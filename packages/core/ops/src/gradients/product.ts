// C = A·B:  dA = dC·Bᵀ,  dB = Aᵀ·dC, and the same with either side transposed; each is summed over the
// batch dimensions its operand was broadcast along (which tfjs' own gradient forgets).

import { type GradConfig, matMul, type Tensor } from "@tensorflow/tfjs-core";
import { sumTo } from "../sum-to.js";

export const productGradients: GradConfig[] = [
  {
    kernelName: "BatchMatMul",
    inputsToSave: ["a", "b"],
    gradFunc: (dc, saved, attrs) => {
      const [a, b] = saved as [Tensor, Tensor];
      const dy = dc as Tensor;
      const { transposeA: ta, transposeB: tb } = attrs as unknown as { transposeA: boolean; transposeB: boolean };
      return {
        a: () => sumTo(ta ? matMul(b, dy, tb, true) : matMul(dy, b, false, !tb), a.shape),
        b: () => sumTo(tb ? matMul(dy, a, true, ta) : matMul(a, dy, !ta, false), b.shape),
      };
    },
  },
];
