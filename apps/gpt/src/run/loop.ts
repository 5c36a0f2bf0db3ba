// The loop that pretraining and fine-tuning share: steps, evaluation, samples, checkpoints, metrics, report.

import type { AdamW } from "@llm/adamw";
import { bitsPerByte, perplexity } from "@llm/causal-lm";
import type { Module, NamedParameters } from "@llm/module";
import type { SpikeGuardConfig, SpikeRecovery } from "@llm/stability";
import { evaluate, type StepReport, train } from "@llm/trainer";
import type { Scalar } from "@tensorflow/tfjs-core";
import type { OptimizationConfig, ReportingConfig } from "../config/schema.js";
import { progress, say, short } from "../ui/progress.js";
import { restore, save } from "./checkpoints.js";
import type { RunPaths } from "./directory.js";
import { appendMetrics, type EvaluationRecord, readMetrics, truncateMetrics } from "./metrics.js";
import { writeReport } from "./report.js";
import { scheduleOf } from "./schedule.js";
import { oddity, recoveryHooks, startRecovery } from "./spikes.js";

/** Held-out batches, and the bytes of text that their targets stand for (where that is known). */
export interface HeldOut<Batch> {
  batches: () => Iterable<Batch>;
  bytes?: number;
}

/** What differs between pretraining and fine-tuning. */
export interface LoopOptions<Batch> {
  paths: RunPaths;
  config: OptimizationConfig & ReportingConfig;
  title: string;
  model: Module;
  /** The parameters that learn and that checkpoints hold. */
  parameters: NamedParameters;
  optimizer: AdamW;
  batchAt: (step: number, microBatch: number) => Batch;
  loss: (batch: Batch) => Scalar;
  weight: (batch: Batch) => number;
  /** Tokens that a step reads, for the display. */
  tokensPerStep: number;
  heldOut: HeldOut<Batch>;
  sample?: () => Promise<string>;
  /** When to skip updates and go back. Default: never. */
  spikes?: SpikeGuardConfig;
  resume: boolean;
}

/** How it ended. */
export interface LoopResult {
  step: number;
  skipped: number;
  aborted: boolean;
  /** Held-out loss before the first step of this process. */
  before: EvaluationRecord;
  evaluation: EvaluationRecord;
}

/** Runs or resumes a training run. Ctrl-C ends it after the running step, with a checkpoint. */
export async function runLoop<Batch>(options: LoopOptions<Batch>): Promise<LoopResult> {
  const { paths, config, model, parameters, optimizer, tokensPerStep } = options;
  const { step: startStep, recovery } = await startAt(options);
  const before = await evaluateStep(options, startStep, startStep === 0);
  say(`validation loss at step ${startStep}: ${before.loss.toFixed(4)}${bytesText(before)}`);
  const stop = interruptible();
  const bar = progress("training", config.steps, startStep);
  let evaluation: EvaluationRecord | undefined;
  let measuredAt = -1;
  let rate = 0;
  const onStep = async (report: StepReport): Promise<void> => {
    const { step, loss, gradNorm, learningRate, milliseconds, skipped } = report;
    const tokensPerSecond = Math.round((tokensPerStep / milliseconds) * 1000);
    rate = rate === 0 ? tokensPerSecond : rate * 0.9 + tokensPerSecond * 0.1;
    await appendMetrics(paths.metrics, {
      kind: "step",
      step,
      loss,
      gradNorm,
      learningRate,
      tokensPerSecond,
      ...(skipped && { skipped }),
    });
    const heldOut = evaluation ? ` val ${evaluation.loss.toFixed(3)}` : "";
    bar.update(step, `loss ${loss.toFixed(3)}${heldOut} ${short(rate)} tokens/s`);
    if (skipped) bar.log(`step ${step}: loss or gradients were ${oddity(report)}; the step was skipped`);
    const last = step === config.steps;
    if (last || step % config.evalEvery === 0) {
      evaluation = await evaluateStep(options, step);
      measuredAt = step;
      bar.log(`step ${step}: validation loss ${evaluation.loss.toFixed(4)}${bytesText(evaluation)}`);
    }
    if (options.sample && config.sampleEvery > 0 && (last || step % config.sampleEvery === 0))
      await takeSample(options, step);
    if (last || step % config.checkpointEvery === 0)
      await checkpoint(options, step, recovery, measuredAt === step ? evaluation : undefined);
    if (last || step % config.evalEvery === 0) await refreshReport(options);
  };
  try {
    model.train();
    const schedule = scheduleOf(config);
    const summary = await train({
      ...options,
      ...pick(config),
      ...(recovery && recoveryHooks(recovery, options, bar)),
      parameters,
      optimizer,
      learningRate: schedule,
      startStep,
      onStep,
      signal: stop.signal,
    });
    if (summary.aborted && summary.step > startStep) await checkpoint(options, summary.step, recovery);
    await refreshReport(options);
    return { ...summary, before, evaluation: evaluation ?? before };
  } finally {
    bar.stop();
    stop.dispose();
    recovery?.dispose();
  }
}

