// Makes tfjs' `wasm` backend fit for training.
//
// Copies: its Identity, and its Cast to the type that is there already, copy the data, so every activation
// that the tape saves would exist twice. Here they count a reference, as on tfjs' other backends.
//
// Products: the backend hands only one form of BatchMatMul to its matrix library (XNNPACK): no transposes, one
// batch. Every other form, so most of a backward pass and all of attention, is a plain loop some twenty
// times slower. The kernel registered here transposes in cache-sized tiles, then gives each batch to the
// fast form through views of the backend's memory, without copying. It relies on the inside of
// tfjs-backend-wasm 4, and stays away where that looks different.

import { getKernel, type KernelFunc, registerKernel, type TensorInfo, unregisterKernel } from "@tensorflow/tfjs-core";

interface Storage {
  id: number;
  memoryOffset: number;
}

/** What is used of `BackendWasm`. */
interface WasmBackend {
  dataIdNextNumber: number;
  dataIdMap: { get(dataId: object): Storage };
  incRef(dataId: object): void;
  makeOutput(shape: number[], dtype: string): TensorInfo;
  disposeData(dataId: object): boolean;
  wasm: {
    HEAPF32: Float32Array;
    cwrap(name: string, result: null, parameters: string[]): Multiply;
    tfjs: { registerTensor(id: number, size: number, offset: number): void; disposeData(id: number): void };
  };
}

type Multiply = (
  a: number,
  aShape: Uint8Array,
  aRank: number,
  b: number,
  bShape: Uint8Array,
  bRank: number,
  ta: number,
  tb: number,
  out: number,
) => void;

/** A row of matrices somewhere in the backend's memory. */
interface Matrices {
  offset: number;
  count: number;
  rows: number;
  columns: number;
}

const FLOAT_BYTES = 4;
const TILE = 32;
const PARAMETERS = ["number", "array", "number", "number", "array", "number", "number", "number", "number"];
const replaced = new WeakSet<KernelFunc>();

/** Replaces kernels of the `wasm` backend, once; does nothing where it is not registered. */
export function improveWasm(): void {
  replaceCopies();
  replaceProduct();
}

function replaceCopies(): void {
  for (const name of ["Identity", "Cast"]) {
    replace(name, (original) => (call) => {
      const { dataId, shape, dtype } = call.inputs.x as TensorInfo;
      if (name === "Cast" && call.attrs?.dtype !== dtype) return original(call);
      (call.backend as WasmBackend).incRef(dataId);
      return { dataId, shape, dtype };
    });
  }
}

function replace(name: string, wrap: (original: KernelFunc) => KernelFunc): void {
  const kernel = getKernel(name, "wasm");
  if (!kernel || replaced.has(kernel.kernelFunc)) return;
  const kernelFunc = wrap(kernel.kernelFunc);
  replaced.add(kernelFunc);
  unregisterKernel(name, "wasm");
  registerKernel({ ...kernel, kernelFunc });
}

function replaceProduct(): void {
  replace("BatchMatMul", (original) => {
    let multiply: Multiply | undefined;
    return (call) => {
      const backend = call.backend as WasmBackend;
      const { a, b } = call.inputs as unknown as { a: TensorInfo; b: TensorInfo };
      const { transposeA, transposeB } = call.attrs as unknown as { transposeA: boolean; transposeB: boolean };
      const [p, q] = [batchOf(a), batchOf(b)];
      const known =
        typeof backend.wasm?.tfjs?.registerTensor === "function" && backend.wasm.HEAPF32 instanceof Float32Array;
      const shapes = p.join() === q.join() || size(p) === 1 || size(q) === 1;
      if (!known || !shapes || size(a.shape) === 0 || size(b.shape) === 0) return original(call);
      multiply ??= backend.wasm.cwrap("BatchMatMul", null, PARAMETERS);
      return product(backend, multiply, a, b, transposeA, transposeB);
    };
  });
}

function product(
  backend: WasmBackend,
  multiply: Multiply,
  a: TensorInfo,
  b: TensorInfo,
  ta: boolean,
  tb: boolean,
): TensorInfo {
  const x = ta ? transposed(backend, a) : a;
  const y = tb ? transposed(backend, b) : b;
  const [xs, ys] = [matrices(backend, x), matrices(backend, y)];
  const batch = xs.count >= ys.count ? batchOf(x) : batchOf(y);
  if (xs.columns !== ys.rows) throw new Error(`matMul: inner dimensions ${xs.columns} and ${ys.rows} differ`);
  const out = backend.makeOutput([...batch, xs.rows, ys.columns], "float32");
  const outs = matrices(backend, out);
  const [xShape, yShape] = [shapeBytes(xs), shapeBytes(ys)];
  for (let i = 0; i < outs.count; i++) {
    const ids = [view(backend, xs, i), view(backend, ys, i), view(backend, outs, i)] as const;
    multiply(ids[0], xShape, 3, ids[1], yShape, 3, 0, 0, ids[2]);
    for (const id of ids) backend.wasm.tfjs.disposeData(id);
  }
  if (ta) backend.disposeData(x.dataId);
  if (tb) backend.disposeData(y.dataId);
  return out;
}

/** A copy with the last two dimensions swapped, tile by tile so that reads and writes both stay in cache. */
function transposed(backend: WasmBackend, x: TensorInfo): TensorInfo {
  const { count, rows, columns } = matrices(backend, x);
  const out = backend.makeOutput([...batchOf(x), columns, rows], "float32");
  const heap = backend.wasm.HEAPF32;
  const from = matrices(backend, x).offset / FLOAT_BYTES;
  const to = matrices(backend, out).offset / FLOAT_BYTES;
  for (let start = 0; start < count * rows * columns; start += rows * columns) {
    for (let r0 = 0; r0 < rows; r0 += TILE) {
      const r1 = Math.min(r0 + TILE, rows);
      for (let c0 = 0; c0 < columns; c0 += TILE) {
        const c1 = Math.min(c0 + TILE, columns);
        for (let c = c0; c < c1; c++) {
          const write = to + start + c * rows;
          const read = from + start + c;
          for (let r = r0; r < r1; r++) heap[write + r] = heap[read + r * columns] as number;
        }
      }
    }
  }
  return out;
}

function matrices(backend: WasmBackend, x: TensorInfo): Matrices {
  const [rows, columns] = x.shape.slice(-2) as [number, number];
  return { offset: backend.dataIdMap.get(x.dataId).memoryOffset, count: size(batchOf(x)), rows, columns };
}

/** Registers the i-th matrix (the only one, where there is one) under an id of its own. */
function view(backend: WasmBackend, { offset, count, rows, columns }: Matrices, i: number): number {
  const id = backend.dataIdNextNumber++;
  const elements = rows * columns;
  backend.wasm.tfjs.registerTensor(id, elements, offset + (count === 1 ? 0 : i * elements * FLOAT_BYTES));
  return id;
}

const shapeBytes = ({ rows, columns }: Matrices): Uint8Array => new Uint8Array(Int32Array.of(1, rows, columns).buffer);
const batchOf = (x: TensorInfo): number[] => x.shape.slice(0, -2);
const size = (shape: number[]): number => shape.reduce((n, d) => n * d, 1);
