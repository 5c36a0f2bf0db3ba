// Products of all shapes around the sizes of tiles and blocks, against a plain triple loop in float64.
//
// The bound is 2⁻²¹·Σ|a·b| for each element: a sum of up to a thousand products in float32 stays below it, whereas a
// single product that is left out, or taken from a neighbor, exceeds it.

import type { MachineBackend } from "@llm/kernels";
import { type Precision, withPrecision } from "@llm/ops";
import { Random } from "@llm/random";
import { engine, matMul, setBackend, tensor, tidy } from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";

const SIZES = [0, 1, 15, 16, 17, 31, 33, 63, 65, 127, 129, 257];

interface Case {
  m: number;
  n: number;
  k: number;
  transposeA: boolean;
  transposeB: boolean;
}

/** Defines the tests for a registered backend. */
export function exactProducts(backend: string): void {
  const odd = SIZES.flatMap((m, i) => SIZES.flatMap((n, j) => SIZES.map((k, l): Case => turned(m, n, k, i + j + l))));
  // Several blocks of K, of rows and of columns; a row or a few of them; a column.
  const large = [
    [30, 40, 1000],
    [500, 40, 300],
    [40, 700, 520],
    [1500, 33, 70],
    [1, 1000, 700],
    [2, 513, 300],
    [5, 300, 1031],
    [8, 100, 64],
    [9, 100, 64],
    [700, 1, 300],
    [1, 1, 5000],
  ].flatMap(([m, n, k]) => [0, 1, 2, 3].map((turn) => turned(m as number, n as number, k as number, turn))); // prettier-ignore
  for (const precision of ["float32", "bf16"] as const) {
    test(`${precision}: every shape around the tiles' sizes`, () => run(backend, precision, odd));
    test(`${precision}: shapes of many blocks, and thin ones`, () => run(backend, precision, large));
  }
  test("adds to C, adds a bias, and a residual after the activation", () => epilogue(backend));
  test("infinities and NaN stay in their row and column", () => notFinite(backend));
}

const turned = (m: number, n: number, k: number, turn: number): Case => ({
  ...{ m, n, k },
  transposeA: turn % 2 === 1,
  transposeB: turn % 4 > 1,
});

async function run(backend: string, precision: Precision, cases: readonly Case[]): Promise<void> {
  await setBackend(backend);
  for (const [seed, each] of cases.entries()) {
    const { m, n, k, transposeA, transposeB } = each;
    const [a, b] = [uniform(m * k, seed), uniform(k * n, seed + 1e6)];
    const actual = tidy(() =>
      withPrecision(precision, () =>
        matMul(
          tensor(a, transposeA ? [k, m] : [m, k]),
          tensor(b, transposeB ? [n, k] : [k, n]),
          transposeA,
          transposeB,
        ).dataSync(),
      ),
    );
    const read = precision === "bf16" ? bfloat16 : (x: Float32Array): Float32Array => x;
    expectProduct(actual as Float32Array, read(a), read(b), each);
  }
}

const uniform = (count: number, seed: number): Float32Array =>
  new Random(seed).fillUniform(new Float32Array(count)).map((x) => 2 * x - 1);

/** Each the nearest value with 8 bits of mantissa, the even one of two. */
function bfloat16(values: Float32Array): Float32Array {
  const bits = new Uint32Array(values.slice().buffer);
  for (let i = 0; i < bits.length; i++) {
    const value = bits[i] as number;
    bits[i] = (value + 0x7fff + ((value >>> 16) & 1)) & 0xffff0000;
  }
  return new Float32Array(bits.buffer);
}

function expectProduct(actual: Float32Array, a: Float32Array, b: Float32Array, each: Case): void {
  const { m, n, k, transposeA, transposeB } = each;
  if (actual.length !== m * n) expect(actual.length).toBe(m * n);
  const [sums, sizes] = [new Float64Array(n), new Float64Array(n)];
  for (let i = 0; i < m; i++) {
    sums.fill(0);
    sizes.fill(0);
    for (let l = 0; l < k; l++) {
      const x = a[transposeA ? l * m + i : i * k + l] as number;
      for (let j = 0; j < n; j++) {
        const y = x * (b[transposeB ? j * k + l : l * n + j] as number);
        sums[j] = (sums[j] as number) + y;
        sizes[j] = (sizes[j] as number) + Math.abs(y);
      }
    }
    for (let j = 0; j < n; j++) {
      const [got, want] = [actual[i * n + j] as number, sums[j] as number];
      if (!(Math.abs(got - want) <= 2 ** -21 * (sizes[j] as number)))
        throw new Error(`${JSON.stringify(each)}: element [${i}, ${j}] is ${got}, expected ${want}`);
    }
  }
}

async function epilogue(backend: string): Promise<void> {
  await setBackend(backend);
  const machine = engine().backend as unknown as MachineBackend;
  for (const [m, n, k] of [
    [20, 40, 600],
    [1, 70, 30],
    [3, 33, 0],
  ] as [number, number, number][]) {
    const [a, b, c, bias, residual] = [m * k, k * n, m * n, n, m * n].map((count, i) => uniform(count, i)) as [
      Float32Array,
      Float32Array,
      Float32Array,
      Float32Array,
      Float32Array,
    ]; // prettier-ignore
    tidy(() => {
      const tensors = [tensor(a, [m, k]), tensor(b, [k, n]), tensor(c, [m, n]), tensor(bias), tensor(residual, [m, n])];
      const [pa, pb, pc, pBias, pResidual] = tensors.map((x) => machine.address(x)) as [
        number,
        number,
        number,
        number,
        number,
      ]; // prettier-ignore
      machine.call("matmul", pa, pb, pc, m, n, k, 0, 0, 1, pBias, 1, pResidual, 0);
      const actual = tensors[2]?.dataSync() as Float32Array;
      for (let i = 0; i < m * n; i++) {
        let sum = (c[i] as number) + (bias[i % n] as number);
        for (let l = 0; l < k; l++) sum += (a[Math.floor(i / n) * k + l] as number) * (b[l * n + (i % n)] as number);
        expect(actual[i]).toBeCloseTo(Math.max(0, sum) + (residual[i] as number), 4);
      }
    });
  }
}

async function notFinite(backend: string): Promise<void> {
  await setBackend(backend);
  for (const m of [3, 40]) {
    const [k, n] = [50, 37];
    const [a, b] = [uniform(m * k, 1), uniform(k * n, 2)];
    a[2 * k + 7] = Number.POSITIVE_INFINITY;
    b[3 * n + 36] = Number.NaN;
    const c = tidy(() => matMul(tensor(a, [m, k]), tensor(b, [k, n])).dataSync());
    for (let i = 0; i < m; i++)
      for (let j = 0; j < n; j++) {
        const value = c[i * n + j] as number;
        if (j === 36) expect(value).toBeNaN();
        else expect(Number.isFinite(value)).toBe(i !== 2);
      }
  }
}
