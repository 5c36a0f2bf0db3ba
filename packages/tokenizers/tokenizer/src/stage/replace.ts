// `Replace` of tokenizer.json, in normalizers and decoders: a text, or an expression, becomes another text.

import { Edits, type Normalizer } from "@llm/normalize";
import type { Cut } from "@llm/pretokenize";
import { fail, field, type JsonObject, object, string } from "../check.js";
import { checkGrown, MAX_GROWN } from "./limits.js";
import { readPattern } from "./pattern.js";

/** The replacement that an entry of type Replace describes. */
export function readReplace(value: JsonObject, path: string): Normalizer {
  const content = string(field(value, "content") ?? "", `${path}.content`);
  const pattern = object(field(value, "pattern"), `${path}.pattern`);
  const literal = field(pattern, "String");
  if (literal === "") fail(`${path}.pattern.String`, "a text that is not empty", literal);
  return replacing(readPattern(pattern, `${path}.pattern`), content, path);
}

/** The normalizer that writes `content` for each of the matches. */
function replacing(matches: Cut, content: string, path: string): Normalizer {
  const eachMatch = (text: string, take: (start: number, end: number) => void): void => {
    let length = text.length;
    matches(text, 0, text.length, (start, end) => {
      length += content.length - (end - start);
      checkGrown(text.length, length, MAX_GROWN, path);
      take(start, end);
    });
  };
  const align = (text: string): ReturnType<Edits["finish"]> => {
    const edits = new Edits(text);
    eachMatch(text, (start, end) => edits.replace(start, end, content));
    return edits.finish();
  };
  const apply = (text: string): string => {
    let [written, done] = ["", 0];
    eachMatch(text, (start, end) => {
      written += text.slice(done, start) + content;
      done = end;
    });
    return done === 0 && written === "" ? text : written + text.slice(done);
  };
  return Object.assign(apply, { align });
}
