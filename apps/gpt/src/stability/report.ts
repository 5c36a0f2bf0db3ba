import type { ExperimentConfig, Outcome } from "./experiment.js";

/** What `llm stability --json` prints. */
export interface StabilityResult {
  backend: string;
  config: ExperimentConfig;
  /** Nats a character of a model that knows the frequencies alone. */
  entropy: number;
  outcomes: readonly Outcome[];
}

/** A table in Markdown, worst first as the measures stand. */
export function describeOutcomes({ backend, config, entropy, outcomes }: StabilityResult): string {
  const { layers, dim, batch, context, steps, learningRate } = config;
  const seconds = outcomes.reduce((sum, { milliseconds }) => sum + milliseconds, 0) / 1000;
  const number = (value: number): string => (Number.isFinite(value) ? value.toFixed(2) : "not finite");
  const rows = outcomes.map(
    ({ name, loss, lastToFirst, verdict }) =>
      `| ${name} | ${number(loss.first)} | ${number(loss.highest)} | ${number(loss.last)} | ${lastToFirst.toPrecision(2)} | ${verdict} |`,
  );
  return [
    `${layers} layers, width ${dim}, ${batch} × ${context} characters a step, ${steps} steps at ${learningRate}; ${backend}, ${seconds.toFixed(0)} s in all.`,
    `A model that knows the frequencies of characters alone has a loss of ${entropy.toFixed(2)}.`,
    "",
    "| measure | first loss | highest | last | gradient last ÷ first layer | |",
    "| --- | --- | --- | --- | --- | --- |",
    ...rows,
  ].join("\n");
}
