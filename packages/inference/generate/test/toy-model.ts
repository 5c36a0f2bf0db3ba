// A causal language model in a few lines: it shows that `generate` needs a structure, not one of our models.

import { MultiHeadAttention } from "@llm/attention";
import { KVCache } from "@llm/kv-cache";
import { Module, parameter } from "@llm/module";
import { Random } from "@llm/random";
import { add, gather, matMul, slice, type Tensor, tensor, tidy, type Variable } from "@tensorflow/tfjs-core";

const DIM = 8;

export class ToyModel extends Module {
  readonly vocabSize = 11;
  readonly maxLength: number;
  embedding: Variable;
  positions: Variable;
  attention: MultiHeadAttention;
  /** Lengths of the passes so far, and whether each was in training mode. */
  readonly calls: { length: number; offset: number; training: boolean }[] = [];

  constructor(maxLength: number) {
    super();
    this.maxLength = maxLength;
    const random = new Random(2);
    const normal = (rows: number): Variable =>
      parameter(tensor(random.fillNormal(new Float32Array(rows * DIM)), [rows, DIM]));
    this.embedding = normal(this.vocabSize);
    this.positions = normal(maxLength);
    this.attention = new MultiHeadAttention({ dim: DIM, heads: 2, random });
  }

  createCache(): KVCache {
    return new KVCache({ layers: 1 });
  }

  forward(ids_BT: Tensor, { cache }: { cache?: KVCache } = {}): Tensor {
    const offset = cache?.length ?? 0;
    const [, t] = ids_BT.shape as [number, number];
    this.calls.push({ length: t, offset, training: this.training });
    return tidy(() => {
      const x = add(gather(this.embedding, ids_BT), slice(this.positions, [offset, 0], [t, DIM]));
      return matMul(this.attention.forward(x, { cache }), this.embedding, false, true);
    });
  }
}
