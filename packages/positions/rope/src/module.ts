import { Module } from "@llm/module";
import { keep, type Tensor } from "@tensorflow/tfjs-core";
import { type RopeLayout, rope } from "./rope.js";
import { type RopeScaling, type RopeTable, ropeTable } from "./table.js";

/** Sizes of a rotary position embedding. */
export interface RopeConfig {
  headDim: number;
  /** Positions 0 … maxLength − 1. */
  maxLength: number;
  /** Default 10000. */
  base?: number;
  /** Default "half". */
  layout?: RopeLayout;
  /** How many features of a head are rotated, the first ones. Default: all. */
  rotaryDim?: number;
  scaling?: RopeScaling;
}

/**
 * `rope` with its own table, for all layers of a model to share. It has no parameters; the table is made at
 * the first use, again after `dispose`, and belongs to no state dictionary.
 */
export class Rope extends Module {
  readonly config: RopeConfig;
  #table: RopeTable | undefined;

  constructor(config: RopeConfig) {
    super();
    const { rotaryDim = config.headDim, headDim } = config;
    if (rotaryDim > headDim) throw new Error(`Rope: rotaryDim ${rotaryDim} must not exceed headDim ${headDim}`);
    this.config = config;
  }

  /** Cosines and sines, each [maxLength, rotaryDim/2]. Owned by this module. */
  get table(): RopeTable {
    if (!this.#table) {
      const { headDim, rotaryDim = headDim, maxLength, base, scaling } = this.config;
      const { cos, sin } = ropeTable({ headDim: rotaryDim, length: maxLength, base, scaling });
      // Made inside of whatever tidy is open, but not its own to free.
      this.#table = { cos: keep(cos), sin: keep(sin) };
    }
    return this.#table;
  }

  /** [..., T, headDim] → the same shape, for positions from `offset` on. */
  forward(x: Tensor, offset = 0): Tensor {
    return rope(x, this.table, { layout: this.config.layout, offset });
  }

  /** Frees the table. */
  override dispose(): void {
    super.dispose();
    this.#table?.cos.dispose();
    this.#table?.sin.dispose();
    this.#table = undefined;
  }
}
