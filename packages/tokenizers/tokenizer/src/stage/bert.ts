// The stages around BERT's vocabulary.

import type { AddedToken } from "../added-tokens.js";
import { decoder } from "../decoder/read.js";
import type { TokenizerConfig } from "../options.js";
import { postProcessor } from "../post-processor.js";
import { normalizer } from "./normalizer.js";
import { preTokenizer } from "./pre-tokenizer.js";

/** BERT's special tokens, in the order in which they get their ids. */
export const bertTokens = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"] as const;

/** BERT's stages; special tokens that the vocabulary lacks are left out. */
export function bertStages(
  lowercase: boolean,
  ids: ReadonlyMap<string, number>,
  more: readonly string[] = [],
): Omit<TokenizerConfig, "model"> {
  const addedTokens = [...new Set([...bertTokens, ...more])].flatMap((content): AddedToken[] => {
    const id = ids.get(content);
    return id === undefined ? [] : [{ content, id, special: true }];
  });
  const [cls, sep] = [ids.get("[CLS]"), ids.get("[SEP]")];
  return {
    normalizer: normalizer({
      type: "BertNormalizer",
      clean_text: true,
      handle_chinese_chars: true,
      strip_accents: null,
      lowercase,
    }),
    preTokenizer: preTokenizer({ type: "BertPreTokenizer" }),
    postProcessor: postProcessor(
      cls === undefined || sep === undefined
        ? null
        : { type: "BertProcessing", sep: ["[SEP]", sep], cls: ["[CLS]", cls] },
    ),
    decoder: decoder({ type: "WordPiece", prefix: "##", cleanup: true }),
    addedTokens,
  };
}
