// Layer norm and RMS norm.

import { type TensorInfo, util } from "@tensorflow/tfjs-core";
import { type Binding, binding } from "../binding.js";

interface Row {
  x: TensorInfo;
  weight: TensorInfo;
}

/** Number and length of the rows along the last dimension. */
export function rowsOf({ shape }: TensorInfo): { rows: number; dim: number } {
  return { rows: util.sizeFromShape(shape.slice(0, -1)), dim: shape.at(-1) as number };
}

const perRow = ({ shape }: TensorInfo): number[] => [...shape.slice(0, -1), 1];

/** Bindings of cpp/norm.h. */
export const norm: readonly Binding[] = [
  binding<Row & { bias?: TensorInfo }, { eps: number }>(
    "LayerNorm",
    ({ inputs: { x, weight, bias }, attrs: { eps }, backend }) => {
      const { rows, dim } = rowsOf(x);
      const [y, mean, scale] = [backend.output(x.shape), backend.output(perRow(x)), backend.output(perRow(x))];
      const pointers = [x, weight, bias].map((tensor) => backend.address(tensor));
      backend.call("layer_norm", ...pointers, y.address, mean.address, scale.address, rows, dim, eps);
      return [y.info, mean.info, scale.info];
    },
  ),
  binding<Row & { dy: TensorInfo; mean: TensorInfo; scale: TensorInfo }>(
    "LayerNormGrad",
    ({ inputs: { dy, x, weight, mean, scale }, backend }) => {
      const { rows, dim } = rowsOf(x);
      const [dx, dweight, dbias] = [backend.output(x.shape), backend.output([dim]), backend.output([dim])];
      const pointers = [dy, x, weight, mean, scale].map((tensor) => backend.address(tensor));
      backend.call("layer_norm_grad", ...pointers, dx.address, dweight.address, dbias.address, rows, dim);
      return [dx.info, dweight.info, dbias.info];
    },
  ),
  binding<Row, { eps: number }>("RMSNorm", ({ inputs: { x, weight }, attrs: { eps }, backend }) => {
    const { rows, dim } = rowsOf(x);
    const [y, scale] = [backend.output(x.shape), backend.output(perRow(x))];
    backend.call("rms_norm", backend.address(x), backend.address(weight), y.address, scale.address, rows, dim, eps);
    return [y.info, scale.info];
  }),
  binding<Row & { dy: TensorInfo; scale: TensorInfo }>(
    "RMSNormGrad",
    ({ inputs: { dy, x, weight, scale }, backend }) => {
      const { rows, dim } = rowsOf(x);
      const [dx, dweight] = [backend.output(x.shape), backend.output([dim])];
      const pointers = [dy, x, weight, scale].map((tensor) => backend.address(tensor));
      backend.call("rms_norm_grad", ...pointers, dx.address, dweight.address, rows, dim);
      return [dx.info, dweight.info];
    },
  ),
];
