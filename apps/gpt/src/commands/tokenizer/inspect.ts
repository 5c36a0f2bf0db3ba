import type { Command } from "commander";
import { type Inspection, inspectText } from "../../run/inspect-text.js";
import { colourTokens } from "../../ui/colour-tokens.js";
import { printResult } from "../../ui/output.js";
import { readText } from "../../ui/read-text.js";
import { addSource, openSource } from "./source.js";

/** `llm tokenizer inspect` */
export function addInspect(tokenizer: Command): void {
  const command = tokenizer
    .command("inspect")
    .summary("how well a tokenizer fits a text")
    .description(
      "Show a text's tokens in colours, and how well the vocabulary fits it, by script: bytes and characters per token, and " +
        "fertility, the tokens per word (per character where words are not set apart).",
    )
    .argument("[text]", "the text; - reads standard input", "-");
  addSource(command)
    .option("-i, --input <path>", "a file that holds the text")
    .option("--characters <number>", "how much of the text to show in colours", (value) => Number(value), 2000)
    .option("--json", "print the result as JSON")
    .action(async (text: string, { input, characters, json, ...source }) => {
      const tokenizer = await openSource(source);
      const content = await readText(text, input);
      const inspection = inspectText(tokenizer, content);
      const shown = tokenizer.tokenize(content.slice(0, characters), {
        disallowedSpecial: "text",
        addSpecialTokens: false,
        truncation: null,
        padding: null,
      });
      const parts = shown.offsets.map(([start, end]) => content.slice(start, end));
      printResult(json, inspection, `${colourTokens(parts, shown.offsets)}\n\n${table(inspection)}`);
    });
}

function table({ vocabSize, total, scripts }: Inspection): string {
  const rows = [...scripts, total].map(({ script, bytes, tokens, bytesPerToken, charactersPerToken, fertility }) => [
    script,
    String(bytes),
    String(tokens),
    bytesPerToken.toFixed(2),
    charactersPerToken.toFixed(2),
    fertility.toFixed(2),
  ]);
  const all = [["script", "bytes", "tokens", "bytes/token", "chars/token", "tokens/word"], ...rows];
  const widths = all[0]!.map((_, column) => Math.max(...all.map((row) => row[column]!.length)));
  const lines = all.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)))
      .join("  "),
  );
  return `${lines.join("\n")}\n\nvocabulary ${vocabSize}`;
}
