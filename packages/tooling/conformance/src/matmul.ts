// What matrix products must compute: op(A)·op(B) in batches, Linear with its gradient, and tfjs' fused product.

import { linear } from "@llm/linear";
import { product } from "@llm/ops";
import { fused, matMul, type Tensor, type Tensor1D, type Tensor2D } from "@tensorflow/tfjs-core";
import { agree, normal } from "./agree.js";
import { exactProducts } from "./matmul-exact.js";

// Sums of up to 257 products of normal values, in another order than tfjs' own.
const tolerance = 5e-5;

/** Defines the tests for a registered backend. */
export function matmul(backend: string): void {
  exactProducts(backend);
  batches(backend);
  layers(backend);
  fusedProducts(backend);
}

function batches(backend: string): void {
  const kernels = ["BatchMatMul"];
  const shapes: [number[], number[]][] = [
    [
      [3, 5, 7],
      [3, 7, 4],
    ],
    [
      [2, 3, 17, 33],
      [2, 3, 33, 31],
    ],
    [
      [3, 5, 7],
      [7, 4],
    ],
    [
      [5, 7],
      [3, 7, 4],
    ],
    [
      [2, 1, 5, 7],
      [1, 3, 7, 4],
    ],
    [
      [2, 3, 2, 5, 7],
      [3, 1, 7, 4],
    ],
    [
      [1, 65, 16],
      [4, 16, 65],
    ],
    [
      [48, 20, 8],
      [48, 8, 20],
    ],
    [
      [0, 5, 7],
      [0, 7, 4],
    ],
    [
      [3, 0, 7],
      [3, 7, 4],
    ],
    [
      [3, 5, 0],
      [3, 0, 4],
    ],
  ]; // prettier-ignore
  const turned = (shape: number[], turn: boolean): number[] =>
    turn ? [...shape.slice(0, -2), shape.at(-1) as number, shape.at(-2) as number] : shape;
  for (const [a, b] of shapes)
    for (const [ta, tb] of [
      [false, false],
      [true, false],
      [false, true],
      [true, true],
    ] as const) {
      const inputs = [normal(turned(a, ta), { seed: 2 }), normal(turned(b, tb), { seed: 3 })];
      const title = `[${a}]·[${b}] stored as ${ta ? "Aᵀ" : "A"}, ${tb ? "Bᵀ" : "B"}`;
      agree(backend, title, (x, y) => product(x as Tensor, y as Tensor, ta, tb), inputs, { kernels, tolerance });
    }
}

function layers(backend: string): void {
  const cases = [
    { x: [3, 5], out: 7 },
    { x: [1, 64], out: 130 },
    { x: [8, 33], out: 65 },
    { x: [2, 9, 17], out: 33 },
    { x: [2, 1, 3, 16], out: 1 },
    { x: [100, 300], out: 48 },
    { x: [0, 5], out: 7 },
    { x: [3, 1], out: 16 },
  ];
  for (const { x, out } of cases) {
    const inDim = x.at(-1) as number;
    const inputs = [normal(x, { seed: 4 }), normal([out, inDim], { seed: 5 }), normal([out], { seed: 6 })];
    const kernels = ["Linear", "LinearGrad"];
    agree(
      backend,
      `linear [${x}] to ${out}, with a bias`,
      (input, weight, bias) => linear(input as Tensor, weight as Tensor, bias),
      inputs,
      { kernels, tolerance },
    );
    agree(
      backend,
      `linear [${x}] to ${out}, without`,
      (input, weight) => linear(input as Tensor, weight as Tensor),
      inputs.slice(0, 2),
      { kernels, tolerance },
    );
  }
}

function fusedProducts(backend: string): void {
  for (const activation of ["linear", "relu", "relu6", "sigmoid"] as const)
    for (const [transposeA, transposeB] of [
      [false, false],
      [true, true],
    ] as const) {
      const inputs = [
        normal(transposeA ? [40, 19] : [19, 40], { seed: 7 }),
        normal(transposeB ? [35, 40] : [40, 35], { seed: 8 }),
        normal([35], { seed: 9 }),
      ];
      agree(
        backend,
        `fused product, ${activation}, transposed ${transposeA}`,
        (a, b, bias) =>
          fused.matMul({
            a: a as Tensor2D,
            b: b as Tensor2D,
            transposeA,
            transposeB,
            bias: bias as Tensor1D,
            activation,
          }),
        inputs,
        { kernels: ["_FusedMatMul"], tolerance, differentiate: [] },
      );
    }
  agree(
    backend,
    "what the kernel declines runs on tfjs' own",
    (a, b) => fused.matMul({ a: a as Tensor2D, b: b as Tensor2D, activation: "elu" }),
    [normal([3, 4]), normal([4, 5])],
    { kernels: [], tolerance, differentiate: [] },
  );
  agree(
    backend,
    "int32 matrices",
    (a, b) => matMul(a as Tensor, b as Tensor),
    [
      { shape: [2, 2], values: [1, 2, 3, 4], dtype: "int32" },
      { shape: [2, 1], values: [5, 6], dtype: "int32" },
    ],
    { kernels: [], differentiate: [] },
  ); // prettier-ignore
}
