// The baseline: an interpolated trigram model over the same tokens.
//
//   p(c|ab) = max(n(abc) − d, 0)/n(ab·) + d·t(ab)/n(ab·) · p(c|b),   and so down to the uniform distribution
//
// with t the number of distinct successors: absolute discounting, d = 0.75, the strong simple baseline of
// n-gram days. Source: Ney, Essen & Kneser, "On structuring probabilistic dependences", 1994.

const DISCOUNT = 0.75;

interface Successors {
  total: number;
  counts: Map<number, number>;
}

/** Counts of single tokens, pairs and triples. */
export class Trigram {
  readonly vocabSize: number;
  readonly #contexts: Map<string, Successors>[] = [new Map(), new Map(), new Map()];

  constructor(vocabSize: number) {
    this.vocabSize = vocabSize;
  }

  /** Counts a text. */
  add(tokens: ArrayLike<number>): void {
    for (let i = 0; i < tokens.length; i++) {
      for (let order = 0; order <= Math.min(2, i); order++) {
        const key = keyOf(tokens, i, order);
        const contexts = this.#contexts[order] as Map<string, Successors>;
        const successors = contexts.get(key) ?? { total: 0, counts: new Map<number, number>() };
        if (successors.total === 0) contexts.set(key, successors);
        successors.total++;
        const token = tokens[i] as number;
        successors.counts.set(token, (successors.counts.get(token) ?? 0) + 1);
      }
    }
  }

  /** Probability of `tokens[i]` after the two tokens before it. */
  probability(tokens: ArrayLike<number>, i: number): number {
    let p = 1 / this.vocabSize;
    for (let order = 0; order <= Math.min(2, i); order++) {
      const successors = this.#contexts[order]?.get(keyOf(tokens, i, order));
      if (!successors) break;
      const { total, counts } = successors;
      const count = counts.get(tokens[i] as number) ?? 0;
      p = Math.max(count - DISCOUNT, 0) / total + ((DISCOUNT * counts.size) / total) * p;
    }
    return p;
  }

  /** Sum of −ln p over the targets that count, all but the first token. */
  nats(tokens: ArrayLike<number>, counts: (token: number) => boolean = () => true): number {
    let sum = 0;
    for (let i = 1; i < tokens.length; i++) {
      if (counts(tokens[i] as number)) sum -= Math.log(this.probability(tokens, i));
    }
    return sum;
  }
}

function keyOf(tokens: ArrayLike<number>, i: number, order: number): string {
  return order === 0 ? "" : order === 1 ? `${tokens[i - 1]}` : `${tokens[i - 2]} ${tokens[i - 1]}`;
}
