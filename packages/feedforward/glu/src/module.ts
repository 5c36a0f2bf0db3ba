import { type ActivationName, activation as byName } from "@llm/activations";
import { Linear } from "@llm/linear";
import { Module } from "@llm/module";
import { Random } from "@llm/random";
import { type Tensor, tidy } from "@tensorflow/tfjs-core";
import { glu } from "./glu.js";
import { gluHiddenDim } from "./hidden-dim.js";

/** Sizes and initialization of a gated feed-forward network. */
export interface GLUConfig {
  dim: number;
  /** Default `gluHiddenDim(dim)`. */
  hiddenDim?: number;
  /** Default "silu": SwiGLU. */
  activation?: ActivationName;
  /** Whether the three linear maps have a bias. Default false. */
  bias?: boolean;
  /** Standard deviation of the initial weights. Default: that of `Linear`, 1/√(input size). */
  std?: number;
  /** The same for `downProj`, which writes to the residual stream. Default `std`. */
  projectionStd?: number;
  /** Default: a fixed seed. */
  random?: Random;
}

/** LLaMA's feed-forward: `downProj(act(gateProj(x)) ⊙ upProj(x))`; adapters may replace each of the three. */
export class GLU extends Module {
  gateProj: Linear;
  upProj: Linear;
  downProj: Linear;
  readonly activation: ActivationName;

  constructor({
    dim,
    hiddenDim = gluHiddenDim(dim),
    activation = "silu",
    bias = false,
    std,
    projectionStd = std,
    random = new Random(0),
  }: GLUConfig) {
    super();
    byName(activation);
    this.activation = activation;
    this.gateProj = new Linear({ inDim: dim, outDim: hiddenDim, bias, std, random });
    this.upProj = new Linear({ inDim: dim, outDim: hiddenDim, bias, std, random });
    this.downProj = new Linear({ inDim: hiddenDim, outDim: dim, bias, std: projectionStd, random });
  }

  /** [..., dim] → [..., dim] */
  forward(x: Tensor): Tensor {
    const { activation } = this;
    return tidy(() => this.downProj.forward(glu(this.gateProj.forward(x), this.upProj.forward(x), { activation })));
  }
}
