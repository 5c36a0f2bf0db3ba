// The comparison that every kernel must pass: the same function of the same inputs, on tfjs' `cpu` backend, where ops
// are composites of plain kernels, and on the backend under test, values and gradients.

import "@tensorflow/tfjs-backend-cpu";
import { profileKernels } from "@llm/kernels";
import { gradients } from "@llm/ops";
import { Random } from "@llm/random";
import { type DataType, keep, memory, setBackend, type Tensor, tensor, tidy } from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";

/** A tensor's content, apart from any backend. */
export interface Input {
  shape: number[];
  values: number[];
  dtype?: DataType;
}

/** How closely, and with which kernels, a function must agree. */
export interface Agreement {
  /** |difference| ≤ tolerance · (1 + |expected|). Default 1e-5: float32 sums in another order. */
  tolerance?: number;
  /** Which inputs to differentiate by. Default: all float32 ones. Empty: values only. */
  differentiate?: number[];
  /** Kernels of the machine that must have run, so that no composite or fallback passes for them. */
  kernels: string[];
}

/** Normally distributed values, the same for the same seed. */
export function normal(shape: number[], { seed = 1, scale = 1 }: { seed?: number; scale?: number } = {}): Input {
  const values = new Random(seed).fillNormal(new Float32Array(shape.reduce((a, b) => a * b, 1)));
  return { shape, values: Array.from(values, (value) => Math.fround(value * scale)) };
}

/** Whole numbers in [low, high), as int32. */
export function integers(shape: number[], low: number, high: number, seed = 1): Input {
  const random = new Random(seed);
  const values = Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => low + random.integer(high - low));
  return { shape, values, dtype: "int32" };
}

/** One test: `f` of `inputs` agrees on the two backends, and leaves no tensor behind. */
export function agree(
  backend: string,
  title: string,
  f: (...xs: Tensor[]) => Tensor,
  inputs: Input[],
  { tolerance = 1e-5, differentiate, kernels }: Agreement,
): void {
  test(title, async () => {
    const by = differentiate ?? inputs.flatMap(({ dtype = "float32" }, i) => (dtype === "float32" ? [i] : []));
    await setBackend("cpu");
    const expected = evaluate(f, inputs, by);
    await setBackend(backend);
    const before = memory().numTensors;
    const { result: actual, kernels: ran } = profileKernels(() => evaluate(f, inputs, by));
    expect(memory().numTensors, "leaked tensors").toBe(before);
    for (const kernel of kernels) expect([...ran.keys()]).toContain(kernel);
    expect(actual.map(({ shape }) => shape)).toEqual(expected.map(({ shape }) => shape));
    expected.forEach(
      (each, i) =>
        void close(
          (actual[i] as Input).values,
          each.values,
          tolerance,
          i === 0 ? "value" : `gradient of input ${by[i - 1]}`,
        ),
    );
  });
}

/** The value, then the gradients of Σ value ⊙ w with w fixed at random. */
export function evaluate(f: (...xs: Tensor[]) => Tensor, inputs: Input[], by: number[]): Input[] {
  const read = (x: Tensor): Input => ({ shape: [...x.shape], values: Array.from(x.dataSync()), dtype: x.dtype });
  let results: Input[] = [];
  tidy(() => {
    const xs = inputs.map(({ shape, values, dtype = "float32" }) => keep(tensor(values, shape, dtype)));
    const value = f(...xs);
    results = [read(value)];
    if (by.length > 0) {
      const dy = normal([...value.shape], { seed: 99 });
      const varied = by.map((i) => xs[i] as Tensor);
      const g = gradients(
        (...some) => f(...xs.map((x, i) => some[by.indexOf(i)] ?? x)),
        varied,
        tensor(dy.values, dy.shape),
      );
      results.push(...g.map(read));
    }
    for (const x of xs) x.dispose();
  });
  return results;
}

/** Fails at the worst element. NaN and infinities must be the same on both sides. */
export function close(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number, what: string): void {
  expect(actual.length, what).toBe(expected.length);
  let worst = { excess: 0, at: -1 };
  for (let i = 0; i < expected.length; i++) {
    const [a, e] = [actual[i] as number, expected[i] as number];
    if (Object.is(a, e) || a === e) continue;
    const excess = Math.abs(a - e) / (tolerance * (1 + Math.abs(e)));
    if (!(excess <= worst.excess))
      worst = { excess: Number.isFinite(excess) ? excess : Number.POSITIVE_INFINITY, at: i };
  }
  if (worst.excess > 1) {
    throw new Error(
      `${what}: element ${worst.at} is ${actual[worst.at]}, expected ${expected[worst.at]} ± ${tolerance} relative`,
    );
  }
}
