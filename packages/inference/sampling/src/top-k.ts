// Top-k: keeps the k most probable tokens.
//
// Of equal logits at the edge the lowest ids stay, so exactly k do and the result is the same everywhere
// (Hugging Face and PyTorch keep every token equal to the k-th).
// Source: Fan, Lewis & Dauphin, arXiv:1805.04833.

import { checkedMax } from "./distribution.js";

/**
 * Sets all but the `k` largest logits to −∞. A `k` beyond the vocabulary keeps all.
 * @throws RangeError unless k is a whole number ≥ 1; Error for NaN or +∞ logits
 */
export function topK(logits: Float32Array, k: number): Float32Array {
  if (!Number.isSafeInteger(k) || k < 1) throw new RangeError(`topK: k must be a whole number ≥ 1, got ${k}`);
  checkedMax("topK", logits);
  if (k >= logits.length) return logits.slice();
  const edge = kthLargest(logits, k);
  let ties = k;
  for (const logit of logits) if (logit > edge) ties--;
  return logits.map((logit) => (logit > edge || (logit === edge && ties-- > 0) ? logit : Number.NEGATIVE_INFINITY));
}

/** By a min-heap of the k largest so far: O(V log k), and near O(V) when k is small. */
function kthLargest(values: Float32Array, k: number): number {
  const heap = values.slice(0, k).sort();
  for (let i = k; i < values.length; i++) {
    const value = values[i] as number;
    if (value <= (heap[0] as number)) continue;
    let parent = 0;
    for (;;) {
      let child = 2 * parent + 1;
      if (child >= k) break;
      if (child + 1 < k && (heap[child + 1] as number) < (heap[child] as number)) child++;
      if ((heap[child] as number) >= value) break;
      heap[parent] = heap[child] as number;
      parent = child;
    }
    heap[parent] = value;
  }
  return heap[0] as number;
}
