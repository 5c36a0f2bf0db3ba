// What people compare when they compare language models, in words.

/** One model's details; a line each in a side-by-side table. */
export interface ModelTraits {
  tokenizer: string;
  position: string;
  norm: string;
  activation: string;
  attention: string;
  block: string;
  objective: string;
}

/**
 * Heads in words.
 *
 * @param sizes kvHeads default heads
 */
export function describeHeads({
  heads,
  kvHeads = heads,
  headDim,
}: {
  heads: number;
  kvHeads?: number;
  headDim: number;
}): string {
  const kind = kvHeads === heads ? "multi-head" : kvHeads === 1 ? "multi-query" : "grouped-query";
  const shared = kvHeads === heads ? "" : `, ${kvHeads} for keys and values`;
  return `${kind}: ${heads} heads of ${headDim}${shared}`;
}
