import { Module, parameter } from "@llm/module";
import { Random } from "@llm/random";
import { type Tensor, tensor, type Variable } from "@tensorflow/tfjs-core";
import { learnedPosition } from "./learned-position.js";

/** Size and initialization of a position table. */
export interface LearnedPositionConfig {
  maxLength: number;
  dim: number;
  /** Standard deviation of the normal initial values. Default 0.02, GPT-2's. */
  std?: number;
  /** Default: a fixed seed. */
  random?: Random;
}

/** `learnedPosition` with its own table `weight` [maxLength, dim]. */
export class LearnedPosition extends Module {
  weight: Variable;

  constructor({ maxLength, dim, std = 0.02, random = new Random(0) }: LearnedPositionConfig) {
    super();
    const values = random.fillNormal(new Float32Array(maxLength * dim));
    for (let i = 0; i < values.length; i++) values[i] = (values[i] as number) * std;
    this.weight = parameter(tensor(values, [maxLength, dim]));
  }

  /** → [length, dim], for the positions from `offset` on. */
  forward(length: number, offset = 0): Tensor {
    return learnedPosition(this.weight, length, offset);
  }
}
