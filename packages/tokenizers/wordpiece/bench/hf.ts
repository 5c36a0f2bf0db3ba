// A tokenizer.json that makes @huggingface/tokenizers split words at white space and encode them with the same vocabulary.

import type { WordPiece } from "../src/index.js";

export function tokenizerJson(wordPiece: WordPiece): object {
  return {
    version: "1.0",
    added_tokens: [],
    normalizer: null,
    pre_tokenizer: { type: "WhitespaceSplit" },
    post_processor: null,
    decoder: { type: "WordPiece", prefix: wordPiece.prefix, cleanup: false },
    model: {
      type: "WordPiece",
      unk_token: wordPiece.unknown,
      continuing_subword_prefix: wordPiece.prefix,
      max_input_chars_per_word: wordPiece.maxWordLength,
      vocab: Object.fromEntries(wordPiece.tokens()),
    },
  };
}
