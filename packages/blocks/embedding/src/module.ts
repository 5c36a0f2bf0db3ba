import { Module, parameter } from "@llm/module";
import { Random } from "@llm/random";
import { type Tensor, tensor, type Variable } from "@tensorflow/tfjs-core";
import { embedding } from "./embedding.js";

/** Size and initialization of an embedding. */
export interface EmbeddingConfig {
  vocabSize: number;
  dim: number;
  /** Standard deviation of the normal initial values. Default 0.02, GPT-2's. */
  std?: number;
  /** Default: a fixed seed. */
  random?: Random;
}

/** `embedding` with its own table `weight` [vocabSize, dim]. */
export class Embedding extends Module {
  weight: Variable;

  constructor({ vocabSize, dim, std = 0.02, random = new Random(0) }: EmbeddingConfig) {
    super();
    const values = random.fillNormal(new Float32Array(vocabSize * dim));
    for (let i = 0; i < values.length; i++) values[i] = (values[i] as number) * std;
    this.weight = parameter(tensor(values, [vocabSize, dim]));
  }

  /** int32 [...] → [..., dim] */
  forward(ids: Tensor): Tensor {
    return embedding(ids, this.weight);
  }
}
