import type { ExperimentConfig } from "./experiment.js";

/** Settings of a run that take seconds, by optimizer: where a Post-LN model explodes, and where it does not get started. */
export const defaults: Readonly<
  Record<ExperimentConfig["optimizer"], Pick<ExperimentConfig, "layers" | "steps" | "learningRate">>
> = {
  sgd: { layers: 12, steps: 80, learningRate: 0.5 },
  adamw: { layers: 6, steps: 140, learningRate: 5e-3 },
};
