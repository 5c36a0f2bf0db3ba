// The text of tokens that are bytes, decoded in one go.

import type { Chunk } from "./decoder/step.js";

/** The text of the bytes, and of the texts between them; nothing for undefined. */
export function joinBytes(ids: Iterable<number>, of: (id: number) => Uint8Array | Chunk | undefined): string {
  const parts: Uint8Array[] = [];
  let length = 0;
  for (const id of ids) {
    const part = of(id);
    if (part === undefined) continue;
    const bytes = part instanceof Uint8Array ? part : new TextEncoder().encode(part.text);
    parts.push(bytes);
    length += bytes.length;
  }
  const joined = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(joined);
}
