import type { Command } from "commander";
import { UserError } from "../../ui/error.js";
import { printResult } from "../../ui/output.js";
import { readText } from "../../ui/read-text.js";
import { addSource, openSource } from "./source.js";

/** `llm tokenizer encode` */
export function addEncode(tokenizer: Command): void {
  const command = tokenizer
    .command("encode")
    .summary("text to token ids")
    .description(
      "Turn text into token ids. Text that looks like a special token stays text, unless --special is given.",
    )
    .argument("[text]", "the text; - reads standard input", "-");
  addSource(command)
    .option("-i, --input <path>", "a file that holds the text")
    .option("--special", "recognize special tokens in the text")
    .option("--template", "put around what models of this tokenizer expect, such as [CLS] … [SEP]")
    .option("--json", "print the result as JSON")
    .action(async (text: string, { input, special, template, json, ...source }) => {
      const tokenizer = await openSource(source);
      const content = await readText(text, input);
      const options = special ? ({ allowedSpecial: "all" } as const) : ({ disallowedSpecial: "text" } as const);
      const ids = template ? tokenizer.tokenize(content, options).ids : tokenizer.encode(content, options);
      printResult(json, { ids }, ids.join(" "));
    });
}

/** `llm tokenizer decode` */
export function addDecode(tokenizer: Command): void {
  const command = tokenizer
    .command("decode")
    .summary("token ids to text")
    .description("Turn token ids into text.")
    .argument("[ids...]", "the ids, separated by spaces or commas; none reads standard input");
  addSource(command)
    .option("-i, --input <path>", "a file that holds the ids")
    .option("--skip-special", "leave special tokens out of the text")
    .option("--json", "print the result as JSON")
    .action(async (words: string[], { input, skipSpecial, json, ...source }) => {
      const list = words.length > 0 ? words.join(" ") : await readText("-", input);
      const ids = parseIds(list);
      const text = (await openSource(source)).decode(ids, {
        specialTokens: skipSpecial ? "skip" : "keep",
      });
      printResult(json, { text }, text);
    });
}

/** Ids between spaces, commas or brackets; what `encode --json` prints is taken too. */
function parseIds(list: string): number[] {
  return list
    .replace(/^\s*\{"ids":/, "")
    .split(/[\s,[\]}]+/)
    .filter((word) => word !== "")
    .map((word) => {
      if (!/^\d+$/.test(word)) throw new UserError(`"${word}" is not a token id`);
      return Number(word);
    });
}
