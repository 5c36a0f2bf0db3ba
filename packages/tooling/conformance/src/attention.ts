// What attention must compute: all that it can be told, over odd shapes.
// Shapes: B batch, N heads, K kv heads, T queries, S keys, H head dim, V value dim.

import { attention as multiHead } from "@llm/attention";
import { groupedQueryAttention } from "@llm/gqa";
import type { MachineBackend } from "@llm/kernels";
import { gradients } from "@llm/ops";
import { backend as current, memory, setBackend, type Tensor, tensor, tidy } from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { agree, type Input, integers, normal } from "./agree.js";

interface Shape {
  b?: number;
  n?: number;
  k?: number;
  t: number;
  s?: number;
  h: number;
  v?: number;
}

const kernels = ["Attention", "AttentionGrad"];

/** Queries, keys, values. */
function inputs({ b = 1, n = 1, k = n, t, s = t, h, v = h }: Shape, scale = 1): Input[] {
  return [normal([b, n, t, h], { scale }), normal([b, k, s, h], { seed: 2, scale }), normal([b, k, s, v], { seed: 3 })];
}

const title = (shape: Shape): string =>
  Object.entries(shape)
    .map(([name, size]) => name.toUpperCase() + size)
    .join(" ");
const whole = (values: number[]): Input => ({ shape: [values.length], values, dtype: "int32" });
const bool = (shape: number[], seed = 4): Input => ({ ...integers(shape, 0, 2, seed), dtype: "bool" });

/** Defines the tests for a registered backend. */
export function attention(backend: string): void {
  shapes(backend);
  masks(backend);
  vectors(backend);
  extremes(backend);
  space(backend);
}

function shapes(backend: string): void {
  const sizes: Shape[] = [1, 3, 17, 64, 65].flatMap((t) => [1, 17, 64, 65].map((h) => ({ t, h })));
  const more: Shape[] = [
    { b: 2, n: 4, k: 2, t: 5, h: 3 },
    { n: 6, k: 1, t: 31, h: 16 },
    { n: 3, k: 1, t: 65, h: 17, v: 9 },
    { b: 2, n: 2, k: 1, t: 130, h: 32, v: 48 },
    { n: 2, k: 1, t: 7, s: 100, h: 33 },
    { b: 2, n: 4, k: 2, t: 1, s: 300, h: 64 },
    { n: 8, k: 1, t: 1, s: 129, h: 20 },
    { n: 3, t: 2, s: 1030, h: 17, v: 33 },
    { t: 3, s: 65, h: 128 },
    { t: 200, h: 8 },
    { b: 0, t: 3, h: 4 },
  ];
  for (const shape of [...sizes, ...more]) {
    for (const mask of ["causal", "none"] as const) {
      const f = (q: Tensor, k: Tensor, v: Tensor): Tensor => groupedQueryAttention(q, k, v, { mask });
      agree(backend, `${mask} ${title(shape)}`, f, inputs(shape), { kernels });
    }
  }
  const { t, h } = { t: 20, h: 5 };
  const f = (q: Tensor, k: Tensor, v: Tensor): Tensor => multiHead(q, k, v, { scale: -0.7 });
  agree(backend, "scale", f, inputs({ n: 2, t, h }), { kernels });
}

function masks(backend: string): void {
  const shape = { b: 2, n: 4, k: 2, t: 19, s: 70, h: 12 };
  for (const mask of [
    [70],
    [19, 70],
    [19, 1],
    [1, 1, 70],
    [4, 19, 70],
    [2, 1, 19, 70],
    [2, 4, 1, 70],
    [2, 4, 19, 70],
  ]) {
    const f = (q: Tensor, k: Tensor, v: Tensor, mask: Tensor): Tensor => groupedQueryAttention(q, k, v, { mask });
    agree(backend, `mask [${mask}]`, f, [...inputs(shape), bool(mask)], { kernels });
  }
  // Two documents in one row: whole blocks of keys are forbidden, and whole blocks allowed.
  const packed: Input = { shape: [200, 200], values: [], dtype: "bool" };
  for (let i = 0; i < 200; i++) for (let j = 0; j < 200; j++) packed.values.push(Number(i < 130 === j < 130));
  const apart = (q: Tensor, k: Tensor, v: Tensor, mask: Tensor): Tensor => multiHead(q, k, v, { mask });
  agree(backend, "mask of packed documents", apart, [...inputs({ n: 2, t: 200, h: 8 }), packed], { kernels });
  // Long enough for blocks of positions within a head; the first queries see no key at all.
  const long = { n: 2, k: 1, t: 100, h: 8 };
  const holes = bool([100, 100]);
  holes.values.fill(0, 0, 1700);
  const f = (q: Tensor, k: Tensor, v: Tensor, mask: Tensor): Tensor => groupedQueryAttention(q, k, v, { mask });
  agree(backend, "mask with empty rows", f, [...inputs(long), holes], { kernels });
}

