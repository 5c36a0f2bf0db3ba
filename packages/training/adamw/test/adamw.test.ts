import "@tensorflow/tfjs-backend-wasm";
import { expectClose, readFixture } from "@llm/testing";
import * as tf from "@tensorflow/tfjs-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { AdamW, type AdamWKernelAttrs, adamWContract, adamWUpdate } from "../src/index.js";

interface Case {
  name: string;
  weightDecay: number;
  betas?: [number, number];
  eps?: number;
  start: Record<string, number[]>;
  steps: { lr: number; grads: Record<string, number[]>; after: Record<string, number[]> }[];
  state: Record<string, { m: number[]; v: number[]; step: number }>;
}

const { shapes, cases } = readFixture<{ shapes: Record<string, number[]>; cases: Case[] }>(
  import.meta.url,
  "fixtures/adamw.json",
);
const tensors = (values: Record<string, number[]>): Map<string, tf.Tensor> =>
  new Map(Object.entries(values).map(([name, v]) => [name, tf.tensor(v, shapes[name] as number[])]));
const variables = (values: Record<string, number[]>): Map<string, tf.Variable> =>
  new Map([...tensors(values)].map(([name, tensor]) => [name, tf.variable(tensor)]));
const random = (shape: number[], seed: number): tf.Tensor => tf.randomNormal(shape, 0, 1, "float32", seed + 1); // tfjs takes seed 0 for none
const read = (tensor: tf.Tensor | undefined): number[] => Array.from((tensor as tf.Tensor).dataSync());

for (const backend of ["cpu", "wasm"]) {
  describe(backend, () => {
    beforeAll(async () => void (await tf.setBackend(backend)));
    afterAll(async () => void (await tf.setBackend("cpu")));

    // Each step rounds a handful of float32 operations; over ten steps of values near 1 that stays below 1e-6.
    test.each(cases)("ten steps as torch.optim.AdamW: $name", ({ start, steps, state, betas, eps, weightDecay }) => {
      const parameters = variables(start);
      const [beta1, beta2] = betas ?? [];
      const optimizer = new AdamW(parameters, { beta1, beta2, eps, weightDecay });
      for (const { lr, grads, after } of steps) {
        optimizer.step(tensors(grads), lr);
        for (const [name, values] of Object.entries(after)) {
          expectClose(parameters.get(name)!, values, { absolute: 5e-7, relative: 1e-6 });
        }
      }
      const own = optimizer.stateDict();
      for (const [name, { m, v, step }] of Object.entries(state)) {
        expectClose(own.get(`exp_avg.${name}`)!, m, { absolute: 1e-9, relative: 2e-6 });
        expectClose(own.get(`exp_avg_sq.${name}`)!, v, { absolute: 1e-12, relative: 2e-6 });
        expect(read(own.get(`step.${name}`))).toEqual([step]);
      }
    });

    test("a hundred steps leave no tensor and no buffer behind", () => {
      const parameters = new Map([["w", tf.variable(random([8, 8], 1))]]);
      const optimizer = new AdamW(parameters);
      const grads = new Map([["w", random([8, 8], 2)]]);
      optimizer.step(grads, 1e-3);
      const count = (): number[] => [tf.memory().numTensors, tf.backend().numDataIds()];
      const before = count();
      for (let i = 0; i < 100; i++) optimizer.step(grads, 1e-3);
      expect(count()).toEqual(before);
      optimizer.stateDict();
      optimizer.dispose();
      expect(tf.memory().numTensors).toBe(before[0]! - 2);
      expect(read(parameters.get("w")).every(Number.isFinite)).toBe(true);
    });

    test("a run that is saved and loaded goes on bit for bit", () => {
      const names = ["a", "b"];
      const make = (): Map<string, tf.Variable> => new Map(names.map((n, i) => [n, tf.variable(random([5, 3], i))]));
      const grads = (t: number): Map<string, tf.Tensor> =>
        new Map(names.map((n, i) => [n, random([5, 3], 10 * t + i)]));
      const [whole, resumed] = [make(), make()];
      const first = new AdamW(whole);
      let second = new AdamW(resumed);
      for (let t = 1; t <= 8; t++) {
        first.step(grads(t), 1e-2);
        second.step(grads(t), 1e-2);
        if (t !== 4) continue;
        // Through plain numbers, as a file holds them.
        const saved = [...second.stateDict()].map(([k, x]) => [k, x.dataSync().slice(), x.shape, x.dtype] as const);
        second.dispose();
        second = new AdamW(resumed);
        second.loadStateDict(new Map(saved.map(([k, data, shape, dtype]) => [k, tf.tensor(data, shape, dtype)])));
      }
      for (const name of names) expect(read(resumed.get(name))).toEqual(read(whole.get(name)));
    });
  });
}

