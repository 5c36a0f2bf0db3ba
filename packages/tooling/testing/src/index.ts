// What the tests of the house share: closeness with a stated tolerance, gradients against finite
// differences, leaks, fixtures.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { memory, type Tensor, tensor, tidy } from "@tensorflow/tfjs-core";

export { available, python } from "./available.js";
export { expectFrequencies } from "./frequencies.js";
export {
  expectGradients,
  numbersOf,
  ReferenceAdamW,
  referenceBatch,
  referenceIds,
  referenceState,
  referenceValues,
  referenceWords,
  relativeError,
  unpack,
} from "./reference.js";

/** `|actual − expected| ≤ absolute + relative · |expected|`, as NumPy's `allclose`. */
export interface Tolerance {
  absolute?: number;
  relative?: number;
}

type Numbers = Tensor | ArrayLike<number> | readonly unknown[] | number;

/** Flattens a tensor, a typed array, nested arrays or a number. */
export function flatten(values: Numbers): number[] {
  if (typeof values === "number") return [values];
  if (isTensor(values)) return Array.from(values.dataSync());
  return Array.from(values as ArrayLike<unknown>).flatMap((value) => flatten(value as Numbers));
}

function isTensor(values: unknown): values is Tensor {
  return typeof (values as Tensor).dataSync === "function";
}

/** Throws with the worst element unless all values agree within the tolerance; NaN agrees with nothing. */
export function expectClose(
  actual: Numbers,
  expected: Numbers,
  { absolute = 1e-6, relative = 1e-5 }: Tolerance = {},
): void {
  const a = flatten(actual);
  const e = flatten(expected);
  if (a.length !== e.length) throw new Error(`expected ${e.length} values, got ${a.length}`);
  let worst = -1;
  let excess = 0;
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i] as number, e[i] as number];
    if (Object.is(x, y) || x === y) continue;
    const over = Math.abs(x - y) - (absolute + relative * Math.abs(y));
    if (over <= 0) continue;
    if (worst < 0 || over > excess || Number.isNaN(over)) [worst, excess] = [i, over];
  }
  if (worst >= 0) {
    throw new Error(
      `value ${worst} of ${a.length}: got ${a[worst]}, expected ${e[worst]} (absolute ${absolute}, relative ${relative})`,
    );
  }
}

/** Runs `f` in a tidy and throws if tensors or buffers stay behind. Warm up caches by calling `f` once before. */
export function expectNoLeak(f: () => unknown): void {
  tidy(() => void f());
  const before = memory().numTensors;
  tidy(() => void f());
  const after = memory().numTensors;
  if (after !== before) throw new Error(`${after - before} tensors leaked`);
}

/** The JSON fixture at `path`, relative to the test file: `readFixture(import.meta.url, "fixtures/x.json")`. */
export function readFixture<T>(base: string, path: string): T {
  return JSON.parse(readFileSync(fileURLToPath(new URL(path, base)), "utf8")) as T;
}

/**
 * Checks `grads` of the scalar function `f` at `inputs` against central differences.
 *
 * float32 leaves about ε^(2/3) ≈ 2e-5 of the function's scale after the best step (h ≈ 1e-2 here), so
 * the default tolerance is 1e-2 relative and 2e-3 absolute: a wrong formula is off by far more.
 */
export function checkGradient(
  f: (...inputs: Tensor[]) => Tensor,
  inputs: Tensor[],
  grads: Tensor[],
  { step = 1e-2, absolute = 2e-3, relative = 1e-2 }: Tolerance & { step?: number } = {},
): void {
  inputs.forEach((input, k) => {
    const values = Array.from(input.dataSync());
    const evaluate = (i: number, delta: number): number =>
      tidy(() => {
        const moved = values.slice();
        moved[i] = (moved[i] as number) + delta;
        const args = inputs.map((other, j) => (j === k ? tensor(moved, input.shape, input.dtype) : other));
        return f(...args).dataSync()[0] as number;
      });
    const numeric = values.map((_, i) => (evaluate(i, step) - evaluate(i, -step)) / (2 * step));
    try {
      expectClose(grads[k] as Tensor, numeric, { absolute, relative });
    } catch (error) {
      throw new Error(`gradient of input ${k}: ${(error as Error).message}`);
    }
  });
}
