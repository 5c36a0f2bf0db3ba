import { reshape, sum, type Tensor } from "@tensorflow/tfjs-core";

/**
 * The gradient of broadcasting: sums `dy` over every dimension along which `shape` was broadcast.
 *
 * @param dy [...], a shape that `shape` broadcasts to
 * @returns a tensor of the given shape
 */
export function sumTo(dy: Tensor, shape: number[]): Tensor {
  const lead = dy.rank - shape.length;
  const axes = dy.shape.flatMap((d, i) => (i < lead || (shape[i - lead] === 1 && d !== 1) ? [i] : []));
  const summed = axes.length > 0 ? sum(dy, axes) : dy;
  return reshape(summed, shape);
}
