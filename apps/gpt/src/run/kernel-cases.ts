// What `llm bench kernels` runs: each op at sizes that training and generation meet, forward and backward.

import { gelu } from "@llm/activations";
import { attention } from "@llm/attention";
import { crossEntropy } from "@llm/cross-entropy";
import { embedding } from "@llm/embedding";
import { glu } from "@llm/glu";
import { layerNorm } from "@llm/layernorm";
import { linear } from "@llm/linear";
import { gradients, withPrecision } from "@llm/ops";
import { type Bits, quantizedLinear } from "@llm/quantized-linear";
import { Random } from "@llm/random";
import { rmsNorm } from "@llm/rmsnorm";
import { rope, ropeTable } from "@llm/rope";
import { add, matMul, onesLike, softmax, sum, type Tensor, tensor, transpose, zeros } from "@tensorflow/tfjs-core";

/** One function of tensors, and the kernels of it that count. */
export interface KernelCase {
  title: string;
  inputs: () => Tensor[];
  run: (...xs: Tensor[]) => unknown;
  kernels: string[];
}

/** All cases, in the order in which they are printed. */
export function kernelCases(): KernelCase[] {
  const products = [512, 1024, 2048].flatMap((n) => [
    product(`[${n},${n}]·[${n},${n}]`, [n, n], [n, n]),
    bfloat(product(`bf16 [${n},${n}]·[${n},${n}]`, [n, n], [n, n])),
  ]);
  const decode = [
    [768, 3072],
    [4096, 4096],
    [768, 50257],
  ].map(([i, o]) => lineForward(1, i as number, o as number));
  const quantized = ([8, 4] as const).flatMap((bits) => [
    quantizedForward(4096, 4096, bits),
    quantizedForward(768, 50257, bits),
  ]);
  const layers = [
    lineBoth(768, 128, 512),
    lineBoth(3072, 384, 1536),
    lineBoth(3072, 1536, 384),
    lineBoth(256, 768, 3072),
    lineBoth(256, 768, 50257),
  ];
  return [...products, ...decode, ...quantized, ...layers, ...attentions(), ...rows(), ...plain()];
}

function product(title: string, a: number[], b: number[]): KernelCase {
  return {
    title,
    inputs: () => [normal(a), normal(b)],
    run: (x, y) => matMul(x as Tensor, y as Tensor),
    kernels: ["BatchMatMul"],
  };
}

function bfloat(each: KernelCase): KernelCase {
  return { ...each, run: (...xs) => withPrecision("bf16", () => each.run(...xs)) };
}

function lineForward(rows: number, inDim: number, outDim: number): KernelCase {
  return {
    title: `[${rows},${inDim}]·[${outDim},${inDim}]ᵀ`,
    inputs: () => [normal([rows, inDim]), normal([outDim, inDim])],
    run: (x, w) => linear(x as Tensor, w as Tensor),
    kernels: ["Linear"],
  };
}

/** One row by a weight of few bits; the weight is made of the levels' raw bits, as their values do not matter here. */
function quantizedForward(inDim: number, outDim: number, bits: Bits): KernelCase {
  return {
    title: `[1,${inDim}]·[${outDim},${inDim}]ᵀ of ${bits} bits`,
    inputs: () => [normal([1, inDim]), zeros([outDim, (inDim * bits) / 32], "int32"), normal([outDim, inDim / 32])],
    run: (x, levels, scales) => quantizedLinear(x as Tensor, levels as Tensor, scales as Tensor, bits),
    kernels: ["QuantizedLinear"],
  };
}

function lineBoth(rows: number, inDim: number, outDim: number): KernelCase {
  const { title, inputs, run } = lineForward(rows, inDim, outDim);
  return both({ title, inputs, run, kernels: ["Linear", "LinearGrad"] });
}

