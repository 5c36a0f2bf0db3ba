// The header: which tensors a file holds, and where. Everything a stranger's file could lie about is checked here.
//
//   uint64 n | n bytes of JSON, padded with spaces | data
//   {"__metadata__": {text: text}, name: {"dtype": …, "shape": [...], "data_offsets": [begin, end]}, …}
//
// Offsets count from the end of the header. The tensors tile the data: no hole, no overlap, nothing after the last.
// Source: the format's description and reference implementation, github.com/huggingface/safetensors.

import { type Dtype, dtypeBytes, dtypeOrder, isDtype } from "./dtype.js";
import { SafetensorsError } from "./error.js";
import { rejectDuplicateKeys } from "./json.js";

/** Where a tensor is: `begin` and `end` count bytes from `dataStart`. */
export interface TensorInfo {
  dtype: Dtype;
  shape: readonly number[];
  begin: number;
  end: number;
}

/** What a header says. */
export interface SafetensorsHeader {
  /** In the order of the data. */
  tensors: Map<string, TensorInfo>;
  metadata: Record<string, string>;
  /** The byte of the file at which the data begins. */
  dataStart: number;
}

/** The most bytes a header may have: the reference implementation's limit, and ours. */
export const maxHeaderBytes = 100_000_000;

/**
 * The length of the header, from the first 8 bytes of a file of `fileBytes`.
 * @throws SafetensorsError when the file is too short for it, or it is above 100 MB
 */
export function parseHeaderLength(start: Uint8Array, fileBytes: number): number {
  if (fileBytes < 8 || start.length < 8) {
    throw new SafetensorsError(`file of ${fileBytes} bytes is cut off: its first 8 bytes give the header's length`);
  }
  const length = new DataView(start.buffer, start.byteOffset, 8).getBigUint64(0, true);
  if (length > maxHeaderBytes) {
    throw new SafetensorsError(
      `header length ${length} at byte 0 is above the limit of ${maxHeaderBytes}; this is no safetensors file`,
    );
  }
  if (8 + Number(length) > fileBytes) {
    throw new SafetensorsError(
      `header of ${length} bytes reaches beyond the end of the file of ${fileBytes} bytes; it is cut off`,
    );
  }
  return Number(length);
}

/**
 * Reads and checks the header of a file of `fileBytes`, of which `start` has at least the header.
 * @throws SafetensorsError for anything that does not follow the format
 */
export function parseHeader(start: Uint8Array, fileBytes: number = start.length): SafetensorsHeader {
  const length = parseHeaderLength(start, fileBytes);
  const { __metadata__: metadata, ...entries } = parseJson(start.subarray(8, 8 + length));
  const tensors = Object.entries(entries).map(([name, entry]) => [name, parseEntry(name, entry)] as const);
  tensors.sort(([, a], [, b]) => a.begin - b.begin || a.end - b.end);
  checkTiling(tensors, fileBytes - 8 - length);
  return { tensors: new Map(tensors), metadata: parseMetadata(metadata), dataStart: 8 + length };
}

function parseJson(bytes: Uint8Array): Record<string, unknown> {
  if (bytes[0] !== 0x7b)
    throw new SafetensorsError(`header must begin with "{" at byte 8, got byte ${bytes[0] ?? "nothing"}`);
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new SafetensorsError("header is not valid UTF-8", { cause });
  }
  let json: Record<string, unknown>;
  try {
    json = JSON.parse(text) as Record<string, unknown>;
  } catch (cause) {
    throw new SafetensorsError(`header is not valid JSON: ${(cause as Error).message}`, { cause });
  }
  rejectDuplicateKeys(text);
  return json;
}

function parseMetadata(metadata: unknown): Record<string, string> {
  if (metadata === undefined) return {};
  if (!isObject(metadata)) throw new SafetensorsError("__metadata__ must be an object of texts");
  for (const [key, value] of Object.entries(metadata)) {
    if (typeof value !== "string")
      throw new SafetensorsError(`__metadata__: "${key}" must be a text, got ${brief(value)}`);
  }
  return metadata as Record<string, string>;
}

function parseEntry(name: string, entry: unknown): TensorInfo {
  if (!isObject(entry)) throw new SafetensorsError(`tensor "${name}": must be an object, got ${brief(entry)}`);
  const { dtype, shape, data_offsets: offsets } = entry;
  if (!isDtype(dtype)) {
    throw new SafetensorsError(`tensor "${name}": dtype ${brief(dtype)} is not one of ${dtypeOrder.join(" ")}`);
  }
  const bytes = tensorBytes(name, dtype, shape);
  if (!isSizes(offsets) || offsets.length !== 2) {
    throw new SafetensorsError(`tensor "${name}": data_offsets must be two whole numbers ≥ 0, got ${brief(offsets)}`);
  }
  const [begin, end] = offsets as [number, number];
  if (end - begin !== bytes) {
    throw new SafetensorsError(
      `tensor "${name}": ${dtype} ${brief(shape)} has ${bytes} bytes, but data_offsets [${begin},${end}] hold ${end - begin}`,
    );
  }
  return { dtype, shape: shape as number[], begin, end };
}

/** Bytes of a tensor. @throws SafetensorsError when the shape is none, or more than 2^53 - 1 bytes */
export function tensorBytes(name: string, dtype: Dtype, shape: unknown): number {
  if (!isSizes(shape))
    throw new SafetensorsError(`tensor "${name}": shape must be whole numbers ≥ 0, got ${brief(shape)}`);
  let bytes = dtypeBytes(dtype);
  for (const size of shape) {
    bytes *= size;
    if (!Number.isSafeInteger(bytes))
      throw new SafetensorsError(`tensor "${name}": shape ${brief(shape)} is too large to count its bytes`);
  }
  return bytes;
}

function checkTiling(tensors: (readonly [string, TensorInfo])[], dataBytes: number): void {
  let at = 0;
  for (const [name, { begin, end }] of tensors) {
    if (begin !== at) {
      throw new SafetensorsError(
        `tensor "${name}": begins at byte ${begin} of the data, but the tensors before it end at ${at}: ${begin < at ? "they overlap" : "there is a hole"}`,
      );
    }
    at = end;
  }
  if (at !== dataBytes) {
    throw new SafetensorsError(
      `tensors end at byte ${at} of the data, but the file has ${dataBytes} bytes of data; it is ${at > dataBytes ? "cut off" : "longer than its header says"}`,
    );
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}

/** A value of a hostile header in an error message, cut short. */
function brief(value: unknown): string {
  let text: string;
  try {
    text = JSON.stringify(value) ?? "nothing";
  } catch {
    // JSON.parse takes any depth, JSON.stringify runs out of stack.
    return "a value nested too deep";
  }
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
