// How many bytes of text tokens stand for, so that losses become bits per byte.

import type { Tokenizer } from "@llm/tokenizer";

const IGNORE = -100;

/** Bytes of each token id; a special token stands for none. */
export function bytesOfTokens(tokenizer: Tokenizer): Int32Array {
  const special = new Set(tokenizer.specialTokens.values());
  return Int32Array.from({ length: tokenizer.vocabSize }, (_, id) =>
    special.has(id) ? 0 : (tokenizer.tokenBytes(id)?.length ?? 0),
  );
}

/** Takes special tokens out of the targets: bits per byte measure text alone. */
export function maskSpecial(targets: Int32Array, bytes: Int32Array): Int32Array {
  return targets.map((target) => (target >= 0 && bytes[target] === 0 ? IGNORE : target));
}

/** Sum of the bytes of the targets that count. */
export function sumBytes(targets: Int32Array, bytes: Int32Array): number {
  return targets.reduce((sum, target) => sum + (target >= 0 ? (bytes[target] as number) : 0), 0);
}
