import { Module, parameter } from "@llm/module";
import { Random } from "@llm/random";
import { type Tensor, tensor, type Variable } from "@tensorflow/tfjs-core";
import type { BucketOptions } from "./buckets.js";
import { relativeBias } from "./relative-bias.js";

/** Size and initialization of a table of relative biases. */
export interface RelativeBiasConfig extends BucketOptions {
  heads: number;
  /** Standard deviation of the normal initial values. Default 0.02; T5 has 1/√dim. */
  std?: number;
  /** Default: a fixed seed. */
  random?: Random;
}

/** `relativeBias` with its own table `weight` [buckets, heads], for all layers of a stack to share. */
export class RelativeBias extends Module {
  weight: Variable;
  readonly direction: "bidirectional" | "causal";
  readonly maxDistance: number;

  constructor(config: RelativeBiasConfig) {
    super();
    const { heads, buckets = 32, std = 0.02, random = new Random(0) } = config;
    const values = random.fillNormal(new Float32Array(buckets * heads)).map((value) => value * std);
    this.weight = parameter(tensor(values, [buckets, heads]));
    this.direction = config.direction ?? "bidirectional";
    this.maxDistance = config.maxDistance ?? 128;
  }

  /** → [1, heads, queries, keys]; with a cache, `keys` counts the past ones too. */
  forward(queries: number, keys: number = queries): Tensor {
    const { direction, maxDistance } = this;
    return relativeBias(this.weight, queries, { keys, direction, maxDistance });
  }
}
