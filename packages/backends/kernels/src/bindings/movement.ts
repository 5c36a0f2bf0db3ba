// Kernels of tfjs that only move values.

import { slice_util, type TensorInfo, util } from "@tensorflow/tfjs-core";
import type { MachineBackend } from "../backend.js";
import { type Binding, binding } from "../binding.js";
import { merged, padded, stepsOf, type Walk } from "../shapes.js";

const { sizeFromShape } = util;

interface One {
  x: TensorInfo;
}

const fourBytes = ({ dtype }: TensorInfo): boolean => dtype === "float32" || dtype === "int32";

/** x with its dimensions in the order of `perm`; x itself is not disposed. Four-byte types only. */
export function permuted(backend: MachineBackend, x: TensorInfo, perm: readonly number[]): TensorInfo {
  const shape = perm.map((i) => x.shape[i] as number);
  const from = stepsOf(x.shape);
  const { sizes, steps } = merged({ sizes: shape, steps: [stepsOf(shape), perm.map((i) => from[i] as number)] });
  const [to, source] = steps as [number[], number[]];
  if (source.every((step, i) => step === to[i])) return backend.share(x, shape);
  const y = backend.output(shape, x.dtype);
  if (sizeFromShape(shape) === 0) return y.info;
  const [at, yAt] = [backend.address(x), y.address];
  const rank = sizes.length;
  const matrices = rank >= 2 && source[rank - 2] === 1 && source[rank - 1] === sizes[rank - 2];
  const plain = matrices && (rank === 2 || (rank === 3 && source[0] === (sizes[1] as number) * (sizes[2] as number)));
  if (plain) {
    const [rows, columns] = [sizes[rank - 1] as number, sizes[rank - 2] as number];
    backend.call("transpose_matrices", at, yAt, rank === 3 ? (sizes[0] as number) : 1, rows, columns);
  } else if (source[rank - 1] === 1 && rank <= 5) {
    copyRuns(backend, at, yAt, { sizes, steps: [source, to] });
  } else {
    const five = padded({ sizes, steps: [source] }, 5);
    if (!five) throw new Error(`transpose: permutation [${perm}] of [${x.shape}] has more than five dimensions`);
    backend.call("permute", at, yAt, ...five.sizes, ...(five.steps[0] as number[]));
  }
  return y.info;
}

/** Copies where the last dimension of the walk is contiguous on both sides; steps are x's, then y's. */
function copyRuns(backend: MachineBackend, x: number, y: number, walk: Walk): void {
  const five = padded(walk.sizes.length === 0 ? { sizes: [1], steps: [[1], [1]] } : walk, 5) as Walk;
  const [from, to] = five.steps as [number[], number[]];
  backend.call("copy_runs", x, y, ...five.sizes, ...from.slice(0, 4), ...to.slice(0, 4));
}

/** Copies a box of `sizes` between two tensors; offsets and steps are in elements. False when it has too many dimensions. */
function copyBox(
  backend: MachineBackend,
  sizes: number[],
  x: { address: number; offset: number; steps: number[] },
  y: { address: number; offset: number; steps: number[] },
): boolean {
  if (sizes.includes(0)) return true;
  const walk = merged({ sizes, steps: [x.steps, y.steps] });
  const last = walk.sizes.length - 1;
  // A box whose last dimension has size 1 lost it in merging, and with it the contiguous run.
  const runs = last < 0 || walk.steps.every((steps) => steps[last] === 1) ? walk : withRunOfOne(walk);
  if (runs.sizes.length > 5) return false;
  copyRuns(backend, x.address + 4 * x.offset, y.address + 4 * y.offset, runs);
  return true;
}

const withRunOfOne = ({ sizes, steps }: Walk): Walk => ({
  sizes: [...sizes, 1],
  steps: steps.map((each) => [...each, 1]),
});

const dot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, x, i) => sum + x * (b[i] as number), 0);

const sizeOfPadding = ([before, after]: [number, number]): number => before + after;

const transpose = binding<One, { perm: number[] }>("Transpose", ({ inputs: { x }, attrs: { perm }, backend }) =>
  fourBytes(x) && x.shape.length <= 5 ? permuted(backend, x, perm) : undefined,
);

const slice = binding<One, { begin: number[]; size: number[] }>("Slice", ({ inputs: { x }, attrs, backend }) => {
  if (!fourBytes(x)) return undefined;
  const [begin, size] = slice_util.parseSliceParams(x as never, attrs.begin, attrs.size) as [number[], number[]];
  slice_util.assertParamsValid(x as never, begin, size);
  const steps = stepsOf(x.shape);
  const y = backend.output(size, x.dtype);
  const from = { address: backend.address(x), offset: dot(begin, steps), steps };
  if (copyBox(backend, size, from, { address: y.address, offset: 0, steps: stepsOf(size) })) return y.info;
  backend.disposeData(y.info.dataId);
  return undefined;
});

