import { type Command, Option } from "commander";
import { activateBackend } from "../backend.js";
import { addFlags } from "../config/flags.js";
import { presets } from "../config/presets.js";
import { readConfigFile, resolveConfig } from "../config/resolve.js";
import {
  type BackendName,
  backendShape,
  dataShape,
  finetuneSchema,
  modelShape,
  optimizationShape,
  pretrainSchema,
  reportingShape,
  stabilityShape,
} from "../config/schema.js";
import { describeObjectives } from "../families/families.js";
import { readJson, runPaths } from "../run/directory.js";
import { finetune, resumeFinetuning } from "../run/finetune.js";
import { pretrain, type RunResult, resumePretraining } from "../run/pretrain.js";
import { UserError } from "../ui/error.js";
import { printResult } from "../ui/output.js";
import { say } from "../ui/progress.js";

interface Flags extends Record<string, unknown> {
  out?: string;
  config?: string;
  preset?: string;
  resume?: boolean;
  json?: boolean;
}

/** `llm pretrain` and `llm finetune`. */
export function addTrainingCommands(program: Command): void {
  const pretraining = common(program.command("pretrain").summary("train a model on text from scratch"))
    .description(
      "Train a language model on text from scratch. Every flag can stand in a --config file as well; flags win.",
    )
    .addOption(new Option("--preset <name>", "start from named settings").choices(Object.keys(presets)));
  addFlags(pretraining, dataShape, "Text");
  addFlags(pretraining, modelShape, "Model");
  addFlags(pretraining, optimizationShape, "Optimization");
  addFlags(pretraining, stabilityShape, "Stability");
  addFlags(pretraining, { ...reportingShape, ...backendShape }, "Running");
  pretraining
    .addHelpText("after", `${describeObjectives()}${pretrainExamples}`)
    .action((flags: Flags) => runPretraining(flags));

  const tuning = common(
    program.command("finetune").summary("teach a model to answer, with LoRA or in full"),
  ).description(
    "Fine-tune a model on conversations; the loss counts on the answers alone. The new run needs nothing of the old one.",
  );
  addFlags(tuning, finetuneSchema.shape);
  tuning.addHelpText("after", finetuneExamples).action((flags: Flags) => runFinetuning(flags));
}

function common(command: Command): Command {
  return command
    .option("-o, --out <folder>", "folder of the run; must be new or empty")
    .option("-c, --config <file>", "settings from a JSON or YAML file")
    .option("--resume", "go on with the run in --out")
    .option("--json", "print the result as JSON");
}

async function runPretraining({ out, config: file, preset, resume, json, ...flags }: Flags): Promise<void> {
  const folder = requireOut(out);
  const layers = await layersOf(file, preset, flags);
  if (resume) {
    const given = Object.assign({}, ...layers.map(([, values]) => values));
    await announceBackend(given, await savedBackend(folder));
    return finish(json, await resumePretraining(folder, given), "pretrain");
  }
  const config = resolveConfig(pretrainSchema, layers);
  await announceBackend(config);
  finish(json, await pretrain(config, folder), "pretrain");
}

async function runFinetuning({ out, config: file, resume, json, ...flags }: Flags): Promise<void> {
  const folder = requireOut(out);
  const layers = await layersOf(file, undefined, flags);
  if (resume) {
    const given = Object.assign({}, ...layers.map(([, values]) => values));
    await announceBackend(given, await savedBackend(folder));
    return finish(json, await resumeFinetuning(folder, given), "finetune");
  }
  const config = resolveConfig(finetuneSchema, layers);
  await announceBackend(config);
  finish(json, await finetune(config, folder), "finetune");
}

async function announceBackend({ backend }: { backend?: BackendName }, otherwise: BackendName = "auto"): Promise<void> {
  say(`backend ${await activateBackend(backend ?? otherwise)}`);
}

/** The backend of the run: on another one, numbers differ in their last bits. */
async function savedBackend(folder: string): Promise<BackendName> {
  return (await readJson<{ backend?: BackendName }>(runPaths(folder).run, "run to resume")).backend ?? "auto";
}

function requireOut(out: string | undefined): string {
  if (!out) throw new UserError("--out is missing: give the folder for the run");
  return out;
}

async function layersOf(
  file: string | undefined,
  preset: string | undefined,
  flags: Record<string, unknown>,
): Promise<[string, Record<string, unknown>][]> {
  return [
    ...(preset
      ? ([[`preset ${preset}`, presets[preset] as Record<string, unknown>]] as [string, Record<string, unknown>][])
      : []),
    ...(file ? ([[file, await readConfigFile(file)]] as [string, Record<string, unknown>][]) : []),
    ["flags", flags],
  ];
}

function finish(json: boolean | undefined, { evaluation, ...result }: RunResult, verb: string): void {
  const { loss, perplexity, bitsPerByte } = evaluation;
  const bits = bitsPerByte ? `, ${bitsPerByte.toFixed(3)} bits per byte` : "";
  const text = `${result.aborted ? "stopped" : "done"} at step ${result.step}: validation loss ${loss.toFixed(4)}${bits}\n${result.run}/report.html`;
  printResult(json, { ...result, loss, perplexity, bitsPerByte }, text);
  if (!result.aborted) return;
  say(`to go on: llm ${verb} --resume --out ${result.run}`);
  process.exitCode = 130;
}

const pretrainExamples = `
Examples:
  llm pretrain --data book.txt --out runs/book
  llm pretrain --preset nanogpt-cpu --data shakespeare.txt --out runs/shakespeare
  llm pretrain --model t5 --objective ul2 --data book.txt --out runs/ul2
  llm pretrain --data src/ docs/ --tokenizer bpe --vocab 8192 --layers 6 --dim 256 --out runs/code
  llm pretrain --resume --out runs/code`;

const finetuneExamples = `
Examples:
  llm finetune --base runs/code --data chats.jsonl --out runs/chat
  llm finetune --base runs/code --data chats.jsonl --method full --learning-rate 1e-4 --out runs/chat-full`;
