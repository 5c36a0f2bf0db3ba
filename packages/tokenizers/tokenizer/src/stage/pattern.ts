// A pattern of tokenizer.json: a text, or an expression in Oniguruma's dialect.

import { type Cut, literal } from "@llm/pretokenize";
import { regex } from "@llm/pretokenize/regex";
import { fail, field, type JsonObject, string } from "../check.js";
import { TokenizerError } from "../error.js";

/** What a pattern matches. An expression runs in time that is bounded, or is refused. */
export function readPattern(value: JsonObject, path: string): Cut {
  const text = field(value, "String");
  if (text !== undefined) return literal(string(text, `${path}.String`));
  const source = string(field(value, "Regex"), `${path}.Regex`);
  try {
    return guarded(regex(source), path);
  } catch (error) {
    return fail(`${path}.Regex`, `an expression that is known here (${(error as Error).message})`, source);
  }
}

/** What the expression needs too much memory for is an error of this package. */
function guarded(cut: Cut, path: string): Cut {
  if (cut.next) return cut;
  return (text, start, end, onRange) => {
    try {
      cut(text, start, end, onRange);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw new TokenizerError(`tokenizer.json: ${path}.Regex cannot be run on this text: ${error.message}`, {
        cause: error,
      });
    }
  };
}
