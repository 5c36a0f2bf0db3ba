import { Module, parameter } from "@llm/module";
import { ones, type Tensor, type Variable } from "@tensorflow/tfjs-core";
import { type PartialRMSNormOptions, partialRmsNorm } from "./partial-rms-norm.js";

/** Size of a partial RMS norm. */
export interface PartialRMSNormConfig extends PartialRMSNormOptions {
  dim: number;
}

/** `partialRmsNorm` with its own weight [dim], ones at first. */
export class PartialRMSNorm extends Module {
  weight: Variable;
  readonly fraction: number;
  readonly eps: number;

  constructor({ dim, fraction = 0.0625, eps = 1e-6 }: PartialRMSNormConfig) {
    super();
    this.weight = parameter(ones([dim]));
    this.fraction = fraction;
    this.eps = eps;
  }

  /** [..., dim] → [..., dim] */
  forward(x: Tensor): Tensor {
    return partialRmsNorm(x, this.weight, { fraction: this.fraction, eps: this.eps });
  }
}
