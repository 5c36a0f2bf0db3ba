// A tensor's values: in the machine's memory, or, as the CPU kernels of tfjs leave them, in an array of JavaScript.
//
// They move to the machine when a kernel first asks for their address, and stay there.

import type { backend_util, DataType, TensorInfo, TypedArray } from "@tensorflow/tfjs-core";
import type { Block } from "./machine.js";
import type { Pool } from "./pool.js";

type Values = backend_util.BackendValues;

/** What the backend keeps for a tensor's data id; the CPU kernels of tfjs read `values`. */
export class TensorData {
  refCount: number;
  readonly dtype: DataType;
  complexTensorInfos?: { real: TensorInfo; imag: TensorInfo };
  #values: Values | undefined;
  #block: Block | undefined;
  readonly #length: number;

  constructor(dtype: DataType, source: Values | Block | undefined, length: number, refCount: number) {
    this.dtype = dtype;
    this.refCount = refCount;
    this.#length = length;
    if (source && "address" in source) this.#block = source;
    else this.#values = source;
  }

  /** The values; for those on the machine a view, which is only good until the next kernel runs. */
  get values(): Values | undefined {
    if (!this.#block) return this.#values;
    // A view of memory that has grown since is empty.
    const view = this.#values as TypedArray | undefined;
    if (view?.buffer !== this.#block.buffer) this.#values = viewOf(this.#block, this.dtype, this.#length);
    return this.#values;
  }

  /** Whether the values are in the machine's memory. */
  get onMachine(): boolean {
    return this.#block !== undefined;
  }

  /** The address of the values, which move to the machine first where they are not there. */
  address(pool: Pool): number {
    if (this.#block) return this.#block.address;
    const values = this.#values as TypedArray;
    this.#block = pool.take(Math.max(1, this.#length) * bytesPerElement(this.dtype));
    this.#values = viewOf(this.#block, this.dtype, this.#length);
    (this.#values as TypedArray).set(values);
    return this.#block.address;
  }

  /** Gives the memory back. */
  release(pool: Pool): void {
    if (this.#block) pool.give(this.#block);
    this.#block = undefined;
    this.#values = undefined;
  }
}

/** Bytes of one element as tfjs' CPU kernels store it. */
export function bytesPerElement(dtype: DataType): number {
  if (dtype === "float32" || dtype === "int32") return 4;
  if (dtype === "bool") return 1;
  throw new Error(`the kernels have no ${dtype} tensors`);
}

function viewOf({ buffer, offset }: Block, dtype: DataType, length: number): TypedArray {
  if (dtype === "float32") return new Float32Array(buffer, offset, length);
  if (dtype === "int32") return new Int32Array(buffer, offset, length);
  return new Uint8Array(buffer, offset, length);
}
