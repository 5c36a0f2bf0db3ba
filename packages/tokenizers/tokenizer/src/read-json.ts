// Reading a Hugging Face tokenizer.json. It may come from anywhere: every field is checked before it is used, and whatever
// is wrong ends in a TokenizerError that names the place. What would change ids and is not known here is refused.

import type { AddedToken } from "./added-tokens.js";
import { array, fail, field, flag, id, type JsonObject, object, string } from "./check.js";
import { decoder } from "./decoder/read.js";
import { TokenizerError } from "./error.js";
import { readModel } from "./model/read.js";
import type { TokenizerConfig } from "./options.js";
import { readPadding } from "./padding.js";
import { postProcessor } from "./post-processor.js";
import { hasCutToken } from "./stage/falcon.js";
import { normalizer } from "./stage/normalizer.js";
import { type PreTokenizerOptions, preTokenizer } from "./stage/pre-tokenizer.js";
import { readTruncation } from "./truncation.js";
import { wrapErrors } from "./wrap-errors.js";

/** What a tokenizer.json, as text or parsed, says. */
export function readTokenizerJson(json: unknown, options: PreTokenizerOptions): TokenizerConfig {
  const file = object(typeof json === "string" ? parse(json) : json, "the file");
  const addedTokens = readAddedTokens(field(file, "added_tokens"));
  const model = object(field(file, "model"), "model");
  const split = preTokenizer(field(file, "pre_tokenizer"), options, () =>
    hasCutToken(field(model, "vocab"), new Set(addedTokens.map(({ content }) => content))),
  );
  return {
    model: wrapErrors("tokenizer.json", () => readModel(model, split, addedTokens)),
    normalizer: normalizer(field(file, "normalizer")),
    preTokenizer: split,
    postProcessor: postProcessor(field(file, "post_processor")),
    decoder: decoder(field(file, "decoder")),
    addedTokens,
    truncation: readTruncation(field(file, "truncation")),
    padding: readPadding(field(file, "padding")),
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new TokenizerError(`tokenizer.json: the file is not JSON, or cut off: ${(error as Error).message}`);
  }
}

/** Longer tokens are a mistake, or made to slow the search for them down. */
const MAX_CONTENT = 1024;

function readAddedTokens(value: unknown): AddedToken[] {
  return array(value ?? [], "added_tokens").map((each, i) => {
    const path = `added_tokens[${i}]`;
    const token: JsonObject = object(each, path);
    const content = string(field(token, "content"), `${path}.content`);
    if (content.length > MAX_CONTENT) fail(`${path}.content`, `${MAX_CONTENT} characters at most`, content);
    return {
      content,
      id: id(field(token, "id"), `${path}.id`),
      special: flag(token, "special", false, path),
      lstrip: flag(token, "lstrip", false, path),
      rstrip: flag(token, "rstrip", false, path),
      normalized: flag(token, "normalized", !flag(token, "special", false, path), path),
      singleWord: flag(token, "single_word", false, path),
    };
  });
}
