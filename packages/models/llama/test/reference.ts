// What the tests share with fixtures/generate.py: weights and batches by formula, the packing of arrays, and AdamW
// written down once more on plain numbers (models stand below the optimizers, which have fixtures of their own).

import { type Tensor, tensor, tidy, type Variable } from "@tensorflow/tfjs-core";

/** 16-bit words: the upper halves of a linear congruential sequence, seeded by the FNV-1a hash of the name. */
function* words(name: string): Generator<number, never> {
  let state = 2166136261;
  for (const byte of new TextEncoder().encode(name)) state = Math.imul(state ^ byte, 16777619) >>> 0;
  for (;;) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    yield state >>> 16;
  }
}

/** center + scale · (word / 65536 − 1/2), exact in float32. */
export function values(name: string, shape: number[], scale: number, center = 0): Tensor {
  const source = words(name);
  const size = shape.reduce((n, d) => n * d, 1);
  const flat = Float32Array.from({ length: size }, () => center + scale * (source.next().value / 65536 - 0.5));
  return tensor(flat, shape);
}

/** The inputs and labels of one step, int32 [rows, time]. */
export function batch(step: number, rows: number, time: number, vocab: number): { inputs: Tensor; labels: Tensor } {
  const source = words(`batch ${step}`);
  const ids = Array.from({ length: rows }, () => Array.from({ length: time + 1 }, () => source.next().value % vocab));
  const part = (from: number): Tensor =>
    tensor(
      ids.map((row) => row.slice(from, from + time)),
      [rows, time],
      "int32",
    );
  return { inputs: part(0), labels: part(1) };
}

/** The float32 numbers in a base64 text. */
export function unpack(base64: string): Float32Array {
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  return new Float32Array(bytes.buffer);
}

/** The numbers of a state dictionary by name, read once. */
export const numbers = (state: ReadonlyMap<string, Tensor>): Map<string, Float32Array> =>
  new Map([...state].map(([name, value]) => [name, Float32Array.from(value.dataSync())]));

/**
 * The largest error of a gradient relative to PyTorch's. Elements far below their tensor's largest one are measured
 * against a hundredth of that: their own digits are lost where large terms cancel, in any float32 program.
 */
export function relativeError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) throw new Error(`got ${actual.length} values, expected ${expected.length}`);
  const scale = Array.from(expected).reduce((max, value) => Math.max(max, Math.abs(value)), 0);
  let worst = 0;
  for (let i = 0; i < actual.length; i++) {
    const wanted = expected[i] as number;
    const error = Math.abs((actual[i] as number) - wanted) / Math.max(Math.abs(wanted), scale / 100);
    if (Number.isNaN(error)) return error;
    worst = Math.max(worst, error);
  }
  return worst;
}

/** AdamW with lr 1e-3, β 0.9 and 0.95, decay 0.1 of matrices, gradients clipped to norm 1. */
export class ReferenceAdamW {
  readonly #moments = new Map<string, { m: Float64Array; v: Float64Array }>();
  #step = 0;

  /** Updates the parameters and returns the gradients' norm before clipping. */
  step(parameters: ReadonlyMap<string, Variable>, grads: ReadonlyMap<string, Tensor>): number {
    this.#step++;
    const all = numbers(grads);
    const norm = Math.sqrt([...all.values()].reduce((sum, g) => g.reduce((s, x) => s + x * x, sum), 0));
    const clip = Math.min(1, 1 / (norm + 1e-6));
    for (const [name, g] of all) {
      const parameter = parameters.get(name) as Variable;
      const { m, v } = this.#moments.get(name) ?? { m: new Float64Array(g.length), v: new Float64Array(g.length) };
      this.#moments.set(name, { m, v });
      const next = Float32Array.from(parameter.dataSync());
      const decay = parameter.rank >= 2 ? 1 - 1e-3 * 0.1 : 1;
      g.forEach((raw, i) => {
        const x = raw * clip;
        m[i] = 0.9 * (m[i] as number) + 0.1 * x;
        v[i] = 0.95 * (v[i] as number) + 0.05 * x * x;
        const root = Math.sqrt((v[i] as number) / (1 - 0.95 ** this.#step));
        next[i] = (next[i] as number) * decay - (1e-3 * (m[i] as number)) / (1 - 0.9 ** this.#step) / (root + 1e-8);
      });
      tidy(() => parameter.assign(tensor(next, parameter.shape) as Variable));
    }
    return norm;
  }
}