const pick = ({
  steps,
  accumulate,
  clip,
  seed,
}: OptimizationConfig): Pick<OptimizationConfig, "steps" | "accumulate" | "clip" | "seed"> => ({
  steps,
  accumulate,
  clip,
  seed,
});

/** Step 0, or that of the newest complete checkpoint, to which the metrics are cut; and the guard against spikes. */
async function startAt<Batch>({
  paths,
  parameters,
  optimizer,
  config,
  spikes,
  resume,
}: LoopOptions<Batch>): Promise<{ step: number; recovery?: SpikeRecovery }> {
  const saved = resume ? await restore(paths.checkpoints, parameters, optimizer) : { step: 0, guard: undefined };
  const { step, guard } = saved;
  if (resume) {
    await truncateMetrics(paths.metrics, step);
    say(
      step === 0 ? "no checkpoint was written yet: starting at step 0" : `resuming at step ${step} of ${config.steps}`,
    );
  }
  return { step, recovery: spikes && startRecovery({ parameters, optimizer, startStep: step }, spikes, guard) };
}

async function evaluateStep<Batch>(
  options: LoopOptions<Batch>,
  step: number,
  record = true,
): Promise<EvaluationRecord> {
  const { model, heldOut, loss, weight, paths } = options;
  model.eval();
  const { loss: mean, count } = await evaluate({ batches: heldOut.batches(), loss, weight });
  model.train();
  const bytes = heldOut.bytes;
  const evaluation: EvaluationRecord = {
    kind: "evaluation",
    step,
    loss: mean,
    perplexity: perplexity(mean),
    ...(bytes && { bitsPerByte: bitsPerByte({ nats: mean * count, bytes }) }),
  };
  if (record) await appendMetrics(paths.metrics, evaluation);
  return evaluation;
}

async function takeSample<Batch>({ model, sample, paths }: LoopOptions<Batch>, step: number): Promise<void> {
  model.eval();
  const text = (await sample?.()) ?? "";
  model.train();
  await appendMetrics(paths.metrics, { kind: "sample", step, text });
}

async function checkpoint<Batch>(
  options: LoopOptions<Batch>,
  step: number,
  recovery?: SpikeRecovery,
  evaluation?: EvaluationRecord,
): Promise<void> {
  const { paths, parameters, optimizer, config } = options;
  await save(paths.checkpoints, step, parameters, optimizer, {
    keep: config.keep,
    seed: config.seed,
    loss: evaluation?.loss,
    guard: recovery?.guard.state(),
  });
}

async function refreshReport<Batch>({ paths, title, config }: LoopOptions<Batch>): Promise<void> {
  await writeReport(paths.report, await readMetrics(paths.metrics), {
    title,
    settings: config as Record<string, unknown>,
  });
}

const bytesText = ({ bitsPerByte: bits }: EvaluationRecord): string =>
  bits ? `, ${bits.toFixed(3)} bits per byte` : "";

/** A signal that the first Ctrl-C aborts; the second ends the process at once. */
function interruptible(): { signal: AbortSignal; dispose: () => void } {
  const controller = new AbortController();
  const onSignal = (): void => {
    if (controller.signal.aborted) process.exit(130);
    say("\nfinishing this step, then saving … (Ctrl-C again to stop at once)");
    controller.abort();
  };
  for (const name of ["SIGINT", "SIGTERM"] as const) process.on(name, onSignal);
  return {
    signal: controller.signal,
    dispose: () => {
      for (const name of ["SIGINT", "SIGTERM"] as const) process.off(name, onSignal);
    },
  };
}
