import { type Command, Option } from "commander";
import { parseNumber } from "../../config/flags.js";
import { trainOnData } from "../../run/tokenizer.js";
import { writeTokenizer } from "../../run/tokenizer-files.js";
import { printResult } from "../../ui/output.js";

/** `llm tokenizer train` */
export function addTrain(tokenizer: Command): void {
  tokenizer
    .command("train")
    .summary("learn a vocabulary from text")
    .description(
      "Learn a vocabulary from text, and write it as a Hugging Face tokenizer.json (or as what the name of --out says, see convert).",
    )
    .requiredOption("-d, --data <path...>", "text: files, folders or URLs (txt, md, jsonl, ts, gz)")
    .option("--field <name>", "field of a JSON Lines record that holds the text")
    .addOption(
      new Option(
        "--kind <kind>",
        "BPE on bytes (GPT-2) or on characters (LLaMA 2), WordPiece (BERT), Unigram (T5), or one token a character",
      )
        .choices(["bpe", "character-bpe", "wordpiece", "unigram", "char"])
        .default("bpe"),
    )
    .addOption(
      new Option("--pattern <name>", "how text is cut into pieces (bpe)")
        .choices(["gpt2", "cl100k", "o200k", "llama3", "qwen2", "falcon", "whitespace"])
        .default("gpt2"),
    )
    .option("--vocab <number>", "vocabulary size (not for char)", parseNumber, 4096)
    .option("--min-frequency <number>", "what occurs less often gets no token", parseNumber)
    .requiredOption("-o, --out <file>", "the file to write")
    .option("--json", "print the result as JSON")
    .action(async ({ out, json, ...options }) => {
      const trained = await trainOnData(options);
      await writeTokenizer(trained, out);
      printResult(json, { out, vocabSize: trained.vocabSize }, `${out}: ${trained.vocabSize} tokens`);
    });
}
