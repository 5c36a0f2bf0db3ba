import type { Command } from "commander";
import { publishedModels } from "../families/published.js";
import { compareTable, listTable, publishedNamed } from "../run/model-table.js";
import { printResult } from "../ui/output.js";

/** `llm models` and `llm models compare`. */
export function addModelCommands(program: Command): void {
  const models = program
    .command("models")
    .summary("published models, their sizes and how they differ")
    .description("List the published models that the packages have as presets, with their exact numbers of parameters.")
    .option("--json", "print the result as JSON")
    .action(({ json }) => {
      const all = publishedModels();
      printResult(json, all, listTable(all));
    });
  models
    .command("compare")
    .summary("models side by side")
    .description("Put models side by side: tokenizer, position, norm, activation, attention, block, objective.")
    .argument("<names...>", "names, as `llm models` lists them")
    .option("--json", "print the result as JSON")
    .action((names: string[], _, command: Command) => {
      const { json } = command.optsWithGlobals<{ json?: boolean }>();
      const chosen = publishedNamed(names);
      printResult(json, chosen, compareTable(chosen));
    })
    .addHelpText("after", "\nExample:\n  llm models compare llama-7b chatglm2-6b falcon-7b");
}
