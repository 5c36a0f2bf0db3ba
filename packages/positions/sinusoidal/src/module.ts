import { Module } from "@llm/module";
import { keep, slice, type Tensor } from "@tensorflow/tfjs-core";
import { type SinusoidalOptions, sinusoidal } from "./sinusoidal.js";

/** Size and form of the encoding. */
export interface SinusoidalPositionConfig extends Omit<SinusoidalOptions, "offset"> {
  dim: number;
  maxLength: number;
}

/**
 * `sinusoidal` as a module that can stand where `LearnedPosition` of `@llm/learned-position` does. It has no parameters;
 * its table is made at the first use and again after `dispose`.
 */
export class SinusoidalPosition extends Module {
  readonly config: SinusoidalPositionConfig;
  #table: Tensor | undefined;

  constructor(config: SinusoidalPositionConfig) {
    super();
    this.config = config;
  }

  /**
   * → [length, dim], for the positions from `offset` on.
   * @throws Error when they exceed `maxLength`, or as `sinusoidal`
   */
  forward(length: number, offset = 0): Tensor {
    const { dim, maxLength, ...options } = this.config;
    if (offset + length > maxLength) {
      throw new Error(
        `SinusoidalPosition: positions ${offset} … ${offset + length - 1} exceed maxLength ${maxLength}; make it larger, it costs no parameters`,
      );
    }
    this.#table ??= keep(sinusoidal(maxLength, dim, options));
    return slice(this.#table, [offset, 0], [length, dim]);
  }

  /** Frees the table. */
  override dispose(): void {
    super.dispose();
    this.#table?.dispose();
    this.#table = undefined;
  }
}
