import { type ActivationName, activation as byName } from "@llm/activations";
import { Dropout } from "@llm/dropout";
import { Linear } from "@llm/linear";
import { Module } from "@llm/module";
import { Random } from "@llm/random";
import { type Tensor, tidy } from "@tensorflow/tfjs-core";

/** Sizes and initialization of a feed-forward network. */
export interface MLPConfig {
  dim: number;
  /** Default 4·dim. */
  hiddenDim?: number;
  /** Default "gelu_tanh". */
  activation?: ActivationName;
  /** Whether both linear maps have a bias. Default true. */
  bias?: boolean;
  /** Rate on the output, in training only. Default 0. */
  dropout?: number;
  /** Standard deviation of the initial weights. Default: that of `Linear`, 1/√(input size). */
  std?: number;
  /** The same for `fcOut`, which writes to the residual stream; GPT-2 has std/√(2·layers). Default `std`. */
  projectionStd?: number;
  /** Default: a fixed seed. */
  random?: Random;
}

/** Two `Linear` modules with an activation between them; adapters may replace either. */
export class MLP extends Module {
  fcIn: Linear;
  fcOut: Linear;
  dropout: Dropout;
  readonly activation: ActivationName;

  constructor({
    dim,
    hiddenDim = 4 * dim,
    activation = "gelu_tanh",
    bias = true,
    dropout = 0,
    std,
    projectionStd = std,
    random = new Random(0),
  }: MLPConfig) {
    super();
    byName(activation);
    this.activation = activation;
    this.fcIn = new Linear({ inDim: dim, outDim: hiddenDim, bias, std, random });
    this.fcOut = new Linear({ inDim: hiddenDim, outDim: dim, bias, std: projectionStd, random });
    this.dropout = new Dropout({ rate: dropout });
  }

  /** [..., dim] → [..., dim] */
  forward(x: Tensor): Tensor {
    const act = byName(this.activation);
    return tidy(() => this.dropout.forward(this.fcOut.forward(act(this.fcIn.forward(x)))));
  }
}
