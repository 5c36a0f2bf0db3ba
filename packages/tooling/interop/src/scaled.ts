// Random weights with which a model has opinions: fresh ones answer everything with nearly the same probability, and
// any two programs agree on that.

import type { Module } from "@llm/module";
import { Random } from "@llm/random";
import { tensor, tidy, type Variable } from "@tensorflow/tfjs-core";

/** Replaces all parameters by normal values: matrices keep the size of what they are applied to, logits have σ = 2.5. */
export function scaled<M extends Module>(model: M, seed = 1): M {
  const random = new Random(seed);
  for (const [path, parameter] of model.namedParameters()) {
    const { shape, size } = parameter;
    const isNorm = shape.length === 1 && path.endsWith("weight");
    const normal = random.fork(path).fillNormal(new Float32Array(size));
    const values = normal.map((x) => x * stdOf(path, shape) + Number(isNorm));
    tidy(() => parameter.assign(tensor(values, shape) as Variable));
  }
  return model;
}

/** Embeddings may be heads as well. */
function stdOf(path: string, shape: readonly number[]): number {
  if (shape.length === 1) return 0.2;
  const gain = /embed_tokens|lm_head/.test(path) ? 2.5 : 1;
  return gain / Math.sqrt(shape.at(-1) as number);
}
