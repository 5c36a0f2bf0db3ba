// Rotary position embedding.

import { type TensorInfo, util } from "@tensorflow/tfjs-core";
import { type Binding, binding, type Call } from "../binding.js";

interface Attrs {
  layout: "half" | "interleaved";
  offset: number;
}

function rotate(
  x: TensorInfo,
  { inputs: { cos, sin }, attrs: { layout, offset }, backend }: Call<{ cos: TensorInfo; sin: TensorInfo }, Attrs>,
  sign: 1 | -1,
): TensorInfo {
  const [time, dim] = x.shape.slice(-2) as [number, number];
  const pairs = cos.shape[1] as number;
  const y = backend.output(x.shape);
  const from = offset * pairs * Float32Array.BYTES_PER_ELEMENT;
  const pointers = [backend.address(x), backend.address(cos) + from, backend.address(sin) + from, y.address];
  const rows = util.sizeFromShape(x.shape.slice(0, -2));
  backend.call("rope", ...pointers, rows, time, dim, pairs, layout === "interleaved" ? 1 : 0, sign);
  return y.info;
}

/** Bindings of cpp/rope.h. */
export const rope: readonly Binding[] = [
  binding<{ x: TensorInfo; cos: TensorInfo; sin: TensorInfo }, Attrs>("Rope", (call) => rotate(call.inputs.x, call, 1)),
  binding<{ dy: TensorInfo; cos: TensorInfo; sin: TensorInfo }, Attrs>("RopeGrad", (call) =>
    rotate(call.inputs.dy, call, -1),
  ),
];