/** Forward and backward, by all inputs of type float32. */
function both({ title, inputs, run, kernels }: KernelCase): KernelCase {
  const backward = (...xs: Tensor[]): unknown => {
    const varied = xs.filter(({ dtype }) => dtype === "float32");
    return gradients((...some) => run(...xs.map((x) => some[varied.indexOf(x)] ?? x)) as Tensor, varied);
  };
  return { title, inputs, run: backward, kernels };
}

function attentions(): KernelCase[] {
  const sizes = [
    [12, 4, 64, 32],
    [12, 6, 256, 64],
    [1, 12, 1024, 64],
    [1, 12, 4096, 64],
  ];
  return sizes.map((shape) => {
    const inputs = (): Tensor[] => [normal(shape), normal(shape, 2), normal(shape, 3)];
    const run = (q?: Tensor, k?: Tensor, v?: Tensor): Tensor => attention(q as Tensor, k as Tensor, v as Tensor);
    return both({ title: `causal [${shape}]`, inputs, run, kernels: ["Attention", "AttentionGrad"] });
  });
}

/** Kernels that work row by row. */
function rows(): KernelCase[] {
  const [r, d, f, v] = [3072, 384, 1536, 50257];
  const forwardAndBack = (name: string, title: string, inputs: () => Tensor[], run: KernelCase["run"]): KernelCase =>
    both({ title, inputs, run, kernels: [name, `${name}Grad`] });
  const table = ropeTable({ headDim: 64, length: 256 });
  const ids = (count = r): Tensor =>
    tensor(
      Int32Array.from({ length: count }, (_, i) => (i * 7919) % v),
      [count],
      "int32",
    );
  return [
    forwardAndBack(
      "LayerNorm",
      `[${r},${d}]`,
      () => [normal([r, d]), normal([d]), normal([d])],
      (x, w, b) => layerNorm(x as Tensor, w as Tensor, b as Tensor),
    ),
    forwardAndBack(
      "RMSNorm",
      `[${r},${d}]`,
      () => [normal([r, d]), normal([d])],
      (x, w) => rmsNorm(x as Tensor, w as Tensor),
    ),
    forwardAndBack(
      "Gelu",
      `[${r},${f}]`,
      () => [normal([r, f])],
      (x) => gelu(x as Tensor, { approximation: "tanh" }),
    ),
    forwardAndBack(
      "GLU",
      `[${r},${f}]`,
      () => [normal([r, f]), normal([r, f], 2)],
      (a, b) => glu(a as Tensor, b as Tensor),
    ),
    forwardAndBack(
      "Rope",
      "[12,6,256,64]",
      () => [normal([12, 6, 256, 64])],
      (x) => rope(x as Tensor, table),
    ),
    forwardAndBack(
      "SoftmaxCrossEntropy",
      `[256,${v}]`,
      () => [normal([256, v]), ids(256)],
      (x, y) => crossEntropy(x as Tensor, y as Tensor),
    ),
    forwardAndBack(
      "Embedding",
      `[${r}] of [${v},768]`,
      () => [normal([v, 768]), ids()],
      (w, i) => embedding(i as Tensor, w as Tensor),
    ),
  ];
}

function plain(): KernelCase[] {
  const [r, f] = [3072, 1536];
  const one = (name: string, shape: number[], run: (x: Tensor) => unknown): KernelCase => ({
    title: `[${shape}]`,
    inputs: () => [normal(shape)],
    run: (x) => run(x as Tensor),
    kernels: [name],
  });
  return [
    one("Add", [r, f], (x) => add(x, x)),
    one("Sum", [r, f], (x) => sum(x, 0)),
    one("Softmax", [r, f], (x) => softmax(x)),
    one("Transpose", [12, 256, 6, 64], (x) => transpose(x, [0, 2, 1, 3])),
    one("OnesLike", [r, f], (x) => onesLike(x)),
  ];
}

function normal(shape: number[], seed = 1): Tensor {
  return tensor(new Random(seed).fillNormal(new Float32Array(shape.reduce((a, b) => a * b, 1))), shape);
}