function vectors(backend: string): void {
  for (const shape of [
    { b: 3, n: 2, k: 1, t: 10, h: 8 },
    { b: 3, n: 2, k: 2, t: 150, h: 16 },
    { b: 3, n: 4, k: 2, t: 5, s: 90, h: 7 },
    { b: 3, n: 2, k: 1, t: 1, s: 90, h: 20 },
  ]) {
    const { b, n, t } = shape;
    const s = shape.s ?? t;
    const lengths = whole([s, 0, s / 2]);
    const prefix = whole([0, s, Math.ceil(s / 3)]);
    const slopes: Input = { shape: [n], values: Array.from({ length: n }, (_, i) => 2 ** (-2 * (i + 1))) };
    const mask = bool([b, 1, t, s]);
    const all = { lengths, prefix, slopes, mask };
    for (const names of [
      ["lengths"],
      ["prefix"],
      ["slopes"],
      ["lengths", "prefix"],
      ["lengths", "slopes"],
      ["lengths", "prefix", "slopes"],
      ["lengths", "mask"],
      ["lengths", "slopes", "mask"],
    ] as (keyof typeof all)[][]) {
      const f = (q: Tensor, k: Tensor, v: Tensor, ...more: Tensor[]): Tensor =>
        groupedQueryAttention(q, k, v, Object.fromEntries(names.map((name, i) => [name, more[i]])));
      const xs = [...inputs(shape), ...names.map((name) => all[name])];
      agree(backend, `${names.join(", ")}, ${title(shape)}`, f, xs, { kernels, differentiate: [0, 1, 2] });
    }
    const f = (q: Tensor, k: Tensor, v: Tensor, lengths: Tensor, slopes: Tensor): Tensor =>
      groupedQueryAttention(q, k, v, { mask: "none", lengths, slopes });
    const xs = [...inputs(shape), lengths, slopes];
    agree(backend, `lengths, slopes, both directions, ${title(shape)}`, f, xs, {
      kernels,
      differentiate: [0, 1, 2],
    });
  }
}

function extremes(backend: string): void {
  const f = (q: Tensor, k: Tensor, v: Tensor): Tensor => multiHead(q, k, v);
  // Scores around ±1e4, of which one float32 step is 1e-3: weights agree to that, unless one takes all.
  const values = { kernels: ["Attention"], differentiate: [] };
  agree(backend, "scores of ±1e4", f, inputs({ t: 70, h: 16 }, 100), { ...values, tolerance: 2e-2 });
  for (const size of [1e4, 1e30]) {
    const q: Input = { shape: [1, 1, 4, 1], values: [1, -1, 1, 1] };
    const k: Input = { shape: [1, 1, 4, 1], values: [-size, size, -size, -size] };
    const v: Input = { shape: [1, 1, 4, 2], values: [1, 2, 3, 4, 5, 6, 7, 8] };
    // Scores are exact here, so the weights are 0 and 1 on both sides. The gradient of q is a difference that is 0 but
    // for rounding, times the size, so only that of v can be compared.
    agree(backend, `scores of ±${size}`, f, [q, k, v], { kernels, differentiate: [2] });
  }
  const q = normal([1, 1, 3, 4]);
  const [k, v] = [normal([1, 1, 3, 4], { seed: 2 }), normal([1, 1, 3, 4], { seed: 3 })];
  const lost = { ...q, values: q.values.map((x, i) => (i === 4 ? Number.NaN : x)) };
  agree(backend, "NaN in a query", f, [lost, k, v], values);
}

/** What attention holds grows with the length, not with its square. */
function space(backend: string): void {
  test("memory is linear in the length, forward and backward", async () => {
    await setBackend(backend);
    const { pool } = current() as MachineBackend;
    const peak = (length: number): number => {
      // A pool holds what was in use at the worst moment, so what it gains is measured from empty lists of new sizes.
      const before = pool.bytes.inUse + pool.bytes.kept;
      const tensors = memory().numTensors;
      tidy(() => {
        const xs = [1, 2, 3].map(() => tensor(new Float32Array(2 * length * 17).fill(0.1), [1, 2, length, 17]));
        gradients((q, k, v) => multiHead(q as Tensor, k as Tensor, v as Tensor), xs);
      });
      expect(memory().numTensors).toBe(tensors);
      return pool.bytes.inUse + pool.bytes.kept - before;
    };
    const lengths = [523, 1046, 2092, 4184, 8368];
    const peaks = lengths.map(peak);
    lengths.forEach((length, i) => {
      // At least the result and the gradients are new; at most the parts that sum dk and dv for themselves, too.
      const row = 4 * 2 * 17 * length;
      expect(peaks[i], `peak at ${length}`).toBeLessThan(20 * row);
    });
    // Scores of the longest would be [1, 2, 8368, 8368].
    expect(peaks.at(-1)).toBeLessThan((4 * 2 * 8368 ** 2) / 10);
  });
}
