// What matrix products must compute.

import { linear } from "@llm/linear";
import { product } from "@llm/ops";
import { agree, normal } from "./agree.js";

/** Defines the tests for a registered backend. */
export function matmul(backend: string): void {
  // Sums of k products of normal numbers: their rounding grows with √k.
  for (const [m, n, k] of sizes()) {
    for (const [ta, tb] of [
      [false, false],
      [true, false],
      [false, true],
      [true, true],
    ]) {
      const inputs = [normal(ta ? [k, m] : [m, k]), normal(tb ? [n, k] : [k, n], { seed: 2 })];
      const title = `[${m},${k}]${ta ? "ᵀ" : ""}·[${k},${n}]${tb ? "ᵀ" : ""}`;
      agree(backend, title, (a, b) => product(a, b, ta, tb), inputs, {
        kernels: ["BatchMatMul"],
        tolerance: 2e-6 * Math.sqrt(k + 16),
      });
    }
  }
  batches(backend);
  for (const [rows, i, o] of [
    [1, 5, 3],
    [2, 64, 129],
    [3, 200, 65],
    [7, 33, 100],
    [65, 96, 50],
  ] as const) {
    const [x, w, b] = [normal([1, rows, i]), normal([o, i], { seed: 2 }), normal([o], { seed: 3 })];
    const options = { kernels: ["Linear", "LinearGrad"], tolerance: 2e-5 };
    agree(backend, `linear ${rows}×${i} → ${o}`, (x, w, b) => linear(x, w, b), [x, w, b], options);
    agree(backend, `linear ${rows}×${i} → ${o} without bias`, (x, w) => linear(x, w), [x, w], options);
  }
}

function batches(backend: string): void {
  const options = { kernels: ["BatchMatMul"], tolerance: 1e-5 };
  const cases: [number[], number[]][] = [
    [
      [2, 3, 5, 7],
      [2, 3, 7, 4],
    ],
    [
      [6, 17, 33],
      [1, 33, 15],
    ],
    [
      [1, 17, 33],
      [6, 33, 15],
    ],
    [
      [0, 4, 5],
      [0, 5, 6],
    ],
    [
      [2, 4, 0],
      [2, 0, 3],
    ],
    [
      [40, 64, 32],
      [40, 32, 64],
    ],
  ];
  for (const [a, b] of cases) {
    const differentiate = a.includes(0) ? [] : [0, 1];
    agree(backend, `batches [${a}]·[${b}]`, (x, y) => product(x, y), [normal(a), normal(b, { seed: 2 })], {
      ...options,
      differentiate,
    });
  }
}

/** Each edge of the inner kernel's tiles and of the blocks around it, without all combinations. */
function sizes(): [number, number, number][] {
  const edges = [1, 2, 7, 8, 9, 15, 16, 17, 31, 33, 47, 48, 49, 65, 97, 129];
  const some = edges.map((m, i): [number, number, number] => [
    m,
    edges[(i * 5 + 3) % edges.length] as number,
    edges[(i * 11 + 7) % edges.length] as number,
  ]);
  return [...some, [3, 50, 600], [70, 50, 257], [130, 200, 513]];
}
