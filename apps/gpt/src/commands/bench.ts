import type { Command } from "commander";
import { activateBackend } from "../backend.js";
import { addFlags, parseNumber } from "../config/flags.js";
import { resolveConfig } from "../config/resolve.js";
import { backendShape, modelShape, optimizationShape, pretrainSchema } from "../config/schema.js";
import { type BenchResult, benchTraining, describeBench } from "../run/bench.js";
import { benchKernels, describeKernels } from "../run/bench-kernels.js";
import { withKernelTable } from "../run/profile.js";
import { printResult } from "../ui/output.js";
import { say } from "../ui/progress.js";

/** `llm bench train`. */
export function addBenchCommands(program: Command): void {
  const bench = program.command("bench").summary("measure speed").description("Measure speed on this machine.");
  const train = bench
    .command("train")
    .summary("time whole training steps")
    .description(
      "Time whole training steps (forward, backward, clipping, AdamW) on random tokens, after a warm-up of four seconds at most.",
    )
    .option("--batch <number>", "sequences in a batch", parseNumber, 12)
    .option("--vocab <number>", "vocabulary size", parseNumber, 65)
    .option("--steps <number>", "steps that count", parseNumber, 30)
    .option("--profile", "print time, GFLOP/s and GB/s of each kernel (backends native and simd)")
    .option("--json", "print the result as JSON");
  addFlags(train, { ...modelShape, ...backendShape, precision: optimizationShape.precision }).action(
    async ({ json, profile, ...flags }) => {
      const config = resolveConfig(pretrainSchema, [
        ["flags", { model: "gpt2", context: 64, bias: false, ...flags, data: ["-"] }],
      ]);
      const backend = await activateBackend(config.backend);
      const bench = (onWarm?: () => void): Promise<BenchResult> =>
        benchTraining({ ...config, backend }, onWarm ? { onWarm } : {});
      const { result, table } = profile ? await withKernelTable(bench) : { result: await bench(), table: undefined };
      if (table) say(table);
      printResult(json, result, describeBench(result));
    },
  );
  addBenchKernels(bench);
}

function addBenchKernels(bench: Command): void {
  const kernels = bench
    .command("kernels")
    .summary("time each kernel against the machine's limits")
    .description(
      "Time the kernels of the backend native or simd at the shapes of training and generation, beside the machine's peak of " +
        "multiply-adds and its memory bandwidth, measured in the same run.",
    )
    .option("--only <text>", "kernels whose name or shapes contain this")
    .option("--json", "print the result as JSON");
  addFlags(kernels, backendShape).action(async ({ json, backend, only }) => {
    await activateBackend(backend ?? "auto");
    const result = benchKernels(only);
    printResult(json, result, describeKernels(result));
  });
}
