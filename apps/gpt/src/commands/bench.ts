import type { Command } from "commander";
import { activateBackend } from "../backend.js";
import { addFlags, parseNumber } from "../config/flags.js";
import { resolveConfig } from "../config/resolve.js";
import { backendShape, modelShape, pretrainSchema } from "../config/schema.js";
import { benchTraining, describeBench } from "../run/bench.js";
import { printResult } from "../ui/output.js";

/** `llm bench train`. */
export function addBenchCommands(program: Command): void {
  const bench = program.command("bench").summary("measure speed").description("Measure speed on this machine.");
  const train = bench
    .command("train")
    .summary("time whole training steps")
    .description("Time whole training steps (forward, backward, clipping, AdamW) on random tokens, after a warm-up.")
    .option("--batch <number>", "sequences in a batch", parseNumber, 12)
    .option("--vocab <number>", "vocabulary size", parseNumber, 65)
    .option("--steps <number>", "steps that count", parseNumber, 30)
    .option("--json", "print the result as JSON");
  addFlags(train, { ...modelShape, ...backendShape }).action(async ({ json, ...flags }) => {
    const config = resolveConfig(pretrainSchema, [
      ["flags", { model: "gpt2", context: 64, bias: false, ...flags, data: ["-"] }],
    ]);
    const backend = await activateBackend(config.backend);
    const result = await benchTraining({ ...config, backend });
    printResult(json, result, describeBench(result));
  });
}
