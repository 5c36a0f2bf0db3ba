import { Module } from "@llm/module";
import type { Tensor } from "@tensorflow/tfjs-core";
import { dropout } from "./dropout.js";

/** `dropout` in training mode, the identity in evaluation. */
export class Dropout extends Module {
  readonly rate: number;

  constructor({ rate }: { rate: number }) {
    super();
    this.rate = rate;
  }

  /** Any shape → the same shape. */
  forward(x: Tensor): Tensor {
    return this.training ? dropout(x, this.rate) : x;
  }
}
