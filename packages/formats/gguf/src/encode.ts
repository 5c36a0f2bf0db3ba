// Metadata and tensors to bytes, version 3. Tensors lie in the order given, each at a multiple of the alignment, and
// the file ends on one, as llama.cpp's own writer does.

import { ByteWriter } from "./byte-writer.js";
import { bytesOf, type GGUFDtype, type GGUFTensor, idOfDtype, tensorBytes } from "./dtype.js";
import { GGUFError } from "./error.js";
import { align, alignmentOf, maxDimensions } from "./header.js";
import { type ArrayValue, type Metadata, type MetadataType, type MetadataValue, metadataTypes } from "./metadata.js";

/** llama.cpp keeps names in 64 bytes, the last of which is zero. */
const maxNameBytes = 63;

/**
 * The whole file.
 * @param metadata `general.alignment` in it sets the alignment; default 32
 * @throws GGUFError when an array does not match its dtype and shape, or a value its type
 */
export function encodeGGUF(metadata: Metadata, tensors: ReadonlyMap<string, GGUFTensor>): Uint8Array {
  const { start, places, fileBytes } = encodeHeader(metadata, tensors);
  const file = new Uint8Array(fileBytes);
  file.set(start);
  for (const [name, tensor] of tensors) file.set(bytesOf(name, tensor), places.get(name) as number);
  return file;
}

/** What comes before the data, padded; the byte of the file at which each tensor begins; and the file's length. */
export function encodeHeader(
  metadata: Metadata,
  tensors: ReadonlyMap<string, { dtype: GGUFDtype; shape: readonly number[] }>,
): { start: Uint8Array; places: Map<string, number>; fileBytes: number } {
  const alignment = alignmentOf(metadata);
  const writer = new ByteWriter();
  writer.uint32(0x46554747);
  writer.uint32(3);
  writer.uint64(tensors.size);
  writer.uint64(metadata.size);
  for (const [key, value] of metadata) {
    writer.text(key);
    writeValue(writer, key, value);
  }
  const offsets = new Map<string, number>();
  let at = 0;
  for (const [name, { dtype, shape }] of tensors) {
    checkName(name, shape);
    const bytes = tensorBytes(name, dtype, shape);
    writer.text(name);
    writer.uint32(shape.length);
    for (const size of [...shape].reverse()) writer.uint64(size);
    writer.uint32(idOfDtype(name, dtype));
    writer.uint64(at);
    offsets.set(name, at);
    at = align(at + bytes, alignment);
  }
  writer.padTo(align(writer.length, alignment));
  const start = writer.bytes();
  const places = new Map([...offsets].map(([name, offset]) => [name, start.length + offset]));
  return { start, places, fileBytes: start.length + at };
}

function checkName(name: string, shape: readonly number[]): void {
  const bytes = new TextEncoder().encode(name).length;
  if (bytes === 0 || bytes > maxNameBytes)
    throw new GGUFError(`tensor "${name}": a name has 1 to ${maxNameBytes} bytes, this one has ${bytes}`);
  if (shape.length > maxDimensions)
    throw new GGUFError(`tensor "${name}": at most ${maxDimensions} dimensions can be stored, got [${shape}]`);
}

function writeValue(writer: ByteWriter, key: string, value: MetadataValue): void {
  writer.uint32(idOf(key, value.type));
  if (value.type === "array") writeArray(writer, key, value);
  else writeScalar(writer, key, value.type, value.value);
}

function writeArray(writer: ByteWriter, key: string, { of, value }: ArrayValue): void {
  writer.uint32(idOf(key, of));
  writer.uint64(value.length);
  for (const each of value) {
    if (of === "array") writeArray(writer, key, each as ArrayValue);
    else writeScalar(writer, key, of, each as Exclude<typeof each, ArrayValue>);
  }
}

function writeScalar(
  writer: ByteWriter,
  key: string,
  type: Exclude<MetadataType, "array">,
  value: number | bigint | boolean | string,
): void {
  if (!fits(type, value))
    throw new GGUFError(`metadata "${key}": ${typeof value === "string" ? "a text" : String(value)} is no ${type}`);
  if (type === "string") writer.text(value as string);
  else if (type === "bool") writer.uint8(Number(value));
  else writer[type](value as never);
}

const ranges: Partial<Record<MetadataType, readonly [number | bigint, number | bigint]>> = {
  uint8: [0, 2 ** 8 - 1],
  int8: [-(2 ** 7), 2 ** 7 - 1],
  uint16: [0, 2 ** 16 - 1],
  int16: [-(2 ** 15), 2 ** 15 - 1],
  uint32: [0, 2 ** 32 - 1],
  int32: [-(2 ** 31), 2 ** 31 - 1],
  uint64: [0n, 2n ** 64n - 1n],
  int64: [-(2n ** 63n), 2n ** 63n - 1n],
};

function fits(type: MetadataType, value: unknown): boolean {
  if (type === "string") return typeof value === "string";
  if (type === "bool") return typeof value === "boolean";
  const range = ranges[type];
  if (!range) return typeof value === "number";
  const whole = typeof range[0] === "bigint" ? typeof value === "bigint" : Number.isInteger(value);
  return whole && (value as number) >= range[0] && (value as number) <= range[1];
}

function idOf(key: string, type: MetadataType): number {
  const id = metadataTypes.indexOf(type);
  if (id < 0) throw new GGUFError(`metadata "${key}": the type ${type} is not one of ${metadataTypes.join(" ")}`);
  return id;
}
