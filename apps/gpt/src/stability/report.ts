import { type ExperimentConfig, type Outcome, VOCABULARY } from "./experiment.js";

/** What `llm stability --json` prints. */
export interface StabilityResult {
  backend: string;
  config: Omit<ExperimentConfig, "layers" | "seed">;
  layers: readonly number[];
  seeds: readonly number[];
  /** Nats a character of a model that knows the frequencies alone. */
  entropy: number;
  outcomes: readonly Outcome[];
}

const optimizers = { sgd: "SGD with momentum", adamw: "AdamW" } as const;

/** A table in Markdown: a row for each measure, and for each depth and seed the last loss and what became of the run. */
export function describeOutcomes({ backend, config, layers, seeds, entropy, outcomes }: StabilityResult): string {
  const { dim, batch, context, steps, learningRate, optimizer } = config;
  const seconds = outcomes.reduce((sum, { milliseconds }) => sum + milliseconds, 0) / 1000;
  const columns = layers.flatMap((depth) => seeds.map((seed) => [depth, seed] as const));
  const names = [...new Set(outcomes.map(({ name }) => name))];
  const cells = (name: string): string[] =>
    columns.map(([depth, seed]) =>
      describeOutcome(outcomes.find((each) => each.name === name && each.layers === depth && each.seed === seed)),
    );
  const row = (texts: readonly string[]): string => `| ${texts.join(" | ")} |`;
  return [
    `Post-LN, width ${dim}, ${batch} × ${context} characters a step, ${steps} steps of ${optimizers[optimizer]} at ${learningRate}; ${backend}, ${seconds.toFixed(0)} s in all.`,
    `No training has a loss of ln ${VOCABULARY} = ${Math.log(VOCABULARY).toFixed(2)}, and a model that knows the frequencies of characters alone ${entropy.toFixed(2)}.`,
    "",
    row(["with", ...columns.map(([depth, seed]) => `${depth} layers${seeds.length > 1 ? `, seed ${seed}` : ""}`)]),
    row(["---", ...columns.map(() => "---")]),
    ...names.map((name) => row([name, ...cells(name)])),
  ].join("\n");
}

/** The last loss and the verdict; of a run that diverged, how high it got. */
function describeOutcome(outcome: Outcome | undefined): string {
  if (!outcome) return "";
  const { loss, verdict } = outcome;
  const last = Number.isFinite(loss.last) ? large(loss.last) : "not finite";
  return verdict === "diverges" ? `${last} **diverges**, up to ${large(loss.highest)}` : `${last} ${verdict}`;
}

const large = (loss: number): string => (loss < 1000 ? loss.toFixed(2) : loss.toExponential(0));
