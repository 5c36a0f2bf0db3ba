// Shapes as the kernels see them: few dimensions with a step each.

import { util } from "@tensorflow/tfjs-core";

/** Steps of a contiguous tensor, in elements. */
export function stepsOf(shape: readonly number[]): number[] {
  const steps = new Array<number>(shape.length);
  let step = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    steps[i] = step;
    step *= shape[i] as number;
  }
  return steps;
}

/** Sizes, and steps of each of some tensors that are walked together. */
export interface Walk {
  sizes: number[];
  steps: number[][];
}

/**
 * The same walk with as few dimensions as possible: those of size 1 go, and neighbors that every tensor passes in one
 * stride become one.
 */
export function merged({ sizes, steps }: Walk): Walk {
  const kept: Walk = { sizes: [], steps: steps.map(() => []) };
  for (const [i, size] of sizes.entries()) {
    if (size === 1) continue;
    const last = kept.sizes.length - 1;
    const joins = last >= 0 && steps.every((each, t) => kept.steps[t]?.[last] === (each[i] as number) * size);
    if (joins) {
      kept.sizes[last] = (kept.sizes[last] as number) * size;
      for (const [t, each] of steps.entries()) (kept.steps[t] as number[])[last] = each[i] as number;
    } else {
      kept.sizes.push(size);
      for (const [t, each] of steps.entries()) (kept.steps[t] as number[]).push(each[i] as number);
    }
  }
  return kept;
}

/** The walk with exactly `rank` dimensions, filled up in front; undefined when it has more. */
export function padded({ sizes, steps }: Walk, rank: number): Walk | undefined {
  const missing = rank - sizes.length;
  if (missing < 0) return undefined;
  const fill = (value: number): number[] => new Array<number>(missing).fill(value);
  return { sizes: [...fill(1), ...sizes], steps: steps.map((each) => [...fill(0), ...each]) };
}

/** How two tensors are walked under NumPy's broadcasting: the result's shape, and steps of both with 0 where they repeat. */
export function broadcastWalk(a: readonly number[], b: readonly number[]): { shape: number[]; walk: Walk } {
  if (a.length === b.length && a.every((size, i) => size === b[i])) {
    const size = util.sizeFromShape(a as number[]);
    return { shape: [...a], walk: { sizes: [size], steps: [[1], [1]] } };
  }
  const rank = Math.max(a.length, b.length);
  const stretch = (shape: readonly number[]): { sizes: number[]; steps: number[] } => {
    const sizes = [...new Array<number>(rank - shape.length).fill(1), ...shape];
    const steps = stepsOf(sizes);
    return { sizes, steps: steps.map((step, i) => (sizes[i] === 1 ? 0 : step)) };
  };
  const [p, q] = [stretch(a), stretch(b)];
  const shape = p.sizes.map((size, i) => {
    const other = q.sizes[i] as number;
    if (size !== other && size !== 1 && other !== 1) {
      throw new Error(`shapes [${a}] and [${b}] do not broadcast: dimension ${i - rank} is ${size} and ${other}`);
    }
    return size === 1 ? other : size;
  });
  return { shape, walk: merged({ sizes: shape, steps: [p.steps, q.steps] }) };
}
