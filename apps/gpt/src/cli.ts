#!/usr/bin/env node
// The command `llm`: from text to a model that answers.

import { Command, CommanderError } from "commander";
import { addBackendsCommand } from "./commands/backends.js";
import { addBenchCommands } from "./commands/bench.js";
import { addDemoCommand } from "./commands/demo.js";
import { addFileCommands } from "./commands/files.js";
import { addModelCommands } from "./commands/models.js";
import { addStabilityCommand } from "./commands/stability.js";
import { addTokenCommands } from "./commands/tokens.js";
import { addTrainingCommands } from "./commands/training.js";
import { addUsingCommands } from "./commands/using.js";
import { describeError, Interrupted } from "./ui/error.js";

const program = new Command("llm")
  .description("Train language models in TypeScript: tokenizer, pretraining, fine-tuning, chat, export.")
  .version("0.0.0")
  .configureHelp({ sortSubcommands: false, showGlobalOptions: false })
  .showSuggestionAfterError()
  .showHelpAfterError("(--help shows what there is)")
  .addHelpText(
    "after",
    "\nStart here:\n  llm demo                     the whole pipeline on text that is on this machine\n  llm pretrain --help          train on text of your own",
  );

addDemoCommand(program);
addTokenCommands(program);
addTrainingCommands(program);
addUsingCommands(program);
addFileCommands(program);
addModelCommands(program);
addBenchCommands(program);
addStabilityCommand(program);
addBackendsCommand(program);

// A closed pipe (`llm generate | head`) is no error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof CommanderError)) process.stderr.write(`llm: ${describeError(error)}\n`);
  process.exitCode = error instanceof Interrupted ? 130 : 1;
}
