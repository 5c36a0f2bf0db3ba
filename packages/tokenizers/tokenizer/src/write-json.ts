// Writing a Hugging Face tokenizer.json.

import { TokenizerError } from "./error.js";
import { paddingToJSON } from "./padding.js";
import type { Tokenizer } from "./tokenizer.js";
import { truncationToJSON } from "./truncation.js";

/** The tokenizer as the content of a tokenizer.json. */
export function tokenizerToJson(tokenizer: Tokenizer): object {
  const { model, normalizer, preTokenizer, postProcessor, decoder } = tokenizer;
  if (preTokenizer.json === null && preTokenizer.stages.length > 0) {
    throw new TokenizerError("Tokenizer.toJSON: a scanner of one's own has no name in tokenizer.json; use a pattern");
  }
  return {
    version: "1.0",
    truncation: truncationToJSON(tokenizer.truncation),
    padding: paddingToJSON(tokenizer.padding),
    added_tokens: tokenizer.addedTokens.map((token) => ({
      id: token.id,
      content: token.content,
      single_word: token.singleWord ?? false,
      lstrip: token.lstrip ?? false,
      rstrip: token.rstrip ?? false,
      normalized: token.normalized ?? false,
      special: token.special,
    })),
    normalizer: normalizer.json,
    pre_tokenizer: preTokenizer.json,
    post_processor: postProcessor.json,
    decoder: decoder.json,
    model: model.toJSON(),
  };
}
