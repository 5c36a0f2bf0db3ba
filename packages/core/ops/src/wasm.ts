// Makes tfjs' `wasm` backend multiply matrices fast.
//
// That backend hands only one form of BatchMatMul to its fast matrix library (XNNPACK): no transposes, one
// batch. Every other form, so most of a backward pass and all of attention, is a plain loop some twenty
// times slower. The kernel registered here transposes first, then runs batch by batch in the fast form.

import {
  type DataId,
  getKernel,
  type KernelConfig,
  type KernelFunc,
  type NamedAttrMap,
  registerKernel,
  type TensorInfo,
  unregisterKernel,
} from "@tensorflow/tfjs-core";

interface Operands {
  a: TensorInfo;
  b: TensorInfo;
}

interface Backend {
  disposeData(dataId: DataId): boolean;
}

const accelerated = new WeakSet<KernelFunc>();

/** Replaces the `wasm` backend's BatchMatMul by the fast one, once; does nothing where it is not registered. */
export function accelerateWasmProducts(): void {
  const original = getKernel("BatchMatMul", "wasm") as KernelConfig | undefined;
  if (!original || accelerated.has(original.kernelFunc)) return;
  const kernelFunc: KernelFunc = ({ inputs, backend, attrs }) =>
    multiply(original.kernelFunc, inputs as unknown as Operands, backend as Backend, attrs as NamedAttrMap);
  accelerated.add(kernelFunc);
  unregisterKernel("BatchMatMul", "wasm");
  registerKernel({ ...original, kernelFunc });
}

function multiply(original: KernelFunc, { a, b }: Operands, backend: Backend, attrs: NamedAttrMap): TensorInfo {
  const run = runner(backend);
  const temporary: TensorInfo[] = [];
  const swap = (x: TensorInfo): TensorInfo => {
    const perm = x.shape.map((_, i) => i);
    perm.push(...perm.splice(-2).reverse());
    const swapped = run("Transpose", { x }, { perm });
    temporary.push(swapped);
    return swapped;
  };
  const x = attrs.transposeA ? swap(a) : a;
  const y = attrs.transposeB ? swap(b) : b;
  const out = oneByOne(original, x, y, backend);
  for (const tensor of temporary) backend.disposeData(tensor.dataId);
  return out;
}

/** One call of the fast kernel for each batch; a side with a single matrix is used again for each. */
function oneByOne(original: KernelFunc, x: TensorInfo, y: TensorInfo, backend: Backend): TensorInfo {
  const run = runner(backend);
  const untransposed = { transposeA: false, transposeB: false };
  const call = (a: TensorInfo, b: TensorInfo): TensorInfo =>
    original({ inputs: { a, b }, backend, attrs: untransposed }) as TensorInfo;
  const [xBatch, yBatch] = [x.shape.slice(0, -2), y.shape.slice(0, -2)];
  const [xCount, yCount] = [size(xBatch), size(yBatch)];
  const count = Math.max(xCount, yCount);
  const equal = xBatch.length === yBatch.length && xBatch.every((d, i) => d === yBatch[i]);
  // General broadcasting, empty batches and plain 2-D products: the original knows them all.
  if (count <= 1 || xCount * yCount === 0 || !(equal || xCount === 1 || yCount === 1)) return call(x, y);
  const batch = xCount >= yCount ? xBatch : yBatch;
  const at = (tensor: TensorInfo, i: number): TensorInfo => {
    const [rows, columns] = tensor.shape.slice(-2) as [number, number];
    const flat = { ...tensor, shape: [size(tensor.shape) / (rows * columns || 1), rows, columns] };
    return run("Slice", { x: flat }, { begin: [flat.shape[0] === 1 ? 0 : i, 0, 0], size: [1, rows, columns] });
  };
  const parts: TensorInfo[] = [];
  for (let i = 0; i < count; i++) {
    const [p, q] = [at(x, i), at(y, i)];
    parts.push(call(p, q));
    backend.disposeData(p.dataId);
    backend.disposeData(q.dataId);
  }
  const joined = run("Concat", Object.fromEntries(parts.map((part, i) => [i, part])), { axis: 0 }, parts);
  for (const part of parts) backend.disposeData(part.dataId);
  return { ...joined, shape: [...batch, x.shape.at(-2) as number, y.shape.at(-1) as number] };
}

type Run = (name: string, inputs: Record<string, TensorInfo>, attrs: object, list?: TensorInfo[]) => TensorInfo;

function runner(backend: Backend): Run {
  return (name, inputs, attrs, list) =>
    getKernel(name, "wasm").kernelFunc({
      inputs: (list ?? inputs) as never,
      backend,
      attrs: attrs as NamedAttrMap,
    }) as TensorInfo;
}

const size = (shape: number[]): number => shape.reduce((n, d) => n * d, 1);
