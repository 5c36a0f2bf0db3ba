// tiktoken's own encodings, from its npm package: the ranks, and the encoder that ours must agree with.

import { createRequire } from "node:module";
import { scanner } from "@llm/pretokenize";
import { Tiktoken } from "tiktoken/lite";
import { BPE, parseTiktoken, type Scanner } from "../src/index.js";

export type EncodingName = "gpt2" | "cl100k" | "o200k";

export interface Encoding {
  bpe: BPE;
  scan: Scanner;
  tiktoken: Tiktoken;
}

const require = createRequire(import.meta.url);

export function loadEncoding(name: EncodingName): Encoding {
  const file = name === "gpt2" ? name : `${name}_base`;
  const data = require(`tiktoken/encoders/${file}.json`) as {
    bpe_ranks: string;
    special_tokens: Record<string, number>;
    pat_str: string;
  };
  return {
    bpe: BPE.fromRanks(parseTiktoken(data.bpe_ranks)),
    scan: scanner(name),
    tiktoken: new Tiktoken(data.bpe_ranks, data.special_tokens, data.pat_str),
  };
}
