// Dropout.

import { type TensorInfo, util } from "@tensorflow/tfjs-core";
import type { MachineBackend } from "../backend.js";
import { type Binding, binding } from "../binding.js";

interface Attrs {
  rate: number;
  key: [number, number];
  position: number;
}

function drop(backend: MachineBackend, x: TensorInfo, { rate, key, position }: Attrs): TensorInfo {
  const y = backend.output(x.shape);
  const size = util.sizeFromShape(x.shape);
  // A word below rate · 2³² drops its element; the last such word, because the limit itself might need 33 bits.
  const limit = Math.ceil(rate * 2 ** 32) - 1;
  backend.call("dropout", backend.address(x), y.address, size, position, ...key, limit, 1 / (1 - rate));
  return y.info;
}

/** Bindings of cpp/dropout.h. */
export const dropout: readonly Binding[] = [
  binding<{ x: TensorInfo }, Attrs>("Dropout", ({ inputs: { x }, attrs, backend }) => drop(backend, x, attrs)),
  binding<{ dy: TensorInfo }, Attrs>("DropoutGrad", ({ inputs: { dy }, attrs, backend }) => drop(backend, dy, attrs)),
];
