// Bytes to text, piece by piece, strictly: a byte that is not UTF-8 is an error that says where it is.
//
// A decoder that puts U+FFFD in place of what it cannot read would let a model learn the damage.

import { CorpusError } from "./error.js";

/** Text of the bytes, without a byte-order mark; `name` goes into errors. Pieces end anywhere, but never inside of a letter. */
export async function* decodeUtf8(chunks: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  let rest: Uint8Array = new Uint8Array(0);
  let position = 0;
  const decode = (bytes: Uint8Array): string => {
    try {
      return decoder.decode(bytes);
    } catch (cause) {
      throw new CorpusError(`${name}: ${problem(bytes, position)}`, { cause });
    }
  };
  for await (const chunk of chunks) {
    const bytes = rest.length > 0 ? concat(rest, chunk) : chunk;
    const end = completeLength(bytes);
    const text = decode(bytes.subarray(0, end));
    if (text) yield position === 0 && text.startsWith("\ufeff") ? text.slice(1) : text;
    rest = bytes.slice(end);
    position += end;
  }
  if (rest.length > 0) decode(rest);
}

function problem(bytes: Uint8Array, position: number): string {
  const [first, second] = bytes;
  if (position === 0 && ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff))) {
    return "is UTF-16, not UTF-8; convert it first, for example with iconv -f UTF-16 -t UTF-8";
  }
  const at = validLength(bytes);
  const byte = (bytes[at] as number).toString(16).padStart(2, "0");
  return `is not valid UTF-8: byte 0x${byte} at position ${position + at}`;
}

function concat(a: Uint8Array, b: Uint8Array): Uint8Array {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

/** Bytes of the letter that a byte begins, or 0 for one that begins none. */
function letterLength(byte: number): number {
  if (byte < 0x80) return 1;
  if (byte < 0xc2 || byte > 0xf4) return 0;
  return byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
}

/** How many bytes there are before a letter that goes on in the next chunk. */
function completeLength(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] as number;
    if (byte >= 0xc0) return letterLength(byte) > back ? bytes.length - back : bytes.length;
    if (byte < 0x80) break;
  }
  return bytes.length;
}

/** The position of the first byte that is not UTF-8 (Unicode 15, table 3-7), for the error message only. */
function validLength(bytes: Uint8Array): number {
  let at = 0;
  while (at < bytes.length) {
    const first = bytes[at] as number;
    const length = letterLength(first);
    if (length === 0 || at + length > bytes.length) return at;
    for (let i = 1; i < length; i++) {
      const byte = bytes[at + i] as number;
      // The second byte is narrower after these four: overlong forms, surrogates, beyond U+10FFFF.
      const low = i === 1 && first === 0xe0 ? 0xa0 : i === 1 && first === 0xf0 ? 0x90 : 0x80;
      const high = i === 1 && first === 0xed ? 0x9f : i === 1 && first === 0xf4 ? 0x8f : 0xbf;
      if (byte < low || byte > high) return at;
    }
    at += length;
  }
  return at;
}
