// What a model trains on, and what it is measured on.

/** Anything with a length of which a part can be taken. */
interface Sliceable<T> {
  readonly length: number;
  slice(start: number, end?: number): T;
}

/**
 * The end of a text as validation, as nanoGPT does: the first ⌊(1 − fraction) · length⌋ elements train.
 *
 * Works on tokens and on text. Typed arrays give views, not copies.
 * @throws RangeError unless 0 ≤ fraction ≤ 1
 */
export function splitTail<T extends Sliceable<T>>(sequence: T, fraction = 0.1): { train: T; validation: T } {
  checkFraction("splitTail", fraction);
  const at = Math.floor(sequence.length * (1 - fraction));
  const part = (start: number, end: number): T =>
    ArrayBuffer.isView(sequence) && "subarray" in sequence
      ? (sequence as unknown as { subarray(start: number, end: number): T }).subarray(start, end)
      : sequence.slice(start, end);
  return { train: part(0, at), validation: part(at, sequence.length) };
}

/**
 * Where a document belongs, by a hash of its id: the same forever, on every machine, whatever else is in the corpus.
 *
 * The hash is 32-bit FNV-1a with the finalizer of MurmurHash3, over UTF-16 units.
 * @throws RangeError unless 0 ≤ fraction ≤ 1
 */
export function splitByHash(id: string, fraction = 0.1): "train" | "validation" {
  checkFraction("splitByHash", fraction);
  let hash = 0x811c9dc5;
  for (let i = 0; i < id.length; i++) hash = Math.imul(hash ^ id.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32 < fraction ? "validation" : "train";
}

function checkFraction(name: string, fraction: number): void {
  if (!(fraction >= 0 && fraction <= 1)) throw new RangeError(`${name}: fraction must be from 0 to 1, got ${fraction}`);
}
