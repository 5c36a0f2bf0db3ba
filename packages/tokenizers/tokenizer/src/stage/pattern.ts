// A pattern of tokenizer.json: a text, or an expression in Oniguruma's dialect.

import { type Cut, literal } from "@llm/pretokenize";
import { regex } from "@llm/pretokenize/regex";
import { fail, field, type JsonObject, string } from "../check.js";

/** What a pattern matches. An expression runs in time that is bounded, or is refused. */
export function readPattern(value: JsonObject, path: string): Cut {
  const text = field(value, "String");
  if (text !== undefined) return literal(string(text, `${path}.String`));
  const source = string(field(value, "Regex"), `${path}.Regex`);
  try {
    return regex(source);
  } catch (error) {
    return fail(`${path}.Regex`, `an expression that is known here (${(error as Error).message})`, source);
  }
}
