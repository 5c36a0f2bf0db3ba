// A segmentation drawn at random, each with a probability that grows with its score: subword regularization.
//
//   P(x) = p(x)^alpha / Σ over all segmentations y of p(y)^alpha,   p(x) = product of its pieces' probabilities
//
// Forward filtering sums over all segmentations of each beginning of the text (in logarithms); backward sampling then draws
// the last piece, the one before it, and so on, each with its share of that sum.
//
// Source: Kudo, "Subword Regularization" (arXiv:1804.10959), section 3.3, with all segmentations instead of the n best.

import type { Random } from "@llm/random";
import type { Lattice } from "./lattice.js";

/** Draws a segmentation: a list of nodes of the lattice, from first to last. */
export function sampleNodes(lattice: Lattice, alpha: number, random: Random): number[] {
  const sums = forwardSums(lattice, alpha);
  const nodes: number[] = [];
  for (let end = lattice.length; end > 0; ) {
    let left = random.uint32() / 2 ** 32;
    let node = -1;
    for (let e = lattice.firstByEnd[end]!; e < lattice.firstByEnd[end + 1]! && left >= 0; e++) {
      const candidate = lattice.byEnd[e]!;
      const share = Math.exp(sums[lattice.begins[candidate]!]! + alpha * lattice.scores[candidate]! - sums[end]!);
      if (share === 0) continue;
      node = candidate;
      left -= share;
    }
    nodes.push(node);
    end = lattice.begins[node]!;
  }
  return nodes.reverse();
}

/** The logarithm of the sum over all segmentations of each beginning of the text. */
function forwardSums(lattice: Lattice, alpha: number): Float64Array {
  const sums = new Float64Array(lattice.length + 1).fill(-Infinity);
  sums[0] = 0;
  for (let end = 1; end <= lattice.length; end++) {
    let highest = -Infinity;
    let sum = 0;
    for (let e = lattice.firstByEnd[end]!; e < lattice.firstByEnd[end + 1]!; e++) {
      const k = lattice.byEnd[e]!;
      const value = sums[lattice.begins[k]!]! + alpha * lattice.scores[k]!;
      if (value === -Infinity) continue;
      if (value > highest) {
        sum = sum * Math.exp(highest - value) + 1;
        highest = value;
      } else sum += Math.exp(value - highest);
    }
    sums[end] = highest + Math.log(sum);
  }
  return sums;
}
