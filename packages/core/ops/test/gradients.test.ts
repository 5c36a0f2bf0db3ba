import "@tensorflow/tfjs-backend-wasm";
import { checkGradient, expectClose } from "@llm/testing";
import * as tf from "@tensorflow/tfjs-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { coveredKernels, gradients, product } from "../src/index.js";

// Every registered gradient against central differences, on the reference backend and on `wasm`.

type Op = (...xs: tf.Tensor[]) => tf.Tensor;

/** Distinct, well separated values, away from the kinks of abs, relu, max. */
function values(shape: number[], from = -1.3, to = 1.7): tf.Tensor {
  const n = tf.util.sizeFromShape(shape);
  return tf.tensor(
    Float32Array.from({ length: n }, (_, i) => from + ((to - from) * (((i * 7) % n) + 0.5)) / n),
    shape,
  );
}

const cases: [kernel: string, op: Op, inputs: () => tf.Tensor[]][] = [
  ["Abs", (x) => tf.abs(x!), () => [values([2, 3])]],
  ["Cos", (x) => tf.cos(x!), () => [values([5])]],
  ["Sin", (x) => tf.sin(x!), () => [values([5])]],
  ["Erf", (x) => tf.erf(x!), () => [values([5])]],
  ["Exp", (x) => tf.exp(x!), () => [values([5])]],
  ["Log", (x) => tf.log(x!), () => [values([5], 0.5, 3)]],
  ["Log1p", (x) => tf.log1p(x!), () => [values([5], 0.5, 3)]],
  ["Neg", (x) => tf.neg(x!), () => [values([5])]],
  ["Reciprocal", (x) => tf.reciprocal(x!), () => [values([5], 0.5, 3)]],
  ["Relu", (x) => tf.relu(x!), () => [values([6])]],
  ["Rsqrt", (x) => tf.rsqrt(x!), () => [values([5], 0.5, 3)]],
  ["Sigmoid", (x) => tf.sigmoid(x!), () => [values([5])]],
  ["Softplus", (x) => tf.softplus(x!), () => [values([5])]],
  ["Sqrt", (x) => tf.sqrt(x!), () => [values([5], 0.5, 3)]],
  ["Square", (x) => tf.square(x!), () => [values([5])]],
  ["Tanh", (x) => tf.tanh(x!), () => [values([5])]],
  ["ClipByValue", (x) => tf.clipByValue(x!, -0.5, 0.9), () => [values([7])]],
  ["Step", (x) => tf.step(x!), () => [values([6])]],
  ["Sign", (x) => tf.sign(x!), () => [values([6])]],
  ["Floor", (x) => tf.floor(x!), () => [values([6])]],
  ["Ceil", (x) => tf.ceil(x!), () => [values([6])]],
  ["Round", (x) => tf.round(x!), () => [values([6])]],
  ["ZerosLike", (x) => tf.zerosLike(x!), () => [values([3])]],
  ["OnesLike", (x) => tf.onesLike(x!), () => [values([3])]],
  ["Add", (a, b) => tf.add(a!, b!), () => [values([2, 3]), values([3])]],
  ["Sub", (a, b) => tf.sub(a!, b!), () => [values([2, 1]), values([2, 3])]],
  ["Multiply", (a, b) => tf.mul(a!, b!), () => [values([2, 3]), values([1, 3])]],
  ["RealDiv", (a, b) => tf.div(a!, b!), () => [values([2, 3]), values([3], 0.6, 2)]],
  ["SquaredDifference", (a, b) => tf.squaredDifference(a!, b!), () => [values([2, 3]), values([3])]],
  ["Maximum", (a, b) => tf.maximum(a!, b!), () => [values([2, 3]), values([3], -1.1, 1.4)]],
  ["Minimum", (a, b) => tf.minimum(a!, b!), () => [values([2, 3]), values([3], -1.1, 1.4)]],
  ["Pow", (a, b) => tf.pow(a!, b!), () => [values([2, 3], 0.5, 2), values([3], 0.5, 2)]],
  ["Select", (a, b) => tf.where(tf.tensor([true, false, true], [3], "bool"), a!, b!), () => [values([3]), values([3])]],
  ["AddN", (a, b, c) => tf.addN([a!, b!, c!]), () => [values([3]), values([3]), values([3])]],
  ["Identity", (x) => tf.clone(x!), () => [values([3])]],
  ["Cast", (x) => tf.mul(tf.cast(tf.cast(x!, "float32"), "float32"), 2), () => [values([3])]],
  ["Reshape", (x) => tf.reshape(x!, [3, 2]), () => [values([2, 3])]],
  ["ExpandDims", (x) => tf.expandDims(x!, 1), () => [values([2, 3])]],
  ["Tile", (x) => tf.broadcastTo(x!, [4, 2, 3] as never), () => [values([2, 1])]],
  ["Transpose", (x) => tf.transpose(x!, [1, 2, 0]), () => [values([2, 3, 2])]],
  ["Concat", (a, b) => tf.concat([a!, b!], -1), () => [values([2, 3]), values([2, 2])]],
  ["SplitV", (x) => tf.mul(tf.split(x!, [2, 1], 1)[0]!, 3), () => [values([2, 3])]],
  ["Pack", (a, b) => tf.stack([a!, b!], 1), () => [values([2, 3]), values([2, 3])]],
  ["Unpack", (x) => tf.mul(tf.unstack(x!, 1)[1]!, 3), () => [values([2, 3])]],
  ["Slice", (x) => tf.slice(x!, [0, 1], [2, 1]), () => [values([2, 3])]],
  [
    "PadV2",
    (x) =>
      tf.pad(x!, [
        [1, 0],
        [2, 1],
      ]),
    () => [values([2, 3])],
  ],
  ["Tile", (x) => tf.tile(x!, [2, 3]), () => [values([2, 3])]],
  ["Reverse", (x) => tf.reverse(x!, [1]), () => [values([2, 3])]],
  ["Cumsum", (x) => tf.cumsum(x!, 1, true, false), () => [values([2, 4])]],
  ["Sum", (x) => tf.sum(x!, [0, 2]), () => [values([2, 3, 2])]],
  ["Mean", (x) => tf.mean(x!, -1), () => [values([2, 3])]],
  ["Max", (x) => tf.max(x!, 1), () => [values([2, 3])]],
  ["Min", (x) => tf.min(x!, 0), () => [values([2, 3])]],
  ["Softmax", (x) => tf.softmax(x!), () => [values([2, 4])]],
  ["Max", (x) => tf.logSumExp(x!, -1), () => [values([2, 4])]],
  ["BatchMatMul", (a, b) => tf.matMul(a!, b!), () => [values([2, 3]), values([3, 2])]],
  ["GatherV2", (x) => tf.gather(x!, tf.tensor([2, 0, 2, 1], [2, 2], "int32")), () => [values([3, 2])]],
  ["GatherV2", (x) => tf.gather(x!, tf.tensor([1, 1, 0], [3], "int32"), 1), () => [values([2, 2, 3])]],
];

