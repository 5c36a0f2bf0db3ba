// Which pieces can go: those whose loss would lower the corpus' likelihood least.
//
// If a piece is removed, each of its occurrences falls apart into the best segmentation of its text by the others, whose
// counts grow by as much:
//
//   loss = f(x) · (log p(x) - Σ over the parts of log p'(part)),   p'(part) = (f(part) + f(x)) / (all + f(x) · (parts - 1))
//
// with f how often a piece occurs in the best segmentations of the corpus.
//
// Source: Kudo (arXiv:1804.10959), section 3.2; the approximation is sentencepiece's.

import { CELL } from "../double-array.js";
import { BestPath } from "./best-path.js";
import type { Corpus } from "./corpus.js";
import { countOf, lengthOf, type Pieces, REMOVED, select } from "./pieces.js";

/** The `size` pieces that are worth most; single characters stay, whatever they are worth. */
export function prune(corpus: Corpus, pieces: Pieces, size: number): Pieces {
  const losses = lossesOf(corpus, pieces);
  let room = size;
  const ranked: number[] = [];
  for (let k = 0; k < losses.length; k++) {
    if (losses[k] === Infinity) room--;
    else if (losses[k] !== REMOVED) ranked.push(k);
  }
  ranked.sort((a, b) => losses[b]! - losses[a]! || a - b);
  const kept = new Uint8Array(losses.length);
  for (const k of ranked.slice(0, Math.max(0, room))) kept[k] = 1;
  return select(pieces, (k) => kept[k] === 1 || losses[k] === Infinity, corpus.alphabet.length);
}

/** Per piece: what is lost without it, Infinity for single characters, REMOVED for pieces that are of no use. */
function lossesOf(corpus: Corpus, pieces: Pieces): Float64Array {
  const counts = bestCounts(corpus, pieces);
  const all = counts.reduce((sum, count) => sum + count, 0);
  const search = new BestPath(pieces);
  const steps = pieces.codes.map((code) => code * CELL);
  const losses = new Float64Array(countOf(pieces)).fill(REMOVED);
  for (let k = 0; k < losses.length; k++) {
    const count = counts[k]!;
    if (lengthOf(pieces, k) === 1) losses[k] = Infinity;
    else if (count > 0) {
      const parts: number[] = [];
      search.find(steps, pieces.starts[k]!, pieces.starts[k + 1]!, k, parts);
      // Where its parts are more probable than itself, it is never used but for ties.
      if (search.score > pieces.scores[k]!) continue;
      const newAll = Math.log(all + count * (parts.length - 1));
      let loss = Math.log(count / all);
      for (const part of parts) loss -= Math.log(counts[part]! + count) - newAll;
      losses[k] = count * loss;
    }
  }
  return losses;
}

/** How often each piece occurs in the best segmentations. */
function bestCounts({ steps, starts, counts }: Corpus, pieces: Pieces): Float64Array {
  const sums = new Float64Array(countOf(pieces));
  const search = new BestPath(pieces);
  const path: number[] = [];
  for (let w = 0; w < counts.length; w++) {
    path.length = 0;
    search.find(steps, starts[w]!, starts[w + 1]! - 1, -1, path);
    for (const k of path) sums[k]! += counts[w]!;
  }
  return sums;
}