test("freezing a parameter or another order of gradients touches nothing else", () => {
  const names = ["a", "b", "c"];
  const make = (): Map<string, tf.Variable> => new Map(names.map((n, i) => [n, tf.variable(random([3, 2], i))]));
  const run = (
    parameters: Map<string, tf.Variable>,
    edit: (grads: [string, tf.Tensor][], t: number) => typeof grads,
  ) => {
    const optimizer = new AdamW(parameters);
    for (let t = 0; t < 6; t++) {
      const grads = names.map((n, i): [string, tf.Tensor] => [n, random([3, 2], 10 * t + i + 1)]);
      optimizer.step(new Map(edit(grads, t)), 1e-2);
    }
    return optimizer.stateDict();
  };
  const [plain, edited] = [make(), make()];
  const expected = run(plain, (grads) => grads);
  const actual = run(edited, (grads, t) => {
    edited.get("a")!.trainable = t < 3;
    // "a" is frozen from the fourth step on: its gradient is missing, or given and ignored.
    const kept = t === 4 ? grads.filter(([name]) => name !== "a") : grads;
    return kept.reverse();
  });
  for (const name of ["b", "c"]) {
    expect(read(edited.get(name))).toEqual(read(plain.get(name)));
    expect(read(actual.get(`exp_avg_sq.${name}`))).toEqual(read(expected.get(`exp_avg_sq.${name}`)));
  }
  expect(read(actual.get("step.a"))).toEqual([3]);
  expect(read(actual.get("step.b"))).toEqual([6]);
});

test("by default only parameters with two dimensions or more decay", () => {
  const parameters = new Map([
    ["w", tf.variable(tf.ones([2, 2]))],
    ["bias", tf.variable(tf.ones([2]))],
  ]);
  const zero = new Map([...parameters].map(([name, p]) => [name, tf.zerosLike(p) as tf.Tensor]));
  new AdamW(parameters, { weightDecay: 0.5 }).step(zero, 0.1);
  expectClose(parameters.get("w")!, [0.95, 0.95, 0.95, 0.95]);
  expectClose(parameters.get("bias")!, [1, 1], { absolute: 0, relative: 0 });
  new AdamW(parameters, { weightDecay: 0.5, decay: (name) => name === "bias" }).step(zero, 0.1);
  expectClose(parameters.get("bias")!, [0.95, 0.95]);
});

test("the update is pure, and its first step moves by the learning rate", () => {
  const state = { parameter: tf.tensor([1]), grad: tf.tensor([0.02]), m: tf.tensor([0]), v: tf.tensor([0]) };
  const before = tf.memory().numTensors;
  const next = adamWUpdate(state, { lr: 0.1, weightDecay: 0, step: 1 });
  expect(tf.memory().numTensors).toBe(before + 3);
  expectClose(next.parameter, [0.9]);
  expectClose(state.parameter, [1], { absolute: 0, relative: 0 });
});

test("a gradient scale is the same as scaled gradients", () => {
  const grad = random([3, 5], 7);
  const [scaled, given] = [0, 1].map(() => {
    const weight = tf.variable(random([3, 5], 8));
    return { weight, optimizer: new AdamW(new Map([["w", weight]])) };
  }) as [{ weight: tf.Variable; optimizer: AdamW }, { weight: tf.Variable; optimizer: AdamW }];
  for (let i = 0; i < 3; i++) {
    scaled.optimizer.step(new Map([["w", tf.mul(grad, 0.3)]]), 1e-2);
    given.optimizer.step(new Map([["w", grad]]), 1e-2, 0.3);
  }
  expect(read(given.weight)).toEqual(read(scaled.weight));
});

