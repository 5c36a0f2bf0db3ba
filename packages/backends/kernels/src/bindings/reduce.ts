// Reductions of tfjs along any axes.

import { type TensorInfo, util } from "@tensorflow/tfjs-core";
import { type Binding, binding } from "../binding.js";
import { permuted } from "./movement.js";

const { sizeFromShape, parseAxisParam } = util;

interface Axes {
  axis?: number | number[];
  /** What tfjs calls the axes of Max. */
  reductionIndices?: number | number[];
  keepDims?: boolean;
}

/** Neighboring axes are one axis to the kernel; others are brought to the end first. */
function reduction(name: string, kernel: string): Binding {
  return binding<{ x: TensorInfo }, Axes>(name, ({ inputs: { x }, attrs, backend }) => {
    if (x.dtype !== "float32") return undefined;
    const { axis, reductionIndices = axis, keepDims } = attrs;
    const axes = parseAxisParam(reductionIndices as number[], x.shape).sort((a, b) => a - b);
    const kept = x.shape.flatMap((size, i) => (axes.includes(i) ? (keepDims ? [1] : []) : [size]));
    if (axes.length === 0) return backend.share(x, x.shape);
    const [first, last] = [axes[0] as number, axes.at(-1) as number];
    const together = last - first + 1 === axes.length;
    const rest = x.shape.map((_, i) => i).filter((i) => !axes.includes(i));
    const source = together ? x : permuted(backend, x, [...rest, ...axes]);
    const count = sizeFromShape(axes.map((i) => x.shape[i] as number));
    const inner = together ? sizeFromShape(x.shape.slice(last + 1)) : 1;
    const y = backend.output(kept);
    const outer = together ? sizeFromShape(x.shape.slice(0, first)) : sizeFromShape(kept);
    backend.call(kernel, backend.address(source), y.address, outer, count, inner);
    if (source !== x) backend.disposeData(source.dataId);
    return y.info;
  });
}

/** Bindings of cpp/reduce.h. */
export const reduce: readonly Binding[] = [
  reduction("Sum", "reduce_sum"),
  reduction("Mean", "reduce_mean"),
  reduction("Max", "reduce_max"),
  reduction("Min", "reduce_min"),
];
