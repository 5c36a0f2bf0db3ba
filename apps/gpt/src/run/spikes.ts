// Spikes in a run of the app: what `@llm/stability` decides, with its words, its metrics and its checkpoints.

import type { AdamW } from "@llm/adamw";
import type { NamedParameters } from "@llm/module";
import { type SpikeGuardConfig, type SpikeGuardState, type SpikeRecovery, spikeRecovery } from "@llm/stability";
import type { StepReport } from "@llm/trainer";
import type { PretrainConfig } from "../config/schema.js";
import type { Progress } from "../ui/progress.js";
import { truncateMetrics } from "./metrics.js";

/** When to skip updates and go back; undefined when never. */
export function spikesOf(config: PretrainConfig): SpikeGuardConfig | undefined {
  const { spikeLimit, spikeWindow, spikePatience, spikeRewind, spikeSkip } = config;
  if (spikeLimit === 0) return undefined;
  return {
    window: spikeWindow,
    lossLimit: spikeLimit,
    normLimit: spikeLimit,
    patience: spikePatience,
    rewindSteps: spikeRewind,
    skipBatches: spikeSkip,
  };
}

/** A recovery that goes on from a checkpoint's guard; the earliest state that it can go back to is the present one. */
export function startRecovery(
  parts: { parameters: NamedParameters; optimizer: AdamW; startStep: number },
  config: SpikeGuardConfig,
  guard: SpikeGuardState | undefined,
): SpikeRecovery {
  const recovery = spikeRecovery(parts, config);
  if (guard) recovery.guard.restore(guard);
  return recovery;
}

/** The hooks of `train`; going back also takes back the metrics. */
export function recoveryHooks<Batch>(
  recovery: SpikeRecovery,
  { batchAt, paths }: { batchAt: (step: number, microBatch: number) => Batch; paths: { metrics: string } },
  bar: Progress,
): Pick<SpikeRecovery, "accept"> & {
  batchAt: (step: number, microBatch: number) => Batch;
  rewind: (report: StepReport) => Promise<number | undefined>;
} {
  return {
    batchAt: (step, microBatch) => batchAt(recovery.batchOf(step), microBatch),
    accept: recovery.accept,
    rewind: async (report) => {
      const earlier = recovery.rewind(report);
      if (earlier === undefined) return undefined;
      bar.log(`step ${report.step}: a spike; back to step ${earlier}, with other batches`);
      await truncateMetrics(paths.metrics, earlier);
      return earlier;
    },
  };
}

/** Why a step was skipped. */
export function oddity({ loss, gradNorm }: StepReport): string {
  return Number.isFinite(loss) && Number.isFinite(gradNorm) ? "out of line" : "not finite";
}
