import { dropout } from "@llm/dropout";
import { Linear } from "@llm/linear";
import { Random } from "@llm/random";
import { expectClose } from "@llm/testing";
import {
  mean,
  memory,
  mul,
  type Scalar,
  square,
  sub,
  sum,
  type Tensor,
  tanh,
  tensor,
  tidy,
} from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { evaluate, type Optimizer, type StepReport, train } from "../src/index.js";

interface Batch {
  x: Float32Array;
  /** 1 where the target counts. */
  mask: number[];
}

/** Plain gradient descent, so that what is tested here is the loop. */
function descent(model: Linear): Optimizer {
  const parameters = model.namedParameters();
  return {
    step: (grads, lr) => {
      for (const [name, grad] of grads)
        tidy(() => parameters.get(name)?.assign(sub(parameters.get(name) as Tensor, mul(grad, lr)) as never));
    },
  };
}

function problem(rate = 0): { model: Linear; loss: (batch: Batch) => Scalar } {
  const model = new Linear({ inDim: 3, outDim: 1, random: new Random(9) });
  const loss = ({ x, mask }: Batch): Scalar => {
    const inputs = dropout(tensor(x, [x.length / 3, 3]), rate);
    const weights = tensor(mask, [mask.length, 1]);
    const error = square(sub(tanh(model.forward(inputs)), sum(inputs, 1, true)));
    const n = mask.reduce((a, b) => a + b, 0);
    return mul(sum(mul(error, weights)), 1 / n);
  };
  return { model, loss };
}

const weight = ({ mask }: Batch): number => mask.reduce((a, b) => a + b, 0);

function batchAt(step: number, micro: number, rows = 4): Batch {
  const random = new Random(3).fork(step, micro);
  return {
    x: random.fillUniform(new Float32Array(rows * 3)),
    mask: Array.from({ length: rows }, (_, i) => (i <= micro ? 1 : 0)),
  };
}

async function run(options: {
  steps: number;
  startStep?: number;
  model?: ReturnType<typeof problem>;
  signal?: AbortSignal;
}): Promise<StepReport[]> {
  const { model, loss } = options.model ?? problem(0.3);
  const reports: StepReport[] = [];
  await train({
    ...options,
    parameters: model.namedParameters(),
    optimizer: descent(model),
    loss,
    weight,
    batchAt,
    accumulate: 2,
    learningRate: (step) => 0.2 / (1 + step / 10),
    seed: 5,
    onStep: (report) => void reports.push(report),
  });
  return reports;
}

test("clipping scales the gradients, whether or not the optimizer can do it itself", async () => {
  const weights: number[][] = [];
  for (const scalesGradients of [false, true]) {
    const { model, loss } = problem();
    const plain = descent(model);
    const own: Optimizer = {
      scalesGradients: true,
      step: (grads, lr, scale = 1) => plain.step(grads, lr * scale), // for plain descent the same
    };
    const norms: number[] = [];
    const before = memory().numTensors;
    await train({
      parameters: model.namedParameters(),
      optimizer: scalesGradients ? own : plain,
      loss,
      batchAt,
      steps: 3,
      clip: 0.05,
      learningRate: () => 1,
      onStep: ({ gradNorm }) => void norms.push(gradNorm),
    });
    expect(memory().numTensors).toBe(before);
    expect(Math.min(...norms)).toBeGreaterThan(0.05);
    weights.push(Array.from(model.weight.dataSync()));
  }
  const [copied, scaled] = weights as [number[], number[]];
  expectClose(scaled, copied, { absolute: 1e-6 });
});

test("a seeded run repeats bit for bit, and learns", async () => {
  const [a, b] = [await run({ steps: 30 }), await run({ steps: 30 })];
  expect(a.map(({ loss }) => loss)).toEqual(b.map(({ loss }) => loss));
  expect(a.at(-1)?.loss).toBeLessThan((a[0]?.loss as number) / 2);
  expect(a[3]?.learningRate).toBeCloseTo(0.2 / 1.3);
});

test("stopping and going on continues the same curve", async () => {
  const whole = await run({ steps: 9 });
  const model = problem(0.3);
  const parts = [...(await run({ steps: 4, model })), ...(await run({ steps: 9, startStep: 4, model }))];
  expect(parts.map(({ step, loss, gradNorm }) => [step, loss, gradNorm])).toEqual(
    whole.map(({ step, loss, gradNorm }) => [step, loss, gradNorm]),
  );
});

