// What elementwise kernels must compute.

import * as tf from "@tensorflow/tfjs-core";
import { agree, type Input, integers, normal } from "./agree.js";

type Binary = (a: tf.Tensor, b: tf.Tensor) => tf.Tensor;

const special: Input = {
  shape: [8],
  values: [0, -0, 1e-40, -3e38, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN, 2],
};

/** Defines the tests for a registered backend. */
export function elementwise(backend: string): void {
  binaries(backend);
  comparisons(backend);
  unaries(backend);
  const values = { kernels: ["Cast"], differentiate: [] };
  agree(backend, "cast to int32", (x) => tf.cast(x, "int32"), [normal([37], { scale: 100 })], values);
  agree(backend, "cast to float32", (x) => tf.cast(x, "float32"), [integers([37], -9, 9)], values);
  agree(backend, "cast of bool", (x) => tf.cast(tf.greater(x, 0), "float32"), [normal([37])], values);
  const condition = { shape: [5, 7], values: normal([35]).values.map((x) => (x > 0 ? 1 : 0)), dtype: "bool" as const };
  agree(backend, "select", (c, x, y) => tf.where(c, x, y), [condition, normal([5, 7]), normal([5, 7], { seed: 2 })], {
    kernels: ["Select"],
    differentiate: [],
  });
}

function binaries(backend: string): void {
  const positive = (input: Input): Input => ({ ...input, values: input.values.map((x) => Math.abs(x) + 0.5) });
  const ops: [string, Binary][] = [
    ["Add", tf.add],
    ["Sub", tf.sub],
    ["Multiply", tf.mul],
    ["RealDiv", tf.div],
    ["Maximum", tf.maximum],
    ["Minimum", tf.minimum],
    ["SquaredDifference", tf.squaredDifference],
  ];
  const shapes: [number[], number[]][] = [
    [[0], [0]],
    [[1], [17]],
    [[3, 5], []],
    [[4, 33], [33]],
    [
      [4, 33],
      [4, 1],
    ],
    [
      [2, 1, 3, 5],
      [4, 1, 5],
    ],
    [[100_003], [100_003]],
    [
      [2, 3, 4, 5, 6],
      [1, 5, 1],
    ],
  ];
  for (const [name, op] of ops) {
    for (const [a, b] of shapes) {
      const differentiable = ["Add", "Sub", "Multiply", "RealDiv"].includes(name) && !a.includes(0) && a[0] !== 100_003;
      agree(backend, `${name} [${a}] [${b}]`, op, [normal(a), positive(normal(b, { seed: 2 }))], {
        kernels: [name],
        // A gradient that is summed over a broadcast dimension adds up to a few hundred rounded terms.
        tolerance: 2e-5,
        differentiate: differentiable ? [0, 1] : [],
      });
    }
    agree(backend, `${name} of special values`, op, [special, { ...special, values: special.values.toReversed() }], {
      kernels: [name],
      differentiate: [],
    });
  }
}

function comparisons(backend: string): void {
  const ops: [string, Binary][] = [
    ["Equal", tf.equal],
    ["NotEqual", tf.notEqual],
    ["Less", tf.less],
    ["LessEqual", tf.lessEqual],
    ["Greater", tf.greater],
    ["GreaterEqual", tf.greaterEqual],
  ];
  for (const [name, op] of ops) {
    const options = { kernels: [name], differentiate: [] };
    agree(backend, `${name} of int32`, op, [integers([6, 7], 0, 3), integers([7], 0, 3, 2)], options);
    agree(backend, `${name} of float32`, op, [special, { ...special, shape: [8, 1] }], options);
  }
}

function unaries(backend: string): void {
  const ops: [string, (x: tf.Tensor) => tf.Tensor, boolean][] = [
    ["Neg", tf.neg, true],
    ["Abs", tf.abs, false],
    ["Square", tf.square, true],
    ["Sqrt", (x) => tf.sqrt(tf.abs(x)), false],
    ["Rsqrt", (x) => tf.rsqrt(tf.abs(x)), false],
    ["Reciprocal", tf.reciprocal, false],
    ["Exp", tf.exp, true],
    ["Log", (x) => tf.log(tf.abs(x)), false],
    ["Tanh", tf.tanh, true],
    ["Sigmoid", tf.sigmoid, true],
    ["Relu", tf.relu, true],
    ["ClipByValue", (x) => tf.clipByValue(x, -0.5, 0.75), false],
  ];
  for (const [name, op, differentiable] of ops) {
    for (const n of [0, 1, 31, 1025]) {
      const options = { kernels: [name], differentiate: differentiable && n > 0 ? [0] : [] };
      agree(backend, `${name} of ${n}`, op, [normal([n], { scale: 3 })], options);
    }
    // tfjs computes in float64 and rounds once, so a denormal may come out as its neighbor.
    agree(backend, `${name} of special values`, op, [special], { kernels: [name], differentiate: [] });
  }
}
