import type { Command } from "commander";
import { comparison, comparisonPage } from "../../run/compare-tokenizers.js";
import { printResult } from "../../ui/output.js";

/** `llm tokenizer compare` */
export function addCompare(tokenizer: Command): void {
  tokenizer
    .command("compare")
    .summary("the tokenizers of well-known models, side by side")
    .description(
      "Train a tiny tokenizer of each model's kind on a built-in text, and print what its configuration says and does: " +
        "the table in apps/gpt/docs/tokenizers.md.",
    )
    .option("--json", "print the result as JSON")
    .action(async ({ json }) => {
      const rows = await comparison();
      printResult(json, { rows }, comparisonPage(rows));
    });
}
