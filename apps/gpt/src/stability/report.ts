import type { ExperimentConfig, Outcome } from "./experiment.js";

/** What `llm stability --json` prints. */
export interface StabilityResult {
  backend: string;
  config: Omit<ExperimentConfig, "layers">;
  layers: readonly number[];
  /** Nats a character of a model that knows the frequencies alone. */
  entropy: number;
  outcomes: readonly Outcome[];
}

/** A table in Markdown: a row for each measure, and for each depth the last loss and what became of the run. */
export function describeOutcomes({ backend, config, layers, entropy, outcomes }: StabilityResult): string {
  const { dim, batch, context, steps, learningRate } = config;
  const seconds = outcomes.reduce((sum, { milliseconds }) => sum + milliseconds, 0) / 1000;
  const cell = (name: string, depth: number): string => {
    const { loss, verdict } = outcomes.find((each) => each.name === name && each.layers === depth) as Outcome;
    return `${Number.isFinite(loss.last) ? loss.last.toFixed(2) : "not finite"} ${verdict}`;
  };
  const names = [...new Set(outcomes.map(({ name }) => name))];
  return [
    `Post-LN, width ${dim}, ${batch} × ${context} characters a step, ${steps} steps at ${learningRate}; ${backend}, ${seconds.toFixed(0)} s in all.`,
    `A model that knows the frequencies of characters alone has a loss of ${entropy.toFixed(2)}.`,
    "",
    `| with | ${layers.map((depth) => `${depth} layers`).join(" | ")} |`,
    `| --- |${" --- |".repeat(layers.length)}`,
    ...names.map((name) => `| ${name} | ${layers.map((depth) => cell(name, depth)).join(" | ")} |`),
  ].join("\n");
}
