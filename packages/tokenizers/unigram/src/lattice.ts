// All pieces that a text can be made of, as a graph: a node is a piece at a place.

import { NONE } from "./double-array.js";
import { widthAt } from "./units.js";
import { UNKNOWN } from "./viterbi.js";
import type { Vocabulary } from "./vocabulary.js";

/** Nodes in the order of where they begin, the shorter first; node k is the piece `ids[k]` at `units[begins[k], ends[k])`. */
export interface Lattice {
  readonly length: number;
  readonly ids: Int32Array;
  readonly begins: Int32Array;
  readonly ends: Int32Array;
  readonly scores: Float64Array;
  /** The nodes that end at position p, in order: `byEnd[firstByEnd[p]]` up to, not including, `byEnd[firstByEnd[p + 1]]`. */
  readonly byEnd: Int32Array;
  readonly firstByEnd: Int32Array;
}

/** The lattice of `units[0, length)`; a character without a piece of its own gets a node of UNKNOWN. */
export function latticeOf(vocabulary: Vocabulary, units: Uint16Array, length: number): Lattice {
  const { trie, codes, latticeScores, unknownScore } = vocabulary;
  const nodes: number[] = []; // id, begin, end
  for (let begin = 0; begin < length; ) {
    const next = begin + widthAt(units, begin);
    let covered = false;
    let node = 0;
    for (let at = begin; at < length; ) {
      const child = trie[node]! + codes[units[at]!]!;
      if (trie[child + 1] !== node) break;
      node = child;
      at++;
      const id = trie[node + 2]!;
      if (id === NONE) continue;
      nodes.push(id, begin, at);
      if (at === next) covered = true;
    }
    if (!covered) nodes.push(UNKNOWN, begin, next);
    begin = next;
  }
  const count = nodes.length / 3;
  const ids = Int32Array.from({ length: count }, (_, k) => nodes[3 * k]!);
  const begins = Int32Array.from({ length: count }, (_, k) => nodes[3 * k + 1]!);
  const ends = Int32Array.from({ length: count }, (_, k) => nodes[3 * k + 2]!);
  const scores = Float64Array.from(ids, (id) => (id === UNKNOWN ? unknownScore : latticeScores[id]!));
  return { length, ids, begins, ends, scores, ...groupByEnd(ends, length) };
}

function groupByEnd(ends: Int32Array, length: number): Pick<Lattice, "byEnd" | "firstByEnd"> {
  const firstByEnd = new Int32Array(length + 2);
  for (const end of ends) firstByEnd[end + 1]!++;
  for (let p = 0; p <= length; p++) firstByEnd[p + 1]! += firstByEnd[p]!;
  const byEnd = new Int32Array(ends.length);
  const place = firstByEnd.slice();
  ends.forEach((end, k) => {
    byEnd[place[end]!++] = k;
  });
  return { byEnd, firstByEnd };
}
