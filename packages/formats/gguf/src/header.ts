// The header: metadata, and which tensors a file holds where. Everything a stranger's file could lie about is checked.
//
//   "GGUF" | uint32 version | uint64 tensors | uint64 values
//   values:  text key, uint32 type, value            (a text is its length as uint64, and UTF-8)
//   tensors: text name, uint32 n, n × uint64 size (innermost first), uint32 type, uint64 offset
//   padding to `general.alignment` (32) | data; offsets count from here, and are multiples of the alignment
//
// Source: docs/gguf.md, github.com/ggml-org/ggml. Version 2 has the same layout as 3; version 1 had 32-bit counts
// and is gone from use. Big-endian files, which version 3 allows, are refused.

import { ByteReader } from "./byte-reader.js";
import { dtypeOfId, type GGUFDtype, tensorBytes } from "./dtype.js";
import { GGUFError } from "./error.js";
import { type ArrayValue, type Metadata, type MetadataType, type MetadataValue, metadataTypes } from "./metadata.js";

/** Where a tensor is: `begin` and `end` count bytes from `dataStart`. */
export interface GGUFTensorInfo {
  dtype: GGUFDtype;
  /** Row-major: the reverse of the file's. */
  shape: readonly number[];
  begin: number;
  end: number;
}

/** What a header says. */
export interface GGUFHeader {
  version: 2 | 3;
  metadata: Metadata;
  /** In the file's order. */
  tensors: Map<string, GGUFTensorInfo>;
  /** The byte of the file at which the data begins. */
  dataStart: number;
  alignment: number;
}

/** Bytes to which data is aligned, unless the metadata says otherwise. */
export const defaultAlignment = 32;

/** ggml's limit of dimensions. */
export const maxDimensions = 4;

/** Arrays may lie in arrays, to this depth. */
const maxDepth = 8;

/**
 * Reads and checks the header of a file of `fileBytes`, of which `start` has the first bytes.
 * @throws IncompleteError when the header goes on behind `start`: call again with more of the file
 * @throws GGUFError for anything that does not follow the format
 */
export function parseHeader(start: Uint8Array, fileBytes: number = start.length): GGUFHeader {
  const reader = new ByteReader(start, fileBytes);
  const version = readVersion(reader);
  const tensorCount = reader.count("the number of tensors", 24);
  const valueCount = reader.count("the number of metadata values", 13);
  const metadata = new Map<string, MetadataValue>();
  for (let i = 0; i < valueCount; i++) {
    const key = reader.text(`the key of metadata value ${i}`);
    if (metadata.has(key)) throw new GGUFError(`metadata has the key ${JSON.stringify(key)} twice`);
    metadata.set(key, readValue(reader, key));
  }
  const alignment = alignmentOf(metadata);
  const tensors = new Map<string, GGUFTensorInfo>();
  for (let i = 0; i < tensorCount; i++) {
    const name = reader.text(`the name of tensor ${i}`);
    if (tensors.has(name)) throw new GGUFError(`tensor ${JSON.stringify(name)} is there twice`);
    tensors.set(name, readTensor(reader, name, alignment));
  }
  const dataStart = align(reader.at, alignment);
  checkPlaces(tensors, fileBytes - dataStart);
  return { version, metadata, tensors, dataStart, alignment };
}

/** The next multiple. */
export function align(bytes: number, alignment: number): number {
  return Math.ceil(bytes / alignment) * alignment;
}

/** The alignment that the metadata asks for. @throws GGUFError unless it is a power of two of at least 8 */
export function alignmentOf(metadata: Metadata): number {
  const value = metadata.get("general.alignment");
  if (!value) return defaultAlignment;
  const { type, value: alignment } = value;
  if (type !== "uint32" || alignment < 8 || 2 ** Math.round(Math.log2(alignment)) !== alignment)
    throw new GGUFError(`metadata "general.alignment" must be a uint32 and a power of two from 8, got ${alignment}`);
  return alignment;
}

