// The element types of GGUF: plain numbers, and blocks of quantised ones.
//
// A quantised row is a sequence of blocks; a block holds `block` elements in `bytes` bytes, its scale included.
// Only Q8_0 and Q4_0 are computed here; the others have a size, so that a file that holds them can be listed and
// copied. Numbers and sizes as in ggml.h and ggml-common.h, github.com/ggml-org/ggml.

import { GGUFError } from "./error.js";

/** What is known of an element type. */
interface TypeInfo {
  /** Its number in a file. */
  id: number;
  /** Elements in a block. */
  block: number;
  /** Bytes of a block. */
  bytes: number;
}

const type = (id: number, block: number, bytes: number): TypeInfo => ({ id, block, bytes });

const types: Readonly<Record<GGUFDtype, TypeInfo>> = {
  F32: type(0, 1, 4),
  F16: type(1, 1, 2),
  Q4_0: type(2, 32, 18),
  Q4_1: type(3, 32, 20),
  Q5_0: type(6, 32, 22),
  Q5_1: type(7, 32, 24),
  Q8_0: type(8, 32, 34),
  Q8_1: type(9, 32, 36),
  Q2_K: type(10, 256, 84),
  Q3_K: type(11, 256, 110),
  Q4_K: type(12, 256, 144),
  Q5_K: type(13, 256, 176),
  Q6_K: type(14, 256, 210),
  Q8_K: type(15, 256, 292),
  IQ2_XXS: type(16, 256, 66),
  IQ2_XS: type(17, 256, 74),
  IQ3_XXS: type(18, 256, 98),
  IQ1_S: type(19, 256, 50),
  IQ4_NL: type(20, 32, 18),
  IQ3_S: type(21, 256, 110),
  IQ2_S: type(22, 256, 82),
  IQ4_XS: type(23, 256, 136),
  I8: type(24, 1, 1),
  I16: type(25, 1, 2),
  I32: type(26, 1, 4),
  I64: type(27, 1, 8),
  F64: type(28, 1, 8),
  IQ1_M: type(29, 256, 56),
  BF16: type(30, 1, 2),
  TQ1_0: type(34, 256, 54),
  TQ2_0: type(35, 256, 66),
  MXFP4: type(39, 32, 17),
};

/** An element type, as llama.cpp spells it. */
export type GGUFDtype = keyof Plain | Quantised;

type Quantised =
  | "Q4_0"
  | "Q4_1"
  | "Q5_0"
  | "Q5_1"
  | "Q8_0"
  | "Q8_1"
  | "Q2_K"
  | "Q3_K"
  | "Q4_K"
  | "Q5_K"
  | "Q6_K"
  | "Q8_K"
  | "IQ2_XXS"
  | "IQ2_XS"
  | "IQ3_XXS"
  | "IQ1_S"
  | "IQ4_NL"
  | "IQ3_S"
  | "IQ2_S"
  | "IQ4_XS"
  | "IQ1_M"
  | "TQ1_0"
  | "TQ2_0"
  | "MXFP4";

/** The array that holds a tensor's elements: numbers for plain types, 16-bit floats as bits, blocks as bytes. */
export type GGUFData<D extends GGUFDtype = GGUFDtype> = D extends keyof Plain ? Plain[D] : Uint8Array;

interface Plain {
  F64: Float64Array;
  F32: Float32Array;
  F16: Uint16Array;
  BF16: Uint16Array;
  I64: BigInt64Array;
  I32: Int32Array;
  I16: Int16Array;
  I8: Int8Array;
}

const arrays = {
  F64: Float64Array,
  F32: Float32Array,
  F16: Uint16Array,
  BF16: Uint16Array,
  I64: BigInt64Array,
  I32: Int32Array,
  I16: Int16Array,
  I8: Int8Array,
} satisfies { [D in keyof Plain]: new (buffer: ArrayBuffer, offset: number, length: number) => Plain[D] };

/** A tensor outside of any tensor library; its shape is row-major, so the reverse of llama.cpp's `ne`. */
export type GGUFTensor = { [D in GGUFDtype]: { dtype: D; shape: readonly number[]; data: GGUFData<D> } }[GGUFDtype];

const byId = new Map(Object.entries(types).map(([name, { id }]) => [id, name as GGUFDtype]));

/** The type with this number in a file, if it is known. */
export function dtypeOfId(id: number): GGUFDtype | undefined {
  return byId.get(id);
}

/** The type's number in a file. @throws GGUFError for a name that is no type */
export function idOfDtype(name: string, dtype: GGUFDtype): number {
  return infoOf(name, dtype).id;
}

/** Elements in a block of the type; 1 for plain numbers. */
export function blockElements(dtype: GGUFDtype): number {
  return types[dtype].block;
}

/** Bytes of a tensor. @throws GGUFError when rows are no whole blocks, or the bytes cannot be counted exactly */
export function tensorBytes(name: string, dtype: GGUFDtype, shape: readonly number[]): number {
  const { block, bytes } = infoOf(name, dtype);
  let total = bytes / block;
  for (const size of shape) {
    if (!Number.isSafeInteger(size) || size < 0)
      throw new GGUFError(`tensor "${name}": shape must be whole numbers ≥ 0, got [${shape}]`);
    total *= size;
    if (total > Number.MAX_SAFE_INTEGER)
      throw new GGUFError(`tensor "${name}": shape [${shape}] is too large to count its bytes`);
  }
  const row = shape.at(-1) ?? 1;
  if (row % block !== 0)
    throw new GGUFError(`tensor "${name}": rows of ${dtype} come in blocks of ${block}, but have ${row} elements`);
  return Math.round(total);
}

/** The elements in `bytes`: a view of them where they are aligned, else a copy. */
export function elementsOf<D extends GGUFDtype>(dtype: D, bytes: Uint8Array): GGUFData<D> {
  requireLittleEndian();
  if (!isPlain(dtype)) return bytes as GGUFData<D>;
  const size = types[dtype].bytes;
  const aligned = bytes.byteOffset % size === 0 ? bytes : bytes.slice();
  return new arrays[dtype](
    aligned.buffer as ArrayBuffer,
    aligned.byteOffset,
    aligned.length / size,
  ) as unknown as GGUFData<D>;
}

/** A tensor's bytes, without a copy. @throws GGUFError unless the array has the type and length that belong to it */
export function bytesOf(name: string, { dtype, shape, data }: GGUFTensor): Uint8Array {
  requireLittleEndian();
  const expected = tensorBytes(name, dtype, shape);
  const array = isPlain(dtype) ? arrays[dtype] : Uint8Array;
  if (!(data instanceof array))
    throw new GGUFError(
      `tensor "${name}": ${dtype} needs a ${array.name}, got ${(data as object | undefined)?.constructor?.name}`,
    );
  if (data.byteLength !== expected)
    throw new GGUFError(
      `tensor "${name}": ${dtype} [${shape}] has ${expected} bytes, but its data has ${data.byteLength}`,
    );
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

function isPlain(dtype: GGUFDtype): dtype is keyof Plain {
  return Object.hasOwn(arrays, dtype);
}

function infoOf(name: string, dtype: GGUFDtype): TypeInfo {
  if (Object.hasOwn(types, dtype)) return types[dtype];
  throw new GGUFError(`tensor "${name}": dtype ${dtype} is not one of ${Object.keys(types).join(" ")}`);
}

function requireLittleEndian(): void {
  if (new Uint8Array(Uint16Array.of(1).buffer)[0] !== 1)
    throw new GGUFError("GGUF is read as little-endian here, and this machine is not");
}
