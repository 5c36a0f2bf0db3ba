import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type Command, Option } from "commander";
import { parseNumber } from "../config/flags.js";
import { createRun, writeJson } from "../run/directory.js";
import { readTokenizer, trainOnData } from "../run/tokenizer.js";
import { tokenizeData } from "../run/tokens.js";
import { UserError } from "../ui/error.js";
import { printResult } from "../ui/output.js";
import { readText } from "../ui/read-text.js";

/** `llm tokenizer train|encode|decode` and `llm data prepare`. */
export function addTokenCommands(program: Command): void {
  const tokenizer = program
    .command("tokenizer")
    .summary("train and use tokenizers")
    .description("Train a tokenizer on text, and turn text into token ids and back.");
  addTrain(tokenizer);
  addEncode(tokenizer);
  addDecode(tokenizer);
  addPrepare(program.command("data").summary("prepare text for training").description("Prepare text for training."));
}

function addTrain(tokenizer: Command): void {
  tokenizer
    .command("train")
    .summary("learn a vocabulary from text")
    .description("Learn a vocabulary from text and write it as a Hugging Face tokenizer.json.")
    .requiredOption("-d, --data <path...>", "text: files, folders or URLs (txt, md, jsonl, ts, gz)")
    .option("--field <name>", "field of a JSON Lines record that holds the text")
    .addOption(
      new Option("--kind <kind>", "byte-level BPE, or one token a character").choices(["bpe", "char"]).default("bpe"),
    )
    .option("--vocab <number>", "vocabulary size (bpe)", parseNumber, 4096)
    .requiredOption("-o, --out <file>", "the tokenizer.json to write")
    .option("--json", "print the result as JSON")
    .action(async ({ out, json, ...options }) => {
      const trained = await trainOnData(options);
      await mkdir(dirname(out), { recursive: true });
      await writeJson(out, trained);
      printResult(json, { out, vocabSize: trained.vocabSize }, `${out}: ${trained.vocabSize} tokens`);
    });
}

function addEncode(tokenizer: Command): void {
  tokenizer
    .command("encode")
    .summary("text to token ids")
    .description(
      "Turn text into token ids. Text that looks like a special token stays text, unless --special is given.",
    )
    .argument("[text]", "the text; - reads standard input", "-")
    .requiredOption("-f, --file <path>", "a tokenizer.json")
    .option("--special", "recognize special tokens in the text")
    .option("--json", "print the result as JSON")
    .action(async (text: string, { file, special, json }) => {
      const ids = (await readTokenizer(file)).encode(await readText(text), special ? { allowedSpecial: "all" } : {});
      printResult(json, { ids }, ids.join(" "));
    });
}

function addDecode(tokenizer: Command): void {
  tokenizer
    .command("decode")
    .summary("token ids to text")
    .description("Turn token ids into text.")
    .argument("[ids...]", "the ids, separated by spaces or commas; none reads standard input")
    .requiredOption("-f, --file <path>", "a tokenizer.json")
    .option("--json", "print the result as JSON")
    .action(async (words: string[], { file, json }) => {
      const list = words.length > 0 ? words.join(" ") : await readText("-");
      const ids = list
        .split(/[\s,[\]]+/)
        .filter((word) => word !== "")
        .map((word) => {
          if (!/^\d+$/.test(word)) throw new UserError(`"${word}" is not a token id`);
          return Number(word);
        });
      const text = (await readTokenizer(file)).decode(ids);
      printResult(json, { text }, text);
    });
}

function addPrepare(data: Command): void {
  data
    .command("prepare")
    .summary("text to token shards")
    .description("Turn text into shards of tokens that `llm pretrain --data` takes, so that several runs share them.")
    .requiredOption("-d, --data <path...>", "text: files, folders or URLs (txt, md, jsonl, ts, gz)")
    .option("--field <name>", "field of a JSON Lines record that holds the text")
    .option("--validation <share>", "share of the text, at its end, that is held out", parseNumber, 0.1)
    .option("--tokenizer <which>", "`bpe` or `char` to train one, or a tokenizer.json", "bpe")
    .option("--vocab <number>", "vocabulary size of a tokenizer that is trained", parseNumber, 4096)
    .requiredOption("-o, --out <folder>", "new folder")
    .option("--json", "print the result as JSON")
    .action(async ({ out, json, tokenizer: kind, vocab, data: paths, field, validation }) => {
      await createRun(out);
      const tokenizer =
        kind === "bpe" || kind === "char"
          ? await trainOnData({ kind, data: paths, field, vocab })
          : await readTokenizer(kind);
      const { train, validation: held } = await tokenizeData({ data: paths, field, validation, tokenizer, out });
      await writeFile(join(out, "tokenizer.json"), `${JSON.stringify(tokenizer, null, 2)}\n`);
      const result = { out, vocabSize: tokenizer.vocabSize, trainTokens: train.length, validationTokens: held.length };
      printResult(
        json,
        result,
        `${out}: ${train.length} training tokens, ${held.length} held out, vocabulary ${tokenizer.vocabSize}`,
      );
    });
}
