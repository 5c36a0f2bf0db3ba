import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { type Command, Option } from "commander";
import { activateBackend } from "../backend.js";
import { addFlags, parseNumber } from "../config/flags.js";
import { backendShape } from "../config/schema.js";
import { type ExperimentConfig, encodeText, measures, type Outcome, runMeasure } from "../stability/experiment.js";
import { describeOutcomes } from "../stability/report.js";
import { defaults } from "../stability/settings.js";
import { printResult } from "../ui/output.js";
import { progress } from "../ui/progress.js";

/** The first of the values given takes the place of the default. */
function collect(text: string, before: (number[] & { given?: true }) | undefined): number[] {
  return Object.assign([...(before?.given ? before : []), parseNumber(text)], { given: true });
}

const byOptimizer = (key: "layers" | "steps" | "learningRate"): string =>
  `(default: ${defaults.sgd[key]}, for adamw ${defaults.adamw[key]})`;

/** A declaration file of TypeScript's with much prose in it, which is on every machine after the set-up. */
function declarations(): string {
  const typescript = createRequire(import.meta.url).resolve("typescript/package.json");
  return join(dirname(typescript), "lib", "lib.es5.d.ts");
}

interface Flags extends Pick<ExperimentConfig, "dim" | "heads" | "context" | "batch" | "optimizer"> {
  layers?: number[];
  seed: number[];
  steps?: number;
  learningRate?: number;
  json?: boolean;
  only?: string[];
  data?: string;
  backend?: "auto";
}

/** `llm stability`. */
export function addStabilityCommand(program: Command): void {
  const command = program
    .command("stability")
    .summary("see a deep model diverge, and what saves it")
    .description(
      "Train one Post-LN model again and again on real text, each time with one measure against divergence, and " +
        "compare what became of it. With sgd the loss explodes; with adamw, whose steps have one size, the model does " +
        "not get started. Several depths and seeds are compared side by side.",
    )
    .addOption(new Option("--optimizer <name>", "what takes the steps").choices(Object.keys(defaults)).default("sgd"))
    .option("--layers <number...>", `Transformer blocks; one or several depths ${byOptimizer("layers")}`, collect)
    .option("--dim <number>", "width", parseNumber, 32)
    .option("--heads <number>", "attention heads", parseNumber, 2)
    .option("--context <number>", "characters in a sequence", parseNumber, 32)
    .option("--batch <number>", "sequences in a batch", parseNumber, 16)
    .option("--steps <number>", `steps of each run ${byOptimizer("steps")}`, parseNumber)
    .option("--learning-rate <number>", `learning rate ${byOptimizer("learningRate")}`, parseNumber)
    .option("--seed <number...>", "seed of everything random; one or several", collect, [1])
    .option("--data <file>", "text to train on (default: documentation that is on this machine)")
    .option("--only <text...>", "measures whose name contains one of these")
    .option("--json", "print the result as JSON");
  addFlags(command, backendShape).action(runStability);
}

async function runStability({ json, only = [""], data, backend, layers, seed: seeds, ...flags }: Flags): Promise<void> {
  const name = await activateBackend(backend ?? "auto");
  const text = encodeText(await readFile(data ?? declarations(), "utf8"));
  const { layers: depth, ...own } = defaults[flags.optimizer];
  const { steps = own.steps, learningRate = own.learningRate } = flags;
  const config = { ...flags, steps, learningRate };
  const depths = layers ?? [depth];
  const asked = only.map((each) => each.toLowerCase());
  const chosen = measures.filter((measure) => asked.some((each) => measure.name.toLowerCase().includes(each)));
  const bar = progress("stability", chosen.length * depths.length * seeds.length);
  const outcomes: Outcome[] = [];
  for (const layers of depths) {
    for (const seed of seeds) {
      for (const measure of chosen) {
        outcomes.push(await runMeasure(measure, { ...config, layers, seed }, text));
        bar.update(outcomes.length, `${layers} layers, ${measure.name}`);
      }
    }
  }
  bar.stop();
  const result = { backend: name, config, layers: depths, seeds, entropy: text.entropy, outcomes };
  printResult(json, result, describeOutcomes(result));
}
