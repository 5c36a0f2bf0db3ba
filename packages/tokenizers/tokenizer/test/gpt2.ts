// GPT-2's ranks from npm `tiktoken`, as the .tiktoken text and as the tokenizer.json that Hugging Face ships for GPT-2.

import { createRequire } from "node:module";
import { parseTiktoken } from "@llm/bpe";
import { byteToUnicode } from "@llm/pretokenize";

export interface TiktokenData {
  bpe_ranks: string;
  special_tokens: Record<string, number>;
  pat_str: string;
}

const require = createRequire(import.meta.url);

export const tiktokenData = (name: string): TiktokenData => require(`tiktoken/encoders/${name}.json`) as TiktokenData;

const written = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byteToUnicode[byte]).join("");

/** In the usual style: one merge a token, "left right", in order; <|endoftext|> both in the vocabulary and added. */
export function gpt2Json(): { model: { vocab: Record<string, number>; merges: string[] } } & Record<string, unknown> {
  const ranks = parseTiktoken(tiktokenData("gpt2").bpe_ranks);
  const byToken = new Map(ranks.map(([bytes, rank]) => [written(bytes), rank]));
  const merges = ranks
    .filter(([bytes]) => bytes.length > 1)
    .map(([bytes, rank]) => parts(written(bytes), rank, byToken).join(" "));
  const vocab = Object.fromEntries([...ranks.map(([bytes, rank]) => [written(bytes), rank]), ["<|endoftext|>", 50256]]);
  return {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: [
      {
        id: 50256,
        special: true,
        content: "<|endoftext|>",
        single_word: false,
        lstrip: false,
        rstrip: false,
        normalized: true,
      },
    ],
    normalizer: null,
    pre_tokenizer: { type: "ByteLevel", add_prefix_space: false, trim_offsets: true },
    post_processor: { type: "ByteLevel", add_prefix_space: true, trim_offsets: false },
    decoder: { type: "ByteLevel", add_prefix_space: true, trim_offsets: true },
    model: {
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: "",
      end_of_word_suffix: "",
      fuse_unk: false,
      vocab,
      merges,
    } as { vocab: Record<string, number>; merges: string[] },
  };
}

/** The two tokens that a token was joined from: what the ranks below its own make of it. */
function parts(token: string, rank: number, ranks: ReadonlyMap<string, number>): string[] {
  const symbols = [...token];
  while (symbols.length > 2) {
    let best = 0;
    let lowest = rank;
    for (let i = 0; i + 1 < symbols.length; i++) {
      const joined = ranks.get(symbols[i]! + symbols[i + 1]!) ?? rank;
      if (joined < lowest) [best, lowest] = [i, joined];
    }
    if (lowest === rank) throw new Error(`${token} is not made of two tokens`);
    symbols.splice(best, 2, symbols[best]! + symbols[best + 1]!);
  }
  return symbols;
}
