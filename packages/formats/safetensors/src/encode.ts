// Tensors to bytes. The file equals the reference implementation's, byte for byte: tensors are sorted by dtype (widest
// first, so that each begins at a multiple of its element size) and name, and the header is padded to 8 bytes.

import { bytesOf, type Dtype, dtypeOrder, type StoredTensor } from "./dtype.js";
import { SafetensorsError } from "./error.js";
import { maxHeaderBytes, tensorBytes } from "./header.js";

/** The whole file. @throws SafetensorsError when an array does not match its dtype and shape */
export function encodeSafetensors(
  tensors: ReadonlyMap<string, StoredTensor>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const { start, names, dataBytes } = encodeHeader(tensors, metadata);
  const file = new Uint8Array(start.length + dataBytes);
  file.set(start);
  let at = start.length;
  for (const name of names) {
    const bytes = tensorData(name, tensors.get(name) as StoredTensor);
    file.set(bytes, at);
    at += bytes.length;
  }
  return file;
}

/** What comes before the data, and the order in which the tensors' data follows. */
export function encodeHeader(
  tensors: ReadonlyMap<string, { dtype: Dtype; shape: readonly number[] }>,
  metadata: Readonly<Record<string, string>>,
): { start: Uint8Array; names: string[]; dataBytes: number } {
  const order = (name: string) => dtypeOrder.indexOf((tensors.get(name) as { dtype: Dtype }).dtype);
  const names = [...tensors.keys()].sort((a, b) => order(a) - order(b) || compare(a, b));
  const entries: [string, unknown][] =
    Object.keys(metadata).length > 0 ? [["__metadata__", checkedMetadata(metadata)]] : [];
  let at = 0;
  for (const name of names) {
    if (name === "__metadata__" || name === "__proto__")
      throw new SafetensorsError(`tensor "${name}": the name is reserved`);
    if (/\p{Surrogate}/u.test(name))
      throw new SafetensorsError(`tensor ${JSON.stringify(name)}: the name is no valid Unicode`);
    const { dtype, shape } = tensors.get(name) as { dtype: Dtype; shape: readonly number[] };
    if (!dtypeOrder.includes(dtype))
      throw new SafetensorsError(`tensor "${name}": dtype ${dtype} is not one of ${dtypeOrder.join(" ")}`);
    const end = at + tensorBytes(name, dtype, shape);
    entries.push([name, { dtype, shape, data_offsets: [at, end] }]);
    at = end;
  }
  // Joined by hand: an object would put names like "0" before all others.
  const json = entries.map(([name, entry]) => `${JSON.stringify(name)}:${JSON.stringify(entry)}`).join(",");
  return { start: withLength(new TextEncoder().encode(`{${json}}`)), names, dataBytes: at };
}

/** A tensor's bytes. @throws SafetensorsError unless the array has the type and length that dtype and shape say */
export function tensorData(
  name: string,
  { dtype, shape, data }: { dtype: Dtype; shape: readonly number[]; data: ArrayBufferView },
): Uint8Array {
  const bytes = bytesOf(name, dtype, data);
  const expected = tensorBytes(name, dtype, shape);
  if (bytes.length !== expected) {
    throw new SafetensorsError(
      `tensor "${name}": ${dtype} [${shape}] has ${expected} bytes, but its data has ${bytes.length}`,
    );
  }
  return bytes;
}

function withLength(json: Uint8Array): Uint8Array {
  const length = Math.ceil(json.length / 8) * 8;
  if (length > maxHeaderBytes)
    throw new SafetensorsError(`header of ${length} bytes is above the limit of ${maxHeaderBytes}`);
  const start = new Uint8Array(8 + length).fill(0x20);
  new DataView(start.buffer).setBigUint64(0, BigInt(length), true);
  start.set(json, 8);
  return start;
}

function checkedMetadata(metadata: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  for (const [key, value] of Object.entries(metadata)) {
    if (typeof value !== "string") throw new SafetensorsError(`metadata: "${key}" must be a text, got ${typeof value}`);
    if (key === "__proto__") throw new SafetensorsError(`metadata: the key "__proto__" is reserved`);
  }
  return metadata;
}

/** By UTF-8 bytes, as the reference does; JavaScript's own order differs above U+FFFF. */
function compare(a: string, b: string): number {
  const [x, y] = [[...a], [...b]];
  const at = x.findIndex((letter, i) => letter !== y[i]);
  if (at < 0) return x.length - y.length;
  return (x[at] as string).codePointAt(0)! - (y[at]?.codePointAt(0) ?? -1);
}
