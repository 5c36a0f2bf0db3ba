// First-fit decreasing: puts each item, longest first, into the first bin that still has room for it.
//
// It needs at most 11/9 of the best number of bins, and a handful more. A binary tree over the bins holds
// the most room below each node, so "the first bin with room for n" is one walk down: O(n log n) in all.
// Source: Johnson, "Near-optimal bin packing algorithms", 1973; for language models Krell et al.,
// arXiv:2107.02027.

/**
 * Distributes items of the given sizes over bins of size `capacity`; items of one size keep their order.
 *
 * @returns for each bin, the indices of its items
 * @throws RangeError when a size is negative or larger than `capacity`
 */
export function firstFitDecreasing(sizes: ArrayLike<number>, capacity: number): number[][] {
  for (let i = 0; i < sizes.length; i++) {
    const size = sizes[i] as number;
    if (!(size >= 0 && size <= capacity)) {
      throw new RangeError(`firstFitDecreasing: item ${i} has size ${size}, which does not fit into ${capacity}`);
    }
  }
  const order = Array.from({ length: sizes.length }, (_, i) => i);
  order.sort((a, b) => (sizes[b] as number) - (sizes[a] as number) || a - b);

  const leaves = 2 ** Math.ceil(Math.log2(Math.max(1, sizes.length)));
  const room = new Float64Array(2 * leaves).fill(capacity);
  const bins: number[][] = [];
  for (const item of order) {
    const size = sizes[item] as number;
    let node = 1;
    while (node < leaves) node = (room[2 * node] as number) >= size ? 2 * node : 2 * node + 1;
    const bin = node - leaves;
    if (bin === bins.length) bins.push([]);
    (bins[bin] as number[]).push(item);
    room[node] = (room[node] as number) - size;
    for (node >>= 1; node >= 1; node >>= 1) {
      room[node] = Math.max(room[2 * node] as number, room[2 * node + 1] as number);
    }
  }
  return bins;
}