function readVersion(reader: ByteReader): 2 | 3 {
  const magic = reader.uint32('the magic "GGUF"');
  if (magic !== 0x46554747) throw new GGUFError('the file does not begin with "GGUF"; this is no GGUF file');
  const version = reader.uint32("the version");
  if (version === 2 || version === 3) return version;
  if ((version & 0xffff) === 0) throw new GGUFError("the file is big-endian, which is not supported; convert it");
  throw new GGUFError(`the file has version ${version} of GGUF; versions 2 and 3 are known`);
}

function readValue(reader: ByteReader, key: string): MetadataValue {
  const what = `metadata ${JSON.stringify(key)}`;
  const type = readType(reader, what);
  return type === "array"
    ? readArray(reader, what, 1)
    : ({ type, value: readScalar(reader, type, what) } as MetadataValue);
}

function readType(reader: ByteReader, what: string): MetadataType {
  const id = reader.uint32(`the type of ${what}`);
  const type = metadataTypes[id];
  if (!type) throw new GGUFError(`${what} has the type ${id}, which is not known`);
  return type;
}

function readScalar(
  reader: ByteReader,
  type: Exclude<MetadataType, "array">,
  what: string,
): number | bigint | boolean | string {
  if (type === "string") return reader.text(what);
  if (type !== "bool") return reader[type](what);
  const byte = reader.uint8(what);
  if (byte > 1) throw new GGUFError(`${what} must be a bool, 0 or 1, got ${byte}`);
  return byte === 1;
}

const leastBytes: Record<MetadataType, number> = {
  ...{ uint8: 1, int8: 1, bool: 1, uint16: 2, int16: 2, uint32: 4, int32: 4, float32: 4 },
  ...{ uint64: 8, int64: 8, float64: 8, string: 8, array: 12 },
};

function readArray(reader: ByteReader, what: string, depth: number): ArrayValue {
  if (depth > maxDepth) throw new GGUFError(`${what} has arrays in arrays more than ${maxDepth} deep`);
  const of = readType(reader, what);
  const length = reader.count(`the length of ${what}`, leastBytes[of]);
  const value: unknown[] = [];
  for (let i = 0; i < length; i++)
    value.push(of === "array" ? readArray(reader, what, depth + 1) : readScalar(reader, of, what));
  return { type: "array", of, value } as ArrayValue;
}

function readTensor(reader: ByteReader, name: string, alignment: number): GGUFTensorInfo {
  const what = `tensor ${JSON.stringify(name)}`;
  const dimensions = reader.uint32(`the dimensions of ${what}`);
  if (dimensions > maxDimensions)
    throw new GGUFError(`${what} has ${dimensions} dimensions; there are at most ${maxDimensions}`);
  const shape: number[] = [];
  // A size above 2^53 becomes a number that is no exact one, and is refused when the bytes are counted.
  for (let i = 0; i < dimensions; i++) shape.unshift(Number(reader.uint64(`the shape of ${what}`)));
  const id = reader.uint32(`the type of ${what}`);
  const dtype = dtypeOfId(id);
  if (!dtype) throw new GGUFError(`${what} has the type ${id}, which is not known`);
  const begin = Number(reader.uint64(`the place of ${what}`));
  if (begin % alignment !== 0)
    throw new GGUFError(`${what} begins at byte ${begin} of the data, which is no multiple of ${alignment}`);
  return { dtype, shape, begin, end: begin + tensorBytes(name, dtype, shape) };
}

function checkPlaces(tensors: ReadonlyMap<string, GGUFTensorInfo>, dataBytes: number): void {
  let [before, at] = ["", 0];
  for (const [name, { begin, end }] of [...tensors].sort(([, a], [, b]) => a.begin - b.begin || a.end - b.end)) {
    if (begin < at) throw new GGUFError(`tensors ${JSON.stringify(before)} and ${JSON.stringify(name)} overlap`);
    if (end > Math.max(dataBytes, 0))
      throw new GGUFError(
        `tensor ${JSON.stringify(name)} ends at byte ${end} of the data, but the file has ${Math.max(dataBytes, 0)} bytes of data; it is cut off`,
      );
    [before, at] = [name, end];
  }
}
