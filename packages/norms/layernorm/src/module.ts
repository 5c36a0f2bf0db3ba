import { Module, parameter } from "@llm/module";
import { ones, type Tensor, type Variable, zeros } from "@tensorflow/tfjs-core";
import { layerNorm } from "./layer-norm.js";

/** Size of a layer norm. */
export interface LayerNormConfig {
  dim: number;
  /** Default 1e-5. */
  eps?: number;
  /** Default true. */
  bias?: boolean;
}

/** `layerNorm` with its own weight [dim] (ones at first) and, unless switched off, bias [dim] (zeros). */
export class LayerNorm extends Module {
  weight: Variable;
  bias?: Variable;
  readonly eps: number;

  constructor({ dim, eps = 1e-5, bias = true }: LayerNormConfig) {
    super();
    this.weight = parameter(ones([dim]));
    if (bias) this.bias = parameter(zeros([dim]));
    this.eps = eps;
  }

  /** [..., dim] → [..., dim] */
  forward(x: Tensor): Tensor {
    return layerNorm(x, this.weight, this.bias, { eps: this.eps });
  }
}
