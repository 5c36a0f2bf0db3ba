import { type Command, Option } from "commander";
import { formatOf, formats, writeTokenizer } from "../../run/tokenizer-files.js";
import { printResult } from "../../ui/output.js";
import { addSource, openSource } from "./source.js";

/** `llm tokenizer convert` */
export function addConvert(tokenizer: Command): void {
  const command = tokenizer
    .command("convert")
    .summary("from one file format to another")
    .description(
      "Write a tokenizer in another format. What a format cannot say is an error, never left out in silence: " +
        "tiktoken and vocab.json take byte-level BPE, model takes Unigram and BPE on characters, vocab.txt WordPiece, tokenizer.json all.",
    );
  addSource(command)
    .addOption(new Option("--to <format>", "the format; default: what the name of --out says").choices(formats))
    .requiredOption("-o, --out <file>", "the file to write; merges.txt comes beside a vocab.json")
    .option("--json", "print the result as JSON")
    .action(async ({ to, out, json, ...source }) => {
      const files = await writeTokenizer(await openSource(source), out, to ?? formatOf(out));
      printResult(json, { files }, files.join("\n"));
    });
}
