// Who may attend to whom in a batch, written out.
//
//   self:   segments[i] = segments[j]  and  (j ≤ i  or  open[j])
//   cross:  decoder.segments[i] = encoder.segments[j]
//
// Shapes: B rows, T queries, S keys.

import type { PairBatch, SequenceBatch } from "./batch.js";

/**
 * The self-attention of a batch.
 *
 * @returns [B, T, T] as zeros and ones, 1 = query i (second to last) may attend to key j (last)
 */
export function attentionPattern({ segments, open, rows, length }: SequenceBatch): Uint8Array {
  const allowed = new Uint8Array(rows * length * length);
  for (let b = 0; b < rows; b++) {
    const at = b * length;
    for (let i = 0; i < length; i++) {
      const segment = segments[at + i];
      for (let j = 0; j < length; j++) {
        if (segments[at + j] === segment && (j <= i || open[at + j])) allowed[(at + i) * length + j] = 1;
      }
    }
  }
  return allowed;
}

/**
 * What the decoder sees of the encoder.
 *
 * @returns [B, T, S] as zeros and ones
 */
export function crossAttentionPattern({ encoder, decoder }: PairBatch): Uint8Array {
  const [T, S] = [decoder.length, encoder.length];
  const allowed = new Uint8Array(decoder.rows * T * S);
  for (let i = 0; i < decoder.rows * T; i++) {
    const row = Math.floor(i / T) * S;
    for (let j = 0; j < S; j++) if (decoder.segments[i] === encoder.segments[row + j]) allowed[i * S + j] = 1;
  }
  return allowed;
}

/**
 * The pattern where it is a plain one: "causal" or "none" (all to all), which need no mask and run fastest.
 *
 * Padding at a row's end does not disturb "causal": no token sees what comes after it. Queries of padding then see the
 * text, which changes nothing, because they are asked nothing.
 */
export function plainPattern({ segments, open, rows, length }: SequenceBatch): "causal" | "none" | undefined {
  const closed = !open.includes(1);
  let full = !open.includes(0);
  for (let b = 0; b < rows; b++) {
    const row = segments.subarray(b * length, (b + 1) * length);
    const end = row.includes(0) ? row.indexOf(0) : length;
    if (row.some((segment, i) => segment !== (i < end ? 1 : 0))) return undefined;
    if (end < length) full = false;
  }
  if (closed) return "causal";
  return full ? "none" : undefined;
}
