import { Module, parameter } from "@llm/module";
import { ones, type Tensor, type Variable } from "@tensorflow/tfjs-core";
import { rmsNorm } from "./rms-norm.js";

/** Size of an RMS norm. */
export interface RMSNormConfig {
  dim: number;
  /** Default 1e-6. */
  eps?: number;
}

/** `rmsNorm` with its own weight [dim], ones at first. */
export class RMSNorm extends Module {
  weight: Variable;
  readonly eps: number;

  constructor({ dim, eps = 1e-6 }: RMSNormConfig) {
    super();
    this.weight = parameter(ones([dim]));
    this.eps = eps;
  }

  /** [..., dim] → [..., dim] */
  forward(x: Tensor): Tensor {
    return rmsNorm(x, this.weight, { eps: this.eps });
  }
}
