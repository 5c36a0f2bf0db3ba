import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { Command } from "commander";
import { activateBackend } from "../backend.js";
import { addFlags, parseNumber } from "../config/flags.js";
import { backendShape } from "../config/schema.js";
import { type ExperimentConfig, encodeText, measures, type Outcome, runMeasure } from "../stability/experiment.js";
import { describeOutcomes } from "../stability/report.js";
import { printResult } from "../ui/output.js";
import { progress } from "../ui/progress.js";

/** The first of the values given takes the place of the default. */
function collect(text: string, before: number[] & { given?: true }): number[] {
  return Object.assign([...(before.given ? before : []), parseNumber(text)], { given: true });
}

/** A declaration file of TypeScript's with much prose in it, which is on every machine after the set-up. */
function declarations(): string {
  const typescript = createRequire(import.meta.url).resolve("typescript/package.json");
  return join(dirname(typescript), "lib", "lib.es5.d.ts");
}

interface Flags extends Omit<ExperimentConfig, "layers"> {
  layers: number[];
  json?: boolean;
  only?: string;
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
        "compare what became of it; --layers 6 18 compares depths too, and takes some minutes.",
    )
    .option("--layers <number...>", "Transformer blocks; one or several depths", collect, [6])
    .option("--dim <number>", "width", parseNumber, 32)
    .option("--heads <number>", "attention heads", parseNumber, 2)
    .option("--context <number>", "characters in a sequence", parseNumber, 32)
    .option("--batch <number>", "sequences in a batch", parseNumber, 16)
    .option("--steps <number>", "steps of each run", parseNumber, 140)
    .option("--learning-rate <number>", "learning rate", parseNumber, 5e-3)
    .option("--seed <number>", "seed of everything random", parseNumber, 1)
    .option("--data <file>", "text to train on (default: documentation that is on this machine)")
    .option("--only <text>", "measures whose name contains this")
    .option("--json", "print the result as JSON");
  addFlags(command, backendShape).action(async ({ json, only, data, backend, layers, ...config }: Flags) => {
    const name = await activateBackend(backend ?? "auto");
    const text = encodeText(await readFile(data ?? declarations(), "utf8"));
    const chosen = measures.filter((measure) => measure.name.toLowerCase().includes((only ?? "").toLowerCase()));
    const bar = progress("stability", chosen.length * layers.length);
    const outcomes: Outcome[] = [];
    for (const depth of layers) {
      for (const measure of chosen) {
        outcomes.push(await runMeasure(measure, { ...config, layers: depth }, text));
        bar.update(outcomes.length, `${depth} layers, ${measure.name}`);
      }
    }
    bar.stop();
    const result = { backend: name, config, layers, entropy: text.entropy, outcomes };
    printResult(json, result, describeOutcomes(result));
  });
}