test("a backend's kernel updates all parameters in one call", () => {
  let attrs: AdamWKernelAttrs | undefined;
  const kernelFunc: tf.KernelFunc = ({ inputs, attrs: given }) => {
    attrs = given as unknown as AdamWKernelAttrs;
    expect(Object.values(inputs).map((x) => (x as tf.Tensor).shape.join())).toEqual(
      ["2,2", "3", "2,2", "3", "2,2", "3", "2,2", "3"], // parameters, m, v, gradients
    );
    return [[2, 2], [3], [2, 2], [3], [2, 2], [3]].map((shape, i) => tf.fill(shape, i));
  };
  tf.registerKernel({ kernelName: adamWContract.name, backendName: "cpu", kernelFunc });
  try {
    const parameters = new Map([
      ["w", tf.variable(tf.ones([2, 2]))],
      ["b", tf.variable(tf.ones([3]))],
    ]);
    const optimizer = new AdamW(parameters, { weightDecay: 0.1 });
    optimizer.step(
      new Map([
        ["w", tf.ones([2, 2])],
        ["b", tf.ones([3])],
      ] as [string, tf.Tensor][]),
      0.5,
    );
    const before = tf.memory().numTensors;
    const grads = new Map([
      ["w", tf.ones([2, 2])],
      ["b", tf.ones([3])],
    ] as [string, tf.Tensor][]);
    optimizer.step(grads, 0.5);
    expect(tf.memory().numTensors).toBe(before + 2);
    expect(attrs).toEqual({
      lr: 0.5,
      beta1: 0.9,
      beta2: 0.999,
      eps: 1e-8,
      weightDecay: [0.1, 0],
      step: [2, 2],
      gradScale: 1,
    });
    expect([read(parameters.get("b"))[0], read(optimizer.stateDict().get("exp_avg.w"))[0]]).toEqual([1, 2]);
    expect(read(optimizer.stateDict().get("exp_avg_sq.b"))[0]).toBe(5);
  } finally {
    tf.unregisterKernel(adamWContract.name, "cpu");
  }
});

test("errors teach, and change nothing", () => {
  const w = tf.variable(tf.ones([2, 2]));
  const optimizer = new AdamW(new Map([["w", w]]));
  const good = new Map([["w", tf.ones([2, 2]) as tf.Tensor]]);
  expect(() => optimizer.step(new Map([...good, ["x", tf.ones([1])]]), 1e-3)).toThrow('a gradient of "x"');
  expect(() => optimizer.step(new Map([["w", tf.ones([2, 3])]]), 1e-3)).toThrow("w must have shape [2,2], got [2,3]");
  expect(() => optimizer.step(good, Number.NaN)).toThrow("lr must be a number from 0, got NaN");
  expect(() => optimizer.step(good, 1e-3, Number.NaN)).toThrow("gradScale must be finite, got NaN");
  expect(read(w)).toEqual([1, 1, 1, 1]);
  expect(optimizer.stateDict().size).toBe(0);
  expect(() => new AdamW(new Map(), { beta1: 1 })).toThrow(RangeError);
  expect(() => new AdamW(new Map(), { eps: -1 })).toThrow(RangeError);
  const state = { parameter: w, grad: w, m: w, v: tf.ones([4]) };
  expect(() => adamWUpdate(state, { lr: 1, step: 1 })).toThrow("v must have the parameter's shape [2,2], got [4]");
  expect(() => adamWUpdate({ ...state, v: w }, { lr: 1, step: 0 })).toThrow("step counts from 1, got 0");
});

test("a state that does not fit is refused as a whole", () => {
  const optimizer = new AdamW(new Map([["w", tf.variable(tf.ones([2]))]]));
  optimizer.step(new Map([["w", tf.ones([2])]]), 1e-3);
  const state = optimizer.stateDict();
  const step = tf.scalar(1, "int32");
  expect(() =>
    optimizer.loadStateDict(
      new Map<string, tf.Tensor>([
        ["exp_avg.w", tf.zeros([3])],
        ["step.w", step],
        ["step.__proto__", step],
        ["momentum.w", step],
      ]),
    ),
  ).toThrow(
    "AdamW.loadStateDict: unknown step.__proto__; unknown momentum.w; exp_avg.w has shape [3], expected [2]; missing exp_avg_sq.w",
  );
  expectClose(state.get("exp_avg.w")!, [0.1, 0.1]);
  optimizer.loadStateDict(new Map());
  expect(optimizer.stateDict().size).toBe(0);
});
