import { Module } from "@llm/module";
import { keep, type Tensor } from "@tensorflow/tfjs-core";
import { type RopeLayout, rope } from "./rope.js";
import type { RopeScaling } from "./scaling.js";
import { type RopeTable, ropeTable } from "./table.js";

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
 *
 * Under the scaling "dynamic", the table is made anew when a text beyond the original length grows: its keys in a
 * cache then keep the angles of an earlier, shorter text, as in Hugging Face.
 */
export class Rope extends Module {
  readonly config: RopeConfig;
  #table: RopeTable | undefined;
  #length = 0;

  constructor(config: RopeConfig) {
    super();
    const { rotaryDim = config.headDim, headDim } = config;
    if (rotaryDim > headDim) throw new Error(`Rope: rotaryDim ${rotaryDim} must not exceed headDim ${headDim}`);
    this.config = config;
  }

  /** Cosines and sines, each [maxLength, rotaryDim/2]. Owned by this module. */
  get table(): RopeTable {
    return this.#tableFor(this.config.maxLength);
  }

  /** [..., T, headDim] → the same shape, for positions from `at` on, or at ids: int32 [T] or [B, T]. */
  forward(x: Tensor, at: number | Tensor = 0): Tensor {
    const { layout } = this.config;
    if (typeof at !== "number") return rope(x, this.table, { layout, positions: at });
    return rope(x, this.#tableFor(at + (x.shape.at(-2) ?? 0)), { layout, offset: at });
  }

  #tableFor(text: number): RopeTable {
    const { headDim, rotaryDim = headDim, maxLength, base, scaling } = this.config;
    const dynamic = scaling?.kind === "dynamic";
    const length = dynamic ? Math.min(maxLength, Math.max(text, scaling.originalLength)) : maxLength;
    if (this.#length !== length) this.#free();
    if (!this.#table) {
      const { cos, sin } = ropeTable({ headDim: rotaryDim, length, base, scaling });
      // Made inside of whatever tidy is open, but not its own to free.
      this.#table = { cos: keep(cos), sin: keep(sin) };
      this.#length = length;
    }
    return this.#table;
  }

  /** Frees the table. */
  override dispose(): void {
    super.dispose();
    this.#free();
  }

  #free(): void {
    this.#table?.cos.dispose();
    this.#table?.sin.dispose();
    this.#table = undefined;
  }
}
