// The stages around a vocabulary of bytes.

import type { PretokenizerName } from "@llm/pretokenize";
import { decoder } from "../decoder/read.js";
import type { Decoder } from "../decoder/step.js";
import { byteLevelPreTokenizer, type PreTokenizer } from "./pre-tokenizer.js";

/** The pre-tokenizer of that name, and the decoder of bytes. */
export function byteLevelStages(pattern: PretokenizerName): { preTokenizer: PreTokenizer; decoder: Decoder } {
  return {
    preTokenizer: byteLevelPreTokenizer(pattern),
    decoder: decoder({ type: "ByteLevel", add_prefix_space: true, trim_offsets: true, use_regex: true }),
  };
}
