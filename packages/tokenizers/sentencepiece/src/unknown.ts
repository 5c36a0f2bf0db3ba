// What unknown text becomes: its bytes, or the unknown piece, once for a run of it.

import type { Vocabulary } from "./vocabulary.js";

/** Appends the id of one segment that is no piece, `text`; `fresh` is where this text's ids start in `out`. */
export function appendUnknown(vocabulary: Vocabulary, text: string, fresh: number, out: number[]): void {
  const { byteFallback, byteIds, unknownId } = vocabulary;
  if (byteFallback) for (const byte of new TextEncoder().encode(text)) out.push(byteIds[byte]!);
  else if (out.length === fresh || out[out.length - 1] !== unknownId) out.push(unknownId);
}