test("every covered kernel has a case", () => {
  expect([...new Set(cases.map(([kernel]) => kernel))].sort()).toEqual(coveredKernels());
});

for (const backend of ["cpu", "wasm"]) {
  describe(backend, () => {
    beforeAll(async () => void (await tf.setBackend(backend)));
    afterAll(async () => void (await tf.setBackend("cpu")));

    test.each(cases)("%s", (kernel, op, inputs) => {
      // Ops that `wasm` lacks fail in forward, before any gradient of ours.
      if (!tf.getKernel(kernel, tf.getBackend())) return expect(backend).toBe("wasm");
      const xs = inputs();
      const weights = values(tf.tidy(() => op(...xs)).shape, 0.3, 1.9);
      const grads = gradients(op, xs, weights);
      checkGradient((...moved) => tf.sum(tf.mul(op(...moved), weights)), xs, grads);
    });

    const shapes: [number[], number[], boolean, boolean][] = [];
    for (const ta of [false, true]) {
      for (const tb of [false, true]) {
        for (const [p, q] of [
          [[], []],
          [[2], [2]],
          [[2], []],
          [[], [2]],
          [[2, 1], [3]],
          [[1], [3]],
          [
            [3, 2],
            [3, 2],
          ],
        ] as number[][][]) {
          shapes.push([[...p!, ...(ta ? [4, 3] : [3, 4])], [...q!, ...(tb ? [2, 4] : [4, 2])], ta, tb]);
        }
      }
    }

    test.each(shapes)("product of %j and %j, transposed %s %s", (p, q, ta, tb) => {
      const op: Op = (a, b) => product(a!, b!, ta, tb);
      const xs = [values(p), values(q, -0.7, 1.1)];
      const out = op(...xs);
      const weights = values(out.shape, 0.3, 1.9);
      checkGradient((...moved) => tf.sum(tf.mul(op(...moved), weights)), xs, gradients(op, xs, weights));
    });
  });
}

test("the fast product of wasm equals the one of cpu", async () => {
  const run = async (backend: string): Promise<tf.TypedArray[]> => {
    await tf.setBackend(backend);
    const [a, b] = [values([3, 5, 7]), values([3, 5, 9])];
    return Promise.all([tf.matMul(a, b, true, false).data(), tf.matMul(values([1, 5, 7]), b, true, false).data()]);
  };
  const fast = await run("wasm");
  const exact = await run("cpu");
  for (const [i, value] of fast.entries()) expectClose(value, exact[i]!, { relative: 1e-5, absolute: 1e-5 });
});
