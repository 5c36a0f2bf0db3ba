import { dropout } from "@llm/dropout";
import { type Linear, linear } from "@llm/linear";
import { Module, parameter } from "@llm/module";
import { Random } from "@llm/random";
import { add, matMul, mul, type Tensor, tensor, tidy, type Variable, zeros } from "@tensorflow/tfjs-core";
import { loraScale, loraUpdate } from "./lora.js";

/** Settings of one adapted layer. */
export interface LoraLinearConfig {
  rank: number;
  /** Default 2·rank. */
  alpha?: number;
  /** Of the adapter's input, in training. */
  dropout?: number;
  scaling?: "lora" | "rslora";
  /** Default: a fixed seed. */
  random?: Random;
}

/**
 * A `Linear` with a low-rank update. It shows the layer's own weight and bias under their own names, so checkpoints of
 * the frozen model still fit, and adds `lora_a` [rank, in] and `lora_b` [out, rank].
 */
export class LoraLinear extends Module {
  readonly #base: Linear;
  weight: Variable;
  bias?: Variable;
  /** Uniform within ±1/√in at first, as PEFT's. */
  loraA: Variable;
  /** Zero at first. */
  loraB: Variable;
  readonly rank: number;
  readonly scale: number;
  readonly dropout: number;

  constructor(
    base: Linear,
    { rank, alpha = 2 * rank, dropout = 0, scaling = "lora", random = new Random(0) }: LoraLinearConfig,
  ) {
    super();
    if (!Number.isInteger(rank) || rank < 1) throw new RangeError(`LoraLinear: rank must be 1 or more, got ${rank}`);
    if (!(dropout >= 0 && dropout < 1)) throw new RangeError(`LoraLinear: dropout must be in [0, 1), got ${dropout}`);
    if (!Number.isFinite(alpha)) throw new RangeError(`LoraLinear: alpha must be a number, got ${alpha}`);
    const [outDim, inDim] = base.weight.shape as [number, number];
    this.#base = base;
    this.training = base.training;
    this.weight = base.weight;
    if (base.bias) this.bias = base.bias;
    const bound = inDim ** -0.5;
    const values = random.fillUniform(new Float32Array(rank * inDim)).map((u) => (2 * u - 1) * bound);
    this.loraA = parameter(tensor(values, [rank, inDim]));
    this.loraB = parameter(zeros([outDim, rank]));
    this.rank = rank;
    this.scale = loraScale(alpha, rank, scaling);
    this.dropout = dropout;
  }

  /** The layer that is adapted. */
  get base(): Linear {
    return this.#base;
  }

  /** [..., in] → [..., out] */
  forward(x: Tensor): Tensor {
    const dropped = this.training ? dropout(x, this.dropout) : x;
    return add(linear(x, this.weight, this.bias), loraUpdate(dropped, this.loraA, this.loraB, this.scale));
  }

  /** Adds the update s·B·A to the base's weight. The adapter keeps its values, so drop it afterwards. */
  mergeIntoBase(): void {
    tidy(() => {
      const merged = add(this.weight, mul(matMul(this.loraB, this.loraA), this.scale));
      this.weight.assign(merged as Variable);
    });
  }

  /** Frees the adapter alone; weight and bias belong to the base. */
  disposeAdapter(): void {
    this.loraA.dispose();
    this.loraB.dispose();
  }
}
