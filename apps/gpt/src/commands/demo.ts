import type { Command } from "commander";
import { activateBackend } from "../backend.js";
import { addFlags } from "../config/flags.js";
import { backendShape } from "../config/schema.js";
import { runDemo } from "../demo/demo.js";
import { printResult } from "../ui/output.js";
import { say } from "../ui/progress.js";

/** `llm demo`. */
export function addDemoCommand(program: Command): void {
  const command = program
    .command("demo")
    .summary("the whole pipeline on text that is on this machine")
    .description(
      "Train a tokenizer and a small LLaMA on the TypeScript declarations on this machine, compare it with a trigram model, " +
        "fine-tune it with LoRA to write a signature from its documentation, merge, export, and say how to talk to it.",
    )
    .option("-o, --out <folder>", "folder for all of it; must be new or empty (default: runs/demo, runs/demo-2 …)")
    .option("--quick", "a few steps only, to see that everything works")
    .option("--json", "print the result as JSON");
  addFlags(command, backendShape).action(async ({ backend, json, ...options }) => {
    say(`backend ${await activateBackend(backend ?? "auto")}`);
    const result = await runDemo(options);
    printResult(json, result, result.summary);
  });
}
