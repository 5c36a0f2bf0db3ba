// The n best segmentations, best first, by an A* search from the end of the text to its beginning.
//
// A hypothesis is a segmentation of the text's end. Its priority is its score plus that of the best way to segment what is
// before it, which a Viterbi pass has found, so whole segmentations leave the queue in the order of their scores.
//
// Source: Nagata, "A Stochastic Japanese Morphological Analyzer Using a Forward-DP Backward-A* N-Best Search Algorithm"
// (COLING 1994). Rounding, the order of equals and the bound on the queue are sentencepiece's.

import { Agenda } from "./agenda.js";
import type { Lattice } from "./lattice.js";
import type { Vocabulary } from "./vocabulary.js";

// When there are so many hypotheses, all but the best few are dropped: long texts have more segmentations than fit anywhere.
const MAX_AGENDA = 10_000;
const MIN_AGENDA = 512;
const BEGIN = -1;
const NOTHING = -1;

/** Segmentations as lists of nodes of the lattice, with their scores. */
export function nBest(
  lattice: Lattice,
  n: number,
  precision: Vocabulary["precision"],
): { nodes: number[]; score: number }[] {
  const round = precision === "float32" ? Math.fround : (value: number): number => value;
  const reach = bestToNode(lattice, round);
  // Per hypothesis: its leftmost node, the hypothesis that it extends, its score.
  let heads: number[] = [lattice.ids.length]; // one beyond the nodes: the end of the text
  let tails: number[] = [NOTHING];
  let scores: number[] = [0];
  let agenda = new Agenda();
  agenda.push(0, reach.whole);
  const found: { nodes: number[]; score: number }[] = [];
  while (agenda.size > 0) {
    const priority = agenda.topPriority;
    const top = agenda.pop();
    const node = heads[top]!;
    if (node === BEGIN) {
      const nodes: number[] = [];
      for (let h = tails[top]!; tails[h] !== NOTHING; h = tails[h]!) nodes.push(heads[h]!);
      found.push({ nodes, score: priority });
      if (found.length === n) break;
      continue;
    }
    const position = node === lattice.ids.length ? lattice.length : lattice.begins[node]!;
    const offer = (head: number, best: number, score: number): void => {
      heads.push(head);
      tails.push(top);
      scores.push(round(score + scores[top]!));
      agenda.push(heads.length - 1, round(best + scores[top]!));
    };
    if (position === 0) offer(BEGIN, 0, 0);
    for (let e = lattice.firstByEnd[position]!; e < lattice.firstByEnd[position + 1]!; e++) {
      const left = lattice.byEnd[e]!;
      offer(left, reach.best[left]!, lattice.scores[left]!);
    }
    if (agenda.size >= MAX_AGENDA) {
      const kept = keepBest(agenda, Math.min(MIN_AGENDA, n * 10), { heads, tails, scores });
      agenda = kept.agenda;
      ({ heads, tails, scores } = kept.hypotheses);
    }
  }
  return found;
}

/** The score of the best way from the beginning up to and with each node, and to the end. */
function bestToNode(lattice: Lattice, round: (value: number) => number): { best: Float64Array; whole: number } {
  const best = new Float64Array(lattice.ids.length);
  const arriving = new Float64Array(lattice.length + 1).fill(-Infinity);
  arriving[0] = 0;
  for (let k = 0; k < best.length; k++) {
    best[k] = round(arriving[lattice.begins[k]!]! + lattice.scores[k]!);
    arriving[lattice.ends[k]!] = Math.max(arriving[lattice.ends[k]!]!, best[k]!);
  }
  return { best, whole: arriving[lattice.length]! };
}

interface Hypotheses {
  heads: number[];
  tails: number[];
  scores: number[];
}

/** An agenda of the best `count` hypotheses, and only those that they need. */
function keepBest(agenda: Agenda, count: number, all: Hypotheses): { agenda: Agenda; hypotheses: Hypotheses } {
  const kept = new Agenda();
  const hypotheses: Hypotheses = { heads: [], tails: [], scores: [] };
  const moved = new Map<number, number>([[NOTHING, NOTHING]]);
  for (let i = 0; i < count; i++) {
    const priority = agenda.topPriority;
    const top = agenda.pop();
    const chain: number[] = [];
    for (let h = top; !moved.has(h); h = all.tails[h]!) chain.push(h);
    for (const h of chain.reverse()) {
      moved.set(h, hypotheses.heads.length);
      hypotheses.heads.push(all.heads[h]!);
      hypotheses.tails.push(moved.get(all.tails[h]!)!);
      hypotheses.scores.push(all.scores[h]!);
    }
    kept.push(moved.get(top)!, priority);
  }
  return { agenda: kept, hypotheses };
}
