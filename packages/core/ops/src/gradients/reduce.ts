// Reductions and the softmax family.

import {
  add,
  cast,
  div,
  engine,
  equal,
  type GradConfig,
  getBackend,
  getKernel,
  mul,
  reshape,
  sub,
  sum,
  type Tensor,
  zeros,
} from "@tensorflow/tfjs-core";

/** A fused kernel of that name takes `dy` and `y` [..., D] and returns y ⊙ (dy − Σ dy ⊙ y), the sum along D. */
const softmaxGradKernel = "SoftmaxGrad";

interface Reduction {
  axis?: number | number[];
  reductionIndices?: number | number[];
}

/** The reduced axes as tfjs' attributes state them, without negative numbers. */
function axesOf(attrs: unknown, rank: number): number[] {
  const { axis, reductionIndices } = attrs as Reduction;
  const given = axis ?? reductionIndices ?? Array.from({ length: rank }, (_, i) => i);
  return (Array.isArray(given) ? given : [given]).map((a) => (a < 0 ? a + rank : a));
}

/** The shape in which a reduced tensor broadcasts against its input. */
const kept = (shape: number[], axes: number[]): number[] => shape.map((d, i) => (axes.includes(i) ? 1 : d));

/** Broadcasts by adding zeros, because tfjs' `broadcastTo` tiles, which is slow on every backend. */
const spread = (x: Tensor, shape: number[]): Tensor => add(x, zeros(shape));

function extremum(kernelName: string): GradConfig {
  return {
    kernelName,
    inputsToSave: ["x"],
    outputsToSave: [true],
    gradFunc: (dy, [input, output], attrs) => ({
      x: () => {
        const x = input as Tensor;
        const shape = kept(x.shape, axesOf(attrs, x.rank));
        const winners = cast(equal(x, reshape(output as Tensor, shape)), "float32");
        return mul(winners, reshape(dy as Tensor, shape));
      },
    }),
  };
}

export const reduceGradients: GradConfig[] = [
  {
    kernelName: "Sum",
    inputsToSave: ["x"],
    gradFunc: (dy, [input], attrs) => {
      const x = input as Tensor;
      return { x: () => spread(reshape(dy as Tensor, kept(x.shape, axesOf(attrs, x.rank))), x.shape) };
    },
  },
  {
    kernelName: "Mean",
    inputsToSave: ["x"],
    gradFunc: (dy, [input], attrs) => {
      const x = input as Tensor;
      const axes = axesOf(attrs, x.rank);
      const count = axes.reduce((n, a) => n * (x.shape[a] as number), 1);
      return { x: () => spread(div(reshape(dy as Tensor, kept(x.shape, axes)), count), x.shape) };
    },
  },
  extremum("Max"),
  extremum("Min"),
  {
    // dx = y ⊙ (dy − Σ dy ⊙ y)
    kernelName: "Softmax",
    outputsToSave: [true],
    gradFunc: (dy, [y]) => ({
      logits: () => {
        if (getKernel(softmaxGradKernel, getBackend())) {
          return engine().runKernel(softmaxGradKernel, { dy, y } as never) as Tensor;
        }
        const weighted = mul(dy as Tensor, y as Tensor);
        return sub(weighted, mul(sum(weighted, -1, true), y as Tensor));
      },
    }),
  },
];
