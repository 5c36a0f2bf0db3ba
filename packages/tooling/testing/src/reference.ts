// What the tests of models share with their PyTorch programs (python/reference.py): weights and batches by formula, so
// that fixtures hold results only; the packing of arrays; and AdamW written down once more on plain numbers (models
// stand below the optimizers, which have fixtures of their own).

import { type Tensor, tensor, tidy, type Variable } from "@tensorflow/tfjs-core";

/** 16-bit words: the upper halves of a linear congruential sequence, seeded by the FNV-1a hash of the name. */
export function* referenceWords(name: string): Generator<number, never> {
  let state = 2166136261;
  for (const byte of new TextEncoder().encode(name)) state = Math.imul(state ^ byte, 16777619) >>> 0;
  for (;;) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    yield state >>> 16;
  }
}

/** center + scale · (word / 65536 − 1/2), exact in float32. */
export function referenceValues(name: string, shape: readonly number[], scale: number, center = 0): Tensor {
  const source = referenceWords(name);
  const size = shape.reduce((n, d) => n * d, 1);
  const flat = Float32Array.from({ length: size }, () => center + scale * (source.next().value / 65536 - 0.5));
  return tensor(flat, [...shape]);
}

/**
 * Values for every parameter by name: biases in ±1/8, norms in 1 ± 1/4, embeddings in ±1/2, other matrices in ±1/4.
 * A name is an embedding's when `embeddings` matches it. Call it inside a tidy.
 */
export function referenceState(
  shapes: Iterable<readonly [name: string, shape: readonly number[]]>,
  embeddings: RegExp,
): Map<string, Tensor> {
  return new Map(
    Array.from(shapes, ([name, shape]): [string, Tensor] => {
      if (name.endsWith("bias")) return [name, referenceValues(name, shape, 0.25)];
      if (shape.length === 1) return [name, referenceValues(name, shape, 0.5, 1)];
      return [name, referenceValues(name, shape, embeddings.test(name) ? 1 : 0.5)];
    }),
  );
}

/** Token ids by formula, int32 [rows, time]. */
export function referenceIds(name: string, rows: number, time: number, vocab: number): number[][] {
  const source = referenceWords(name);
  return Array.from({ length: rows }, () => Array.from({ length: time }, () => source.next().value % vocab));
}

/** The inputs and next-token labels of one step, int32 [rows, time]. */
export function referenceBatch(
  step: number,
  rows: number,
  time: number,
  vocab: number,
): { inputs: Tensor; labels: Tensor } {
  const ids = referenceIds(`batch ${step}`, rows, time + 1, vocab);
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
export function numbersOf(state: ReadonlyMap<string, Tensor>): Map<string, Float32Array> {
  return new Map([...state].map(([name, value]) => [name, Float32Array.from(value.dataSync())]));
}

/**
 * The largest error of a tensor relative to the reference's. Elements far below their tensor's largest one are measured
 * against a hundredth of that: their own digits are lost where large terms cancel, in any float32 program.
 */
export function relativeError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) throw new Error(`got ${actual.length} values, expected ${expected.length}`);
  const scale = Array.from(expected).reduce((max, value) => Math.max(max, Math.abs(value)), 0);
  let worst = 0;
  for (let i = 0; i < actual.length; i++) {
    const wanted = expected[i] as number;
    const difference = Math.abs((actual[i] as number) - wanted);
    const error = difference === 0 ? 0 : difference / Math.max(Math.abs(wanted), scale / 100);
    if (Number.isNaN(error)) return error;
    worst = Math.max(worst, error);
  }
  return worst;
}

/** Throws unless the gradients have the reference's names and agree within `tolerance`, relative. */
export function expectGradients(
  actual: ReadonlyMap<string, Tensor>,
  expected: Readonly<Record<string, string>>,
  { tolerance = 1e-4, prefix = "" }: { tolerance?: number; prefix?: string } = {},
): void {
  const found = numbersOf(actual);
  const [names, wanted] = [
    [...found.keys()].sort(),
    Object.keys(expected)
      .map((name) => prefix + name)
      .sort(),
  ];
  if (names.join() !== wanted.join())
    throw new Error(`gradients of\n${names.join("\n")}\nexpected\n${wanted.join("\n")}`);
  const references = Object.entries(expected).map(([name, packed]) => [name, unpack(packed)] as const);
  const largest = Math.max(...references.map(([, values]) => largestOf(values)));
  for (const [name, reference] of references) {
    const own = found.get(prefix + name) as Float32Array;
    // A gradient that is zero by symmetry, as that of a bias on keys, is noise in any program.
    const zero = largestOf(reference) < 1e-12 * largest;
    const error = zero ? largestOf(own) / largest : relativeError(own, reference);
    if (!(error < (zero ? 1e-6 : tolerance))) throw new Error(`gradient of ${name} is off by ${error}`);
  }
}

const largestOf = (values: ArrayLike<number>): number =>
  Array.from(values).reduce((max, value) => Math.max(max, Math.abs(value)), 0);

/** AdamW with lr 1e-3, β 0.9 and 0.95, decay 0.1 of matrices, gradients clipped to norm 1. */
export class ReferenceAdamW {
  readonly #moments = new Map<string, { m: Float64Array; v: Float64Array }>();
  #step = 0;

  /** Updates the parameters and returns the gradients' norm before clipping. */
  step(parameters: ReadonlyMap<string, Variable>, grads: ReadonlyMap<string, Tensor>): number {
    this.#step++;
    const all = numbersOf(grads);
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
