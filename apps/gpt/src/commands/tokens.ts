import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Command } from "commander";
import { parseNumber } from "../config/flags.js";
import { createRun } from "../run/directory.js";
import { trainOnData } from "../run/tokenizer.js";
import { readTokenizer } from "../run/tokenizer-files.js";
import { tokenizeData } from "../run/tokens.js";
import { printResult } from "../ui/output.js";
import { addCompare } from "./tokenizer/compare.js";
import { addConvert } from "./tokenizer/convert.js";
import { addDecode, addEncode } from "./tokenizer/encode.js";
import { addInspect } from "./tokenizer/inspect.js";
import { addTrain } from "./tokenizer/train.js";

/** `llm tokenizer train|encode|decode|inspect|convert|compare` and `llm data prepare`. */
export function addTokenCommands(program: Command): void {
  const tokenizer = program
    .command("tokenizer")
    .summary("train and use tokenizers")
    .description("Train a tokenizer on text, and turn text into token ids and back.");
  addTrain(tokenizer);
  addEncode(tokenizer);
  addDecode(tokenizer);
  addInspect(tokenizer);
  addConvert(tokenizer);
  addCompare(tokenizer);
  addPrepare(program.command("data").summary("prepare text for training").description("Prepare text for training."));
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
