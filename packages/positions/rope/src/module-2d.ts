// ChatGLM-6B's position encoding as a module: `rope2d` with a table.

import { Module } from "@llm/module";
import { keep, range, stack, type Tensor, tidy, zeros } from "@tensorflow/tfjs-core";
import type { RopeLayout } from "./rope.js";
import { rope2d } from "./rope-2d.js";
import { type RopeTable, ropeTable } from "./table.js";

/** Sizes of a two-dimensional rotary embedding. */
export interface Rope2DConfig {
  /** A multiple of 4: two halves of pairs. */
  headDim: number;
  /** Positions 0 … maxLength − 1 in both dimensions. */
  maxLength: number;
  /** Default 10000. */
  base?: number;
  /** Default "half". */
  layout?: RopeLayout;
}

/** `rope2d` with its own table, for all layers of a model to share. No parameters; a table as `Rope`'s. */
export class Rope2D extends Module {
  readonly config: Rope2DConfig;
  #table: RopeTable | undefined;

  /** @throws Error unless headDim is a multiple of 4 */
  constructor(config: Rope2DConfig) {
    super();
    if (config.headDim % 4 !== 0) {
      throw new Error(`Rope2D: headDim must be a multiple of 4, two halves of pairs, got ${config.headDim}`);
    }
    this.config = config;
  }

  /**
   * [B, N, T, headDim] → the same shape.
   * @param at int32 [2, T] or [B, 2, T]: places in the text and in the blank; or a number, from which on plain text is
   */
  forward(x_BNTH: Tensor, at: number | Tensor = 0): Tensor {
    const { headDim, maxLength, base, layout } = this.config;
    if (!this.#table) {
      const { cos, sin } = ropeTable({ headDim: headDim / 2, length: maxLength, base });
      this.#table = { cos: keep(cos), sin: keep(sin) };
    }
    const table = this.#table;
    return tidy(() => {
      const time = x_BNTH.shape[2] as number;
      const positions = typeof at === "number" ? stack([range(at, at + time, 1, "int32"), zeros([time], "int32")]) : at;
      return rope2d(x_BNTH, table, positions, { layout });
    });
  }

  /** Frees the table. */
  override dispose(): void {
    super.dispose();
    this.#table?.cos.dispose();
    this.#table?.sin.dispose();
    this.#table = undefined;
  }
}
