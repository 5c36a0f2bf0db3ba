// `Replace` of tokenizer.json, in normalizers and decoders: a text, or an expression, becomes another text.

import { Edits, type Normalizer } from "@llm/normalize";
import type { Cut } from "@llm/pretokenize";
import { fail, field, type JsonObject, object, string } from "../check.js";
import { readPattern } from "./pattern.js";

/** The replacement that an entry of type Replace describes. */
export function readReplace(value: JsonObject, path: string): Normalizer {
  const content = string(field(value, "content") ?? "", `${path}.content`);
  const pattern = object(field(value, "pattern"), `${path}.pattern`);
  const literal = field(pattern, "String");
  if (literal === "") fail(`${path}.pattern.String`, "a text that is not empty", literal);
  return replacing(readPattern(pattern, `${path}.pattern`), content);
}

/** The normalizer that writes `content` for each of the matches. */
export function replacing(matches: Cut, content: string): Normalizer {
  const align = (text: string): ReturnType<Edits["finish"]> => {
    const edits = new Edits(text);
    matches(text, 0, text.length, (start, end) => edits.replace(start, end, content));
    return edits.finish();
  };
  const apply = (text: string): string => {
    let [written, done] = ["", 0];
    matches(text, 0, text.length, (start, end) => {
      written += text.slice(done, start) + content;
      done = end;
    });
    return done === 0 && written === "" ? text : written + text.slice(done);
  };
  return Object.assign(apply, { align });
}
