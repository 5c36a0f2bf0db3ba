import { AdamW } from "@llm/adamw";
import { Linear } from "@llm/linear";
import { Random } from "@llm/random";
import { type StepReport, train } from "@llm/trainer";
import { mean, memory, mul, type Scalar, square, sub, sum, type Tensor, tensor } from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { Snapshots, type SpikeRecovery, spikeRecovery } from "../src/index.js";

const setUp = (): { model: Linear; optimizer: AdamW } => {
  const model = new Linear({ inDim: 3, outDim: 1, random: new Random(2) });
  return { model, optimizer: new AdamW(model.namedParameters(), { weightDecay: 0 }) };
};

interface Batch {
  x: Float32Array;
  scale: number;
}

const lossOf =
  (model: Linear) =>
  ({ x, scale }: Batch): Scalar => {
    const inputs: Tensor = mul(tensor(x, [16, 3]), scale);
    return mean(square(sub(model.forward(inputs), sum(inputs, 1, true))));
  };

/** Batches 60 … 79 are poisoned: a hundred times too large. */
const batchAt = (index: number): Batch => ({
  x: new Random(1).fork(index).fillNormal(new Float32Array(48)),
  scale: index >= 60 && index < 80 ? 100 : 1,
});

async function run(recovery: SpikeRecovery | undefined, parts: ReturnType<typeof setUp>): Promise<StepReport[]> {
  const reports: StepReport[] = [];
  await train({
    parameters: parts.model.namedParameters(),
    optimizer: parts.optimizer,
    loss: lossOf(parts.model),
    batchAt: (step) => batchAt(recovery ? recovery.batchOf(step) : step),
    learningRate: () => 0.05,
    steps: 100,
    accept: recovery?.accept,
    rewind: recovery?.rewind,
    onStep: (report) => void reports.push(report),
  });
  return reports;
}

test("poisoned batches are passed over after going back, and the run ends as if they had not been there", async () => {
  const parts = setUp();
  const parameters = parts.model.namedParameters();
  const recovery = spikeRecovery(
    { parameters, optimizer: parts.optimizer },
    { window: 16, patience: 3, rewindSteps: 20, skipBatches: 40, normLimit: 20, lossLimit: 20 },
  );
  const reports = await run(recovery, parts);
  expect(recovery.guard.rewinds).toBe(1);
  const refused = reports.filter(({ skipped }) => skipped).map(({ step }) => step);
  expect(refused).toEqual([61, 62, 63]);
  // Back from step 63 to a state at least 20 steps before step 60.
  const next = reports[reports.findIndex(({ step }) => step === 63) + 1] as StepReport;
  expect(next.step).toBe(41);
  expect(reports.length).toBe(100 + 63 - 40);

  // The same run, written by hand: 40 steps, then the batches from 80 on.
  const clean = setUp();
  await train({
    parameters: clean.model.namedParameters(),
    optimizer: clean.optimizer,
    loss: lossOf(clean.model),
    batchAt: (step) => batchAt(step < 40 ? step : step + 40),
    learningRate: () => 0.05,
    steps: 100,
  });
  expect(Array.from(parts.model.weight.dataSync())).toEqual(Array.from(clean.model.weight.dataSync()));
  recovery.dispose();
});

test("a snapshot is not touched by the steps after it, and restores parameters and moments", async () => {
  const { model, optimizer } = setUp();
  const parameters = model.namedParameters();
  const step = async (from: number, to: number): Promise<void> => {
    await train({
      parameters,
      optimizer,
      loss: lossOf(model),
      batchAt: (index) => batchAt(index % 50),
      learningRate: () => 0.05,
      startStep: from,
      steps: to,
    });
  };
  const snapshots = new Snapshots(parameters, optimizer, { count: 2 });
  expect(() => snapshots.restore(0)).toThrow("no state was taken yet");
  for (const at of [0, 5, 10]) {
    if (at > 0) await step(at - 5, at);
    snapshots.take(at);
  }
  const at10 = Array.from(model.weight.dataSync());
  expect(snapshots.steps).toEqual([5, 10]);
  await step(10, 20);
  const at20 = Array.from(model.weight.dataSync());
  expect(snapshots.restore(19)).toBe(10);
  expect(Array.from(model.weight.dataSync())).toEqual(at10);
  await step(10, 20);
  expect(Array.from(model.weight.dataSync())).toEqual(at20);
  // Nothing older than the oldest.
  expect(snapshots.restore(1)).toBe(5);
  expect(snapshots.steps).toEqual([5]);
  snapshots.dispose();
  expect(() => new Snapshots(parameters, optimizer, { count: 0 })).toThrow(RangeError);
});

test("snapshots are freed", async () => {
  const { model, optimizer } = setUp();
  const parameters = model.namedParameters();
  await train({
    parameters,
    optimizer,
    loss: lossOf(model),
    batchAt,
    learningRate: () => 0.01,
    steps: 2,
  });
  optimizer.stateDict();
  const before = memory().numTensors;
  const snapshots = new Snapshots(parameters, optimizer, { count: 2 });
  for (let i = 0; i < 5; i++) snapshots.take(i);
  snapshots.restore(3);
  snapshots.dispose();
  optimizer.stateDict();
  expect(memory().numTensors).toBe(before);
});
