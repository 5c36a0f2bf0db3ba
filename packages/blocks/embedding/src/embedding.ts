// Looks up a row of a table for each token id.
//
//   y = weight[ids]        its gradient:  dweight[v] = Σ over all places where ids = v of dy
//
// The gradient adds rows with ScatterNd, which every tfjs backend has; `wasm` lacks the kernel that tfjs'
// own gradient uses. Ids outside of the table are an error where looking at them is cheap: tfjs itself reads
// whatever lies behind the table.
// Shapes: V vocabulary, D model dim.

import { type Contract, defineOp } from "@llm/ops";
import { gather, getBackend, type Tensor, tidy } from "@tensorflow/tfjs-core";

/** A fused kernel `Embedding` takes the attribute `vocabSize`; its gradient adds up repeated ids. */
export const embeddingContract: Contract = { name: "Embedding", differentiable: ["weight"], saved: ["ids"] };

const op = defineOp<{ ids: Tensor; weight: Tensor }, { vocabSize: number }>({
  contract: embeddingContract,
  composite: ({ ids, weight }) => gather(weight, ids),
});

/**
 * The rows of `weight` at `ids`.
 *
 * Ids are checked on backends that hold tensors in this process's memory. On `webgl` and `webgpu`, reading
 * them back would stall the GPU or be impossible, so there the caller vouches for them.
 *
 * @param ids int32 [...], each at least 0 and below V
 * @param weight_VD [V, D]
 * @returns [..., D]
 * @throws Error when ids are not int32 or (see above) out of range, or weight is not a matrix
 */
export function embedding(ids: Tensor, weight_VD: Tensor): Tensor {
  if (weight_VD.rank !== 2) {
    throw new Error(`embedding: weight must be [vocabSize, dim], got shape [${weight_VD.shape}]`);
  }
  if (ids.dtype !== "int32") {
    throw new Error(`embedding: ids must be int32, got ${ids.dtype}; create them with tensor(ids, shape, "int32")`);
  }
  const vocabSize = weight_VD.shape[0] as number;
  if (!getBackend().startsWith("webg")) checkRange(ids, vocabSize);
  return tidy(() => op({ ids, weight: weight_VD }, { vocabSize }));
}

function checkRange(ids: Tensor, vocabSize: number): void {
  const values = ids.dataSync();
  for (let i = 0; i < values.length; i++) {
    const id = values[i] as number;
    if (id >= 0 && id < vocabSize) continue;
    throw new Error(
      `embedding: id ${id} (number ${i} of [${ids.shape}]) is not in the vocabulary of ${vocabSize}; was the text encoded with this model's tokenizer?`,
    );
  }
}
