import { text } from "node:stream/consumers";

/** The argument itself, or all of standard input for `-`. */
export async function readText(argument: string): Promise<string> {
  return argument === "-" ? text(process.stdin) : argument;
}
