// The element types of the format, and the typed array that holds each.
//
// JavaScript has no 16-bit floats everywhere yet: F16 and BF16 stay as their bits in a Uint16Array, see half.ts.
// The format's 8-bit and smaller floats are not supported.

import { SafetensorsError } from "./error.js";

/** The array that holds a tensor's elements, by dtype. F16 and BF16 are bit patterns, BOOL is 0 or 1. */
export interface DataOf {
  F64: Float64Array;
  F32: Float32Array;
  F16: Uint16Array;
  BF16: Uint16Array;
  I64: BigInt64Array;
  U64: BigUint64Array;
  I32: Int32Array;
  U32: Uint32Array;
  I16: Int16Array;
  U16: Uint16Array;
  I8: Int8Array;
  U8: Uint8Array;
  BOOL: Uint8Array;
}

/** An element type, as the format spells it. */
export type Dtype = keyof DataOf;

/** A tensor outside of any tensor library: elements in row-major order. */
export type StoredTensor = { [D in Dtype]: { dtype: D; shape: readonly number[]; data: DataOf[D] } }[Dtype];

// In the order in which the reference implementation sorts tensors in a file, so that our files equal its files.
const arrays = {
  U64: BigUint64Array,
  I64: BigInt64Array,
  F64: Float64Array,
  F32: Float32Array,
  U32: Uint32Array,
  I32: Int32Array,
  BF16: Uint16Array,
  F16: Uint16Array,
  U16: Uint16Array,
  I16: Int16Array,
  I8: Int8Array,
  U8: Uint8Array,
  BOOL: Uint8Array,
} satisfies { [D in Dtype]: new (buffer: ArrayBuffer, offset: number, length: number) => DataOf[D] };

/** The position of a dtype in a file: the widest elements come first, which keeps all of them aligned. */
export const dtypeOrder: readonly Dtype[] = Object.keys(arrays) as Dtype[];

/** Whether the name is one of the supported element types. */
export function isDtype(name: unknown): name is Dtype {
  return typeof name === "string" && Object.hasOwn(arrays, name);
}

/** Bytes of one element. */
export function dtypeBytes(dtype: Dtype): number {
  return arrays[dtype].BYTES_PER_ELEMENT;
}

/** The elements in `bytes`: a view of them where they are aligned, else a copy. */
export function elementsOf<D extends Dtype>(dtype: D, bytes: Uint8Array): DataOf[D] {
  requireLittleEndian();
  const aligned = bytes.byteOffset % dtypeBytes(dtype) === 0 ? bytes : bytes.slice();
  return new arrays[dtype](
    aligned.buffer as ArrayBuffer,
    aligned.byteOffset,
    aligned.length / dtypeBytes(dtype),
  ) as DataOf[D];
}

/** A tensor's elements as bytes, without a copy. @throws SafetensorsError when the array does not fit the dtype */
export function bytesOf(name: string, dtype: Dtype, data: ArrayBufferView): Uint8Array {
  requireLittleEndian();
  if (!(data instanceof arrays[dtype])) {
    throw new SafetensorsError(
      `tensor "${name}": ${dtype} needs a ${arrays[dtype].name}, got ${data?.constructor?.name}`,
    );
  }
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

function requireLittleEndian(): void {
  if (new Uint8Array(Uint16Array.of(1).buffer)[0] !== 1) {
    throw new SafetensorsError("safetensors is little-endian, and this machine is not");
  }
}
