// Bindings of cpp/quantized.h: the layer QuantizedLinear with its gradient.

import { type TensorInfo, util } from "@tensorflow/tfjs-core";
import type { MachineBackend } from "../backend.js";
import { type Binding, binding } from "../binding.js";

interface Weight {
  levels: TensorInfo;
  scales: TensorInfo;
}
interface Attrs {
  bits: 8 | 4;
}

/** Rows up to which the levels are multiplied as they are; for more, dequantizing once costs less. */
const FEW = 4;

const sizes = ({ levels, scales }: Weight): { out: number; inner: number } => ({
  out: levels.shape[0] as number,
  inner: (scales.shape[1] as number) * 32,
});

const flops = (rowsOf: TensorInfo, weight: Weight): number => {
  const { out, inner } = sizes(weight);
  return 2 * util.sizeFromShape(rowsOf.shape.slice(0, -1)) * out * inner;
};

/** Calls f with the address of the weight in float32, which is gone when it returns. */
function withWeight(backend: MachineBackend, weight: Weight, bits: number, f: (address: number) => void): void {
  const { out, inner } = sizes(weight);
  const block = backend.pool.take(Math.max(1, out * inner) * Float32Array.BYTES_PER_ELEMENT);
  try {
    const [levels, scales] = [backend.address(weight.levels), backend.address(weight.scales)];
    backend.call("dequantize", levels, scales, block.address, out, inner, bits);
    f(block.address);
  } finally {
    backend.pool.give(block);
  }
}

/** y = x·Wᵀ */
const forward = binding<Weight & { x: TensorInfo }, Attrs>(
  "QuantizedLinear",
  ({ inputs, attrs: { bits }, backend }) => {
    const { x, levels, scales } = inputs;
    const { out, inner } = sizes(inputs);
    const rows = util.sizeFromShape(x.shape.slice(0, -1));
    const y = backend.output([...x.shape.slice(0, -1), out]);
    const [from, level, scale] = [backend.address(x), backend.address(levels), backend.address(scales)];
    if (rows <= FEW) backend.call("quantized_product", from, level, scale, y.address, rows, out, inner, bits);
    else
      withWeight(backend, inputs, bits, (weight) =>
        backend.call("matmul", from, weight, y.address, rows, out, inner, 0, 1, 0, 0, 0, 0, 0),
      );
    return y.info;
  },
  ({ inputs }) => flops(inputs.x, inputs),
);

/** dx = dy·W */
const gradient = binding<Weight & { dy: TensorInfo }, Attrs>(
  "QuantizedLinearGrad",
  ({ inputs, attrs: { bits }, backend }) => {
    const { dy } = inputs;
    const { out, inner } = sizes(inputs);
    const rows = util.sizeFromShape(dy.shape.slice(0, -1));
    const dx = backend.output([...dy.shape.slice(0, -1), inner]);
    const from = backend.address(dy);
    withWeight(backend, inputs, bits, (weight) =>
      backend.call("matmul", from, weight, dx.address, rows, inner, out, 0, 0, 0, 0, 0, 0, 0),
    );
    return [dx.info];
  },
  ({ inputs }) => flops(inputs.dy, inputs),
);

/** Bindings of cpp/quantized.h. */
export const quantized: readonly Binding[] = [forward, gradient];
