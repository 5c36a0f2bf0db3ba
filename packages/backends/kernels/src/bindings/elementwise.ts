// Elementwise kernels.

import type { TensorInfo } from "@tensorflow/tfjs-core";
import { type Binding, binding } from "../binding.js";

/** Bindings of cpp/elementwise.h. */
export const elementwise: readonly Binding[] = [
  binding<{ a: TensorInfo; b: TensorInfo }>("Add", ({ inputs: { a, b }, backend }) => {
    if (a.dtype !== "float32" || b.dtype !== "float32" || a.shape.join() !== b.shape.join()) return undefined;
    const y = backend.output(a.shape);
    backend.call(
      "add",
      backend.address(a),
      backend.address(b),
      y.address,
      a.shape.reduce((x, y) => x * y, 1),
    );
    return y.info;
  }),
];
