import type { Command } from "commander";
import { Option } from "commander";
import { activateBackend } from "../backend.js";
import { addFlags, parseNumber } from "../config/flags.js";
import { type BackendName, backendShape } from "../config/schema.js";
import { type ExportOptions, exportRun, importModel } from "../run/export.js";
import { type Inspection, inspect } from "../run/inspect.js";
import { printResult } from "../ui/output.js";
import { sizeText, treeLines } from "../ui/tree.js";
import { withRun } from "./using.js";

/** `llm export`, `llm import` and `llm inspect`. */
export function addFileCommands(program: Command): void {
  addExport(program);
  addImport(program);
  addInspect(program);
}

function addExport(program: Command): void {
  const command = withRun(program.command("export").summary("write a model for other programs"))
    .description(
      "Write a model as a Hugging Face folder (hf) or as a file of llama.cpp (gguf), adapters merged into the weights;\nor its adapter alone in PEFT's format (peft).",
    )
    .requiredOption("-o, --out <path>", "new folder, or new .gguf file")
    .addOption(new Option("--format <name>", "what to write").choices(["hf", "gguf", "peft"]).default("hf"))
    .addOption(
      new Option("--dtype <name>", "how weights are stored; q8_0 and q4_0 in gguf only")
        .choices(["f32", "f16", "bf16", "q8_0", "q4_0"])
        .default("f32"),
    )
    .option("--shard-bytes <number>", "split a Hugging Face model into files of this size (default: 5e9)", parseNumber)
    .option("--json", "print the result as JSON");
  addFlags(command, backendShape).action(
    async ({ json, backend, ...options }: ExportOptions & { json?: boolean; backend?: BackendName }) => {
      await activateBackend(backend ?? "cpu");
      const files = await exportRun(options);
      printResult(json, { out: options.out, files }, files.join("\n"));
    },
  );
}

function addImport(program: Command): void {
  const command = program
    .command("import")
    .summary("take over a model of another program")
    .description("Read a Hugging Face folder or a .gguf file and write a folder that --run and --base take.")
    .argument("<source>", "a folder with config.json and safetensors, or a .gguf file")
    .requiredOption("-o, --out <folder>", "new folder")
    .addOption(new Option("--dtype <name>", "how weights are stored").choices(["f32", "f16", "bf16"]).default("f32"))
    .option("--json", "print the result as JSON");
  addFlags(command, backendShape).action(async (source: string, { json, backend, ...options }) => {
    await activateBackend(backend ?? "cpu");
    const files = await importModel(source, options);
    printResult(json, { out: options.out, files }, files.join("\n"));
  });
}

function addInspect(program: Command): void {
  program
    .command("inspect")
    .summary("tensors of a file or folder: names, shapes, types, bytes")
    .description(
      "Show what is in a .safetensors file, a .gguf file, a Hugging Face folder or a run, without reading weights.",
    )
    .argument("<path>", "file or folder")
    .option("--json", "print the result as JSON")
    .action(async (path: string, { json }: { json?: boolean }) => {
      const found = await inspect(path);
      printResult(json, found, report(found));
    });
}

function report({ path, format, metadata, tensors, parameters, bytes }: Inspection): string {
  const about = Object.entries(metadata).map(([key, value]) => `  ${printable(key)}  ${printable(value)}`);
  const leaves = tensors.map(({ name, dtype, shape, bytes: size }) => ({
    ...{ name: printable(name), bytes: size },
    text: `${dtype} [${shape.join(", ")}]  ${sizeText(size)}`,
  }));
  const total = `${tensors.length} tensors, ${parameters.toLocaleString("en")} parameters, ${sizeText(bytes)}`;
  return [`${path}: ${format}`, ...about, "", ...treeLines(leaves), "", total].join("\n");
}

/** A name out of a stranger's file may hold commands for the terminal. */
function printable(value: unknown): string {
  const text = typeof value === "string" ? value : (JSON.stringify(value) ?? "");
  return text.replace(/[\p{Cc}\p{Cf}]/gu, "\ufffd");
}
