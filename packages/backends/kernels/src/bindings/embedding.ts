// Embedding and its scatter-add.

import { type TensorInfo, util } from "@tensorflow/tfjs-core";
import { type Binding, binding } from "../binding.js";

/** Bindings of cpp/embedding.h. */
export const embedding: readonly Binding[] = [
  binding<{ ids: TensorInfo; weight: TensorInfo }>("Embedding", ({ inputs: { ids, weight }, backend }) => {
    const dim = weight.shape[1] as number;
    const y = backend.output([...ids.shape, dim]);
    const rows = util.sizeFromShape(ids.shape);
    backend.call("embedding", backend.address(ids), backend.address(weight), y.address, rows, dim);
    return y.info;
  }),
  binding<{ dy: TensorInfo; ids: TensorInfo }, { vocabSize: number }>(
    "EmbeddingGrad",
    ({ inputs: { dy, ids }, attrs: { vocabSize }, backend }) => {
      const dim = dy.shape.at(-1) as number;
      const dweight = backend.output([vocabSize, dim]);
      const pointers = [backend.address(dy), backend.address(ids), dweight.address];
      backend.call("embedding_grad", ...pointers, util.sizeFromShape(ids.shape), vocabSize, dim);
      return dweight.info;
    },
  ),
];
