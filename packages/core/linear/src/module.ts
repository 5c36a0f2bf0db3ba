import { Module, parameter } from "@llm/module";
import { Random } from "@llm/random";
import { type Tensor, tensor, type Variable, zeros } from "@tensorflow/tfjs-core";
import { linear } from "./linear.js";

/** Sizes and initialization of a linear layer. */
export interface LinearConfig {
  inDim: number;
  outDim: number;
  /** Default true. */
  bias?: boolean;
  /** Standard deviation of the normal initial weights. Default 1/√inDim. */
  std?: number;
  /** Default: a fixed seed. */
  random?: Random;
}

/** `linear` with its own weight [out, in] and, unless switched off, bias [out] (zero at first). */
export class Linear extends Module {
  weight: Variable;
  bias?: Variable;

  constructor({ inDim, outDim, bias = true, std = inDim ** -0.5, random = new Random(0) }: LinearConfig) {
    super();
    this.weight = parameter(normal([outDim, inDim], std, random));
    if (bias) this.bias = parameter(zeros([outDim]));
  }

  /** [..., inDim] → [..., outDim] */
  forward(x: Tensor): Tensor {
    return linear(x, this.weight, this.bias);
  }
}

/** Normally distributed values with the given standard deviation. */
function normal(shape: [number, number], std: number, random: Random): Tensor {
  const values = random.fillNormal(new Float32Array(shape[0] * shape[1]));
  return tensor(
    values.map((value) => value * std),
    shape,
  );
}
