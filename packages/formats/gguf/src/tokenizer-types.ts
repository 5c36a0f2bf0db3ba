// What llama.cpp keeps of a tokenizer, whatever kind it is.

import { type MetadataValue, numbers, string, strings, uint32 } from "./metadata.js";

/** Kinds of tokens, as llama.cpp numbers them. */
export const tokenTypes = { normal: 1, unknown: 2, control: 3, userDefined: 4, unused: 5, byte: 6 } as const;

/** The tokens of a vocabulary, by id. */
export interface Vocabulary {
  tokens: string[];
  types: number[];
}

/** A vocabulary in which no id has a token yet; those that stay so are padding of the embedding. */
export function emptyVocabulary(size: number): Vocabulary {
  return {
    tokens: Array.from({ length: size }, (_, id) => `[PAD${id}]`),
    types: new Array(size).fill(tokenTypes.unused),
  };
}

/** Metadata that all kinds have. `ids` holds token → id of what ends and begins texts. */
export function vocabularyMetadata(
  model: string,
  { tokens, types }: Vocabulary,
  ids: ReadonlyMap<string, number>,
): Map<string, MetadataValue> {
  const metadata = new Map([
    ["tokenizer.ggml.model", string(model)],
    ["tokenizer.ggml.tokens", strings(tokens)],
    ["tokenizer.ggml.token_type", numbers("int32", types)],
  ]);
  for (const [key, names] of Object.entries(roles)) {
    const name = names.find((each) => ids.has(each));
    if (name !== undefined) metadata.set(`tokenizer.ggml.${key}_token_id`, uint32(ids.get(name) as number));
  }
  return metadata;
}

/** Names of the tokens that have a role, in the families that there are; the first that is there has it. */
const roles: Readonly<Record<string, readonly string[]>> = {
  bos: ["<|begin_of_text|>", "<s>", "[CLS]", "<bos>", "[gMASK]", "<|endoftext|>"],
  eos: ["<|end_of_text|>", "</s>", "[SEP]", "<eos>", "<|endoftext|>", "<eop>"],
  eot: ["<|eot_id|>", "<|im_end|>"],
  unknown: ["<unk>", "[UNK]"],
  seperator: ["[SEP]"],
  padding: ["<pad>", "[PAD]"],
  cls: ["[CLS]"],
  mask: ["[MASK]", "<mask>"],
};
