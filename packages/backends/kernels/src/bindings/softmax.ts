// Softmax and its gradient. (tfjs' `logSoftmax` is a composite of plain ops and calls no kernel of its own.)

import type { TensorInfo } from "@tensorflow/tfjs-core";
import { type Binding, binding } from "../binding.js";
import { rowsOf } from "./norm.js";

/** Bindings of cpp/softmax.h. */
export const softmax: readonly Binding[] = [
  binding<{ logits: TensorInfo }, { dim: number }>("Softmax", ({ inputs: { logits }, attrs, backend }) => {
    if (logits.dtype !== "float32" || logits.shape.length === 0) return undefined;
    if (attrs.dim !== logits.shape.length - 1 && attrs.dim !== -1) return undefined;
    const { rows, dim } = rowsOf(logits);
    const y = backend.output(logits.shape);
    backend.call("softmax", backend.address(logits), y.address, rows, dim);
    return y.info;
  }),
  binding<{ dy: TensorInfo; y: TensorInfo }>("SoftmaxGrad", ({ inputs: { dy, y }, backend }) => {
    const { rows, dim } = rowsOf(y);
    const dx = backend.output(y.shape);
    backend.call("softmax_grad", backend.address(dy), backend.address(y), dx.address, rows, dim);
    return dx.info;
  }),
];
