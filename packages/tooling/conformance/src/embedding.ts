// What embedding must compute.

import { embedding as lookUp } from "@llm/embedding";
import { agree, integers, normal } from "./agree.js";

/** Defines the tests for a registered backend. */
export function embedding(backend: string): void {
  const kernels = ["Embedding", "EmbeddingGrad"];
  // Fewer ids than entries, and many more, so that each is added up often.
  for (const [ids, vocab, dim] of [
    [[1], 1, 1],
    [[3, 5], 7, 15],
    [[4, 2, 2], 100, 16],
    [[7], 4001, 17],
    [[2000], 11, 67],
  ]) {
    const [shape, v, d] = [ids as number[], vocab as number, dim as number];
    const inputs = [integers(shape, 0, v), normal([v, d])];
    agree(backend, `embedding of [${shape}] in [${v}, ${d}]`, (i, w) => lookUp(i as never, w), inputs, { kernels });
  }
  agree(backend, "embedding of no ids", (i, w) => lookUp(i, w), [integers([0], 0, 1), normal([5, 3])], {
    kernels: ["Embedding"],
    differentiate: [],
  });
}
