// Ids back to bytes: what the tokens stand for, one after the other.

import { BpeError } from "./error.js";

/** The bytes of the tokens, joined. Throws BpeError for an id that has none. */
export function decodeBytes(ids: Iterable<number>, bytesOf: (id: number) => Uint8Array | undefined): Uint8Array {
  const parts: Uint8Array[] = [];
  let length = 0;
  for (const id of ids) {
    const bytes = bytesOf(id);
    if (!bytes) throw new BpeError(`BPE.decode: no token has the id ${String(id)}`);
    parts.push(bytes);
    length += bytes.length;
  }
  const out = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** UTF-8 to text; what is not UTF-8 becomes U+FFFD, and a byte order mark is text like any other. */
export function decodeUtf8(bytes: Uint8Array): string {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
}
