// Matrix products: tfjs' BatchMatMul, and the Linear of `@llm/linear`.

import { type TensorInfo, util } from "@tensorflow/tfjs-core";
import { type Binding, binding, type Call } from "../binding.js";

const { sizeFromShape } = util;

interface Product {
  a: TensorInfo;
  b: TensorInfo;
}

interface Transposes {
  transposeA: boolean;
  transposeB: boolean;
}

interface LinearInputs {
  x: TensorInfo;
  weight: TensorInfo;
  bias?: TensorInfo;
}

/** [rows, I] as which a linear layer sees x. */
const rowsOf = ({ shape }: TensorInfo): number => sizeFromShape(shape.slice(0, -1));

function batchMatMul({ inputs: { a, b }, attrs, backend }: Call<Product, Transposes>): TensorInfo | undefined {
  if (a.dtype !== "float32" || b.dtype !== "float32") return undefined;
  const { m, n, k, batch, aStep, bStep } = plan(a, b, attrs);
  if (batch === undefined) return undefined;
  const count = sizeFromShape(batch);
  const y = backend.output([...batch, m, n]);
  const { transposeA, transposeB } = attrs;
  backend.call(
    "matmul",
    backend.address(a),
    backend.address(b),
    y.address,
    count,
    m,
    n,
    k,
    aStep,
    bStep,
    transposeA ? 1 : 0,
    transposeB ? 1 : 0,
    0,
    0,
  );
  return y.info;
}

/** Sizes; `batch` is undefined where both sides broadcast, which is left to tfjs. */
function plan(a: TensorInfo, b: TensorInfo, { transposeA, transposeB }: Transposes) {
  const [rows, columns] = a.shape.slice(-2) as [number, number];
  const n = b.shape.at(transposeB ? -2 : -1) as number;
  const [m, k] = transposeA ? [columns, rows] : [rows, columns];
  const inner = b.shape.at(transposeB ? -1 : -2);
  if (inner !== k) throw new Error(`matMul: inner dimensions ${k} and ${inner} differ`);
  const [p, q] = [a.shape.slice(0, -2), b.shape.slice(0, -2)];
  const [countA, countB] = [sizeFromShape(p), sizeFromShape(q)];
  const fits = p.join() === q.join() || countA === 1 || countB === 1;
  const rank = Math.max(p.length, q.length);
  const longer = countA >= countB && countB !== 0 ? p : q;
  const batch = fits ? [...Array.from({ length: rank - longer.length }, () => 1), ...longer] : undefined;
  return { m, n, k, batch, aStep: countA === 1 ? 0 : m * k, bStep: countB === 1 ? 0 : k * n };
}

function linear({ inputs: { x, weight, bias }, backend }: Call<LinearInputs>): TensorInfo {
  const [outDim, inDim] = weight.shape as [number, number];
  const y = backend.output([...x.shape.slice(0, -1), outDim]);
  const [xAt, wAt, bAt] = [backend.address(x), backend.address(weight), backend.address(bias)];
  backend.call("matmul", xAt, wAt, y.address, 1, rowsOf(x), outDim, inDim, 0, 0, 0, 1, bAt, 0);
  return y.info;
}

/** dx = dy·W, dW = dyᵀ·x, db = Σ_rows dy. */
function linearGrad({ inputs, backend }: Call<LinearInputs & { dy: TensorInfo }>): TensorInfo[] {
  const { dy, x, weight, bias } = inputs;
  const [outDim, inDim] = weight.shape as [number, number];
  const rows = rowsOf(x);
  const [dyAt, xAt, wAt] = [backend.address(dy), backend.address(x), backend.address(weight)];
  const dx = backend.output(x.shape);
  const dWeight = backend.output(weight.shape);
  backend.call("matmul", dyAt, wAt, dx.address, 1, rows, inDim, outDim, 0, 0, 0, 0, 0, 0);
  backend.call("matmul", dyAt, xAt, dWeight.address, 1, outDim, inDim, rows, 0, 0, 1, 0, 0, 0);
  if (!bias) return [dx.info, dWeight.info];
  const dBias = backend.output(bias.shape);
  backend.call("column_sums", dyAt, dBias.address, rows, outDim);
  return [dx.info, dWeight.info, dBias.info];
}

const linearFlops = ({ inputs: { x, weight } }: Call<LinearInputs>): number =>
  2 * rowsOf(x) * sizeFromShape(weight.shape);

/** Bindings of cpp/matmul.h. */
export const matmul: readonly Binding[] = [
  binding<Product, Transposes>("BatchMatMul", batchMatMul, ({ inputs: { a, b }, attrs }) => {
    const { m, n, k, batch } = plan(a, b, attrs);
    return 2 * m * n * k * sizeFromShape(batch ?? []);
  }),
  binding<LinearInputs>("Linear", linear, linearFlops),
  binding<LinearInputs & { dy: TensorInfo }>(
    "LinearGrad",
    linearGrad,
    (call) => 2 * linearFlops(call as Call<LinearInputs>),
  ),
];
