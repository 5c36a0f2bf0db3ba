// Bindings of cpp/matmul.h: the products of tfjs, and the layer Linear with its gradient.

import { currentPrecision } from "@llm/ops";
import type { TensorInfo } from "@tensorflow/tfjs-core";
import { type Binding, binding, type Call } from "../binding.js";
import { batchOf, collapse } from "./batch.js";

interface MatMulInputs {
  a: TensorInfo;
  b: TensorInfo;
}
interface MatMulAttrs {
  transposeA: boolean;
  transposeB: boolean;
}
interface FusedInputs extends MatMulInputs {
  bias?: TensorInfo;
  preluActivationWeights?: TensorInfo;
}
interface FusedAttrs extends MatMulAttrs {
  activation?: string;
}
interface LinearInputs {
  x: TensorInfo;
  weight: TensorInfo;
  bias?: TensorInfo;
}
interface LinearGradInputs extends LinearInputs {
  dy: TensorInfo;
}

/** The numbers by which cpp/micro.h knows activations. */
const ACTIVATIONS = new Map([
  ["linear", 0],
  ["relu", 1],
  ["relu6", 2],
  ["sigmoid", 3],
]);

const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);
const precision = (): number => (currentPrecision() === "bf16" ? 1 : 0);
const isFloat = (...tensors: (TensorInfo | undefined)[]): boolean =>
  tensors.every((tensor) => !tensor || tensor.dtype === "float32");

/** Sizes of op(A)·op(B). */
function sizes({ a, b }: MatMulInputs, { transposeA, transposeB }: MatMulAttrs): { m: number; n: number; k: number } {
  const m = a.shape.at(transposeA ? -1 : -2) as number;
  const k = a.shape.at(transposeA ? -2 : -1) as number;
  return { m, n: b.shape.at(transposeB ? -2 : -1) as number, k };
}

const productFlops = ({ inputs, attrs }: Call<MatMulInputs, MatMulAttrs>): number => {
  const { m, n, k } = sizes(inputs, attrs);
  return 2 * m * n * k * sizeOf(batchOf(inputs.a.shape, inputs.b.shape) ?? []);
};

const batchMatMul = binding<MatMulInputs, MatMulAttrs>(
  "BatchMatMul",
  ({ inputs: { a, b }, attrs, backend }) => {
    const batch = batchOf(a.shape, b.shape);
    if (!isFloat(a, b) || !batch) return undefined;
    const { m, n, k } = sizes({ a, b }, attrs);
    const grid = collapse(batch, a.shape, b.shape);
    if (!grid) return undefined;
    const { info, address } = backend.output([...batch, m, n]);
    const [ta, tb] = [Number(attrs.transposeA), Number(attrs.transposeB)];
    const [from, to] = [backend.address(a), backend.address(b)];
    // A right side that all share makes one tall product.
    const tall = !attrs.transposeA && grid.b.every((step) => step === 0) && grid.dense;
    if (tall) {
      backend.call("matmul", from, to, address, m * sizeOf(batch), n, k, ta, tb, 0, 0, 0, 0, precision());
    } else {
      backend.call("matmul_batch", from, to, address, m, n, k, ta, tb, precision(), ...grid.size, ...grid.a, ...grid.b);
    }
    return info;
  },
  productFlops,
);

const fusedMatMul = binding<FusedInputs, FusedAttrs>(
  "_FusedMatMul",
  ({ inputs: { a, b, bias, preluActivationWeights }, attrs, backend }) => {
    const activation = ACTIVATIONS.get(attrs.activation ?? "linear");
    const { m, n, k } = sizes({ a, b }, attrs);
    const batch = a.shape.slice(0, -2);
    // tfjs' layers fuse plain products only; all else is left to tfjs.
    const plain = sizeOf(batch) === 1 && sizeOf(b.shape.slice(0, -2)) === 1 && a.shape.length >= b.shape.length;
    const whole = !bias || (sizeOf(bias.shape) === n && bias.shape.at(-1) === n);
    if (!isFloat(a, b, bias) || preluActivationWeights || activation === undefined || !plain || !whole)
      return undefined;
    const { info, address } = backend.output([...batch, m, n]);
    const [ta, tb] = [Number(attrs.transposeA), Number(attrs.transposeB)];
    const [from, to, plus] = [backend.address(a), backend.address(b), backend.address(bias)];
    backend.call("matmul", from, to, address, m, n, k, ta, tb, 0, plus, activation, 0, precision());
    return info;
  },
  productFlops,
);

const linearFlops = ({ x, weight }: LinearInputs): number => 2 * sizeOf(x.shape) * (weight.shape[0] as number);

/** y = x·Wᵀ + b, x [..., I], weight [O, I]. */
const linear = binding<LinearInputs>(
  "Linear",
  ({ inputs: { x, weight, bias }, backend }) => {
    if (!isFloat(x, weight, bias)) return undefined;
    const [out, inner] = weight.shape as [number, number];
    const rows = sizeOf(x.shape.slice(0, -1));
    const y = backend.output([...x.shape.slice(0, -1), out]);
    const [from, to, plus] = [backend.address(x), backend.address(weight), backend.address(bias)];
    backend.call("matmul", from, to, y.address, rows, out, inner, 0, 1, 0, plus, 0, 0, precision());
    return y.info;
  },
  ({ inputs }) => linearFlops(inputs),
);

/** dx = dy·W, dW = dyᵀ·x, db = the column sums of dy. */
const linearGrad = binding<LinearGradInputs>(
  "LinearGrad",
  ({ inputs: { dy, x, weight, bias }, backend }) => {
    if (!isFloat(dy, x, weight)) return undefined;
    const [out, inner] = weight.shape as [number, number];
    const rows = sizeOf(x.shape.slice(0, -1));
    const [g, from, to] = [backend.address(dy), backend.address(x), backend.address(weight)];
    const dx = backend.output(x.shape);
    backend.call("matmul", g, to, dx.address, rows, inner, out, 0, 0, 0, 0, 0, 0, precision());
    const dWeight = backend.output(weight.shape);
    backend.call("matmul", g, from, dWeight.address, out, inner, rows, 1, 0, 0, 0, 0, 0, precision());
    if (!bias) return [dx.info, dWeight.info];
    const dBias = backend.output(bias.shape);
    backend.call("column_sums", g, dBias.address, rows, out);
    return [dx.info, dWeight.info, dBias.info];
  },
  ({ inputs }) => 2 * linearFlops(inputs),
);

/** Bindings of cpp/matmul.h. */
export const matmul: readonly Binding[] = [batchMatMul, fusedMatMul, linear, linearGrad];