test("accumulated micro-batches equal the large batch, however many targets each has", async () => {
  const small = problem();
  const large = problem();
  const micro = [0, 1, 2].map((i) => batchAt(0, i));
  const joined: Batch = {
    x: Float32Array.from(micro.flatMap(({ x }) => [...x])),
    mask: micro.flatMap(({ mask }) => mask),
  };
  const common = { steps: 1, learningRate: () => 0.5, weight };
  const reports: StepReport[] = [];
  const onStep = (report: StepReport): void => void reports.push(report);
  await train({
    ...common,
    onStep,
    parameters: small.model.namedParameters(),
    optimizer: descent(small.model),
    loss: small.loss,
    accumulate: 3,
    batchAt: (_, i) => micro[i] as Batch,
  });
  await train({
    ...common,
    onStep,
    parameters: large.model.namedParameters(),
    optimizer: descent(large.model),
    loss: large.loss,
    batchAt: () => joined,
  });
  expectClose([reports[0]?.loss as number], [reports[1]?.loss as number], { absolute: 1e-7, relative: 1e-6 });
  // The same sums in another order: a few units in the last place of float32.
  expectClose(small.model.weight, large.model.weight, { absolute: 1e-6, relative: 1e-6 });
});

test("a batch with NaN or Infinity is skipped and counted, and the parameters stay", async () => {
  const { model, loss } = problem();
  const before = model.weight.dataSync().slice();
  const bad = (step: number): Batch => ({
    x: Float32Array.of(step === 0 ? Number.NaN : Number.POSITIVE_INFINITY, 1, 1),
    mask: [1],
  });
  const reports: StepReport[] = [];
  const parts = { parameters: model.namedParameters(), optimizer: descent(model), loss, learningRate: () => 1 };
  const summary = await train({ ...parts, steps: 2, batchAt: bad, onStep: (report) => void reports.push(report) });
  expect(summary.skipped).toBe(2);
  expect(reports.map(({ skipped }) => skipped)).toEqual([true, true]);
  expectClose(model.weight, before, { absolute: 0, relative: 0 });
  await expect(train({ ...parts, steps: 50, batchAt: bad })).rejects.toThrow("not finite for 20 steps");
  await expect(
    train({ ...parts, steps: 1, batchAt: () => ({ x: new Float32Array(3), mask: [0] }), weight }),
  ).rejects.toThrow("none of the targets counts");
});

test("a signal stops between steps, and nothing leaks", async () => {
  const model = problem();
  await run({ steps: 1, model });
  const before = memory().numTensors;
  const controller = new AbortController();
  const reports = await run({ steps: 100, model, signal: controller.signal }).then((all) => all);
  expect(reports.length).toBe(100);
  expect(memory().numTensors).toBe(before);
  controller.abort();
  expect(await run({ steps: 5, model, signal: controller.signal })).toEqual([]);
});

test("evaluation weighs each target the same", async () => {
  const loss = (batch: Batch): Scalar => mean(tensor(batch.x));
  const batches: Batch[] = [
    { x: Float32Array.of(1, 1, 1), mask: [1, 1, 1] },
    { x: Float32Array.of(5), mask: [1] },
    { x: Float32Array.of(9), mask: [0] },
  ];
  expect(await evaluate({ batches, loss, weight })).toEqual({ loss: 2, count: 4 });
  await expect(evaluate({ batches: [], loss, weight })).rejects.toThrow("no target");
});

test("an update that accept refuses does not happen; rewind goes on from an earlier step with other batches", async () => {
  const { model, loss } = problem();
  const parameters = model.namedParameters();
  const weight0 = Array.from(model.weight.dataSync());
  const asked: number[] = [];
  const reported: number[] = [];
  const read: number[] = [];
  let offset = 0;
  let rewound = false;
  const summary = await train({
    parameters,
    optimizer: descent(model),
    loss,
    weight,
    batchAt: (step, micro) => {
      read.push(step + offset);
      return batchAt(step, micro);
    },
    steps: 4,
    learningRate: () => 0.1,
    accept: ({ step }) => {
      asked.push(step);
      return false;
    },
    onStep: ({ step, skipped }) => {
      expect(skipped).toBe(true);
      reported.push(step);
    },
    rewind: ({ step }) => {
      if (rewound || step !== 3) return undefined;
      rewound = true;
      offset = 100;
      return 1;
    },
  });
  expect(asked).toEqual([0, 1, 2, 1, 2, 3]);
  expect(reported).toEqual([1, 2, 3, 2, 3, 4]);
  expect(read).toEqual([0, 1, 2, 101, 102, 103]);
  expect(summary).toEqual({ step: 4, skipped: 6, aborted: false });
  expect(Array.from(model.weight.dataSync())).toEqual(weight0);
});