const pad = binding<One, { paddings: [number, number][]; constantValue: number }>(
  "PadV2",
  ({ inputs: { x }, attrs, backend }) => {
    const { paddings, constantValue } = attrs;
    if (x.dtype !== "float32" || x.shape.length === 0) return undefined;
    const shape = x.shape.map((size, i) => size + sizeOfPadding(paddings[i] as [number, number]));
    const y = backend.output(shape);
    backend.call("fill_elements", y.address, sizeFromShape(shape), constantValue);
    const steps = stepsOf(shape);
    const offset = dot(
      paddings.map(([before]) => before),
      steps,
    );
    const from = { address: backend.address(x), offset: 0, steps: stepsOf(x.shape) };
    if (copyBox(backend, x.shape, from, { address: y.address, offset, steps })) return y.info;
    backend.disposeData(y.info.dataId);
    return undefined;
  },
);

const concat = binding<Record<string, TensorInfo>, { axis: number }>("Concat", ({ inputs, attrs, backend }) => {
  const tensors = Object.values(inputs);
  const first = tensors[0] as TensorInfo;
  if (!tensors.every((x) => x.dtype === first.dtype) || !fourBytes(first)) return undefined;
  const axis = util.parseAxisParam(attrs.axis, first.shape)[0] as number;
  const total = tensors.reduce((sum, { shape }) => sum + (shape[axis] as number), 0);
  const shape = first.shape.map((size, i) => (i === axis ? total : size));
  const y = backend.output(shape, first.dtype);
  const inner = sizeFromShape(shape.slice(axis + 1));
  const outer = sizeFromShape(shape.slice(0, axis));
  let offset = 0;
  for (const x of tensors) {
    const run = (x.shape[axis] as number) * inner;
    const from = { address: backend.address(x), offset: 0, steps: [run, 1] };
    copyBox(backend, [outer, run], from, { address: y.address, offset, steps: [total * inner, 1] });
    offset += run;
  }
  return y.info;
});

const tile = binding<One, { reps: number[] }>("Tile", ({ inputs: { x }, attrs: { reps }, backend }) => {
  const rank = x.shape.length;
  if (!fourBytes(x) || rank === 0 || 2 * rank > 5) return undefined;
  const shape = x.shape.map((size, i) => size * (reps[i] as number));
  const y = backend.output(shape, x.dtype);
  const steps = stepsOf(shape);
  const sizes = x.shape.flatMap((size, i) => [reps[i] as number, size]);
  const from = stepsOf(x.shape).flatMap((step) => [0, step]);
  const to = steps.flatMap((step, i) => [step * (x.shape[i] as number), step]);
  const box = { address: backend.address(x), offset: 0, steps: from };
  copyBox(backend, sizes, box, { address: y.address, offset: 0, steps: to });
  return y.info;
});

const gather = binding<{ x: TensorInfo; indices: TensorInfo }, { axis: number; batchDims: number }>(
  "GatherV2",
  ({ inputs: { x, indices }, attrs, backend }) => {
    if (!fourBytes(x) || indices.dtype !== "int32" || attrs.batchDims) return undefined;
    const axis = util.parseAxisParam(attrs.axis, x.shape)[0] as number;
    const size = x.shape[axis] as number;
    const values = backend.view(indices);
    if (values.some((index) => index < 0 || index >= size)) return undefined; // tfjs says which
    const y = backend.output([...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)], x.dtype);
    const outer = sizeFromShape(x.shape.slice(0, axis));
    const inner = sizeFromShape(x.shape.slice(axis + 1));
    const count = sizeFromShape(indices.shape);
    backend.call("gather_rows", backend.address(x), backend.address(indices), y.address, outer, count, size, inner);
    return y.info;
  },
);

/** Bindings of cpp/movement.h, and of what needs no move at all. */
export const movement: readonly Binding[] = [
  binding<One>("Identity", ({ inputs: { x }, backend }) => backend.share(x, x.shape)),
  binding<One, { shape: number[] }>("Reshape", ({ inputs: { x }, attrs: { shape }, backend }) =>
    backend.share(x, util.inferFromImplicitShape(shape, sizeFromShape(x.shape))),
  ),
  transpose,
  slice,
  pad,
  concat,
  tile,
  gather,
];
