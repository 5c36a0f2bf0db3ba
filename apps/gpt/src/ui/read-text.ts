import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { UserError } from "./error.js";

/** The argument itself, or all of standard input for `-`, or the content of a file. */
export async function readText(argument: string, file?: string): Promise<string> {
  if (file !== undefined) {
    return readFile(file, "utf8").catch((error: Error) => {
      throw new UserError(`cannot read the text ${file}: ${error.message}`);
    });
  }
  return argument === "-" ? text(process.stdin) : argument;
}
