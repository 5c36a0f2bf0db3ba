// `.tiktoken` files: the tokens of a byte-level BPE with their ranks, and nothing else. How text is cut and which special
// tokens there are stands in tiktoken's code, so it is given by name here.

import { BPE, formatTiktoken, parseTiktoken } from "@llm/bpe";
import type { PretokenizerName } from "@llm/pretokenize";
import { TokenizerError } from "../error.js";
import { ByteLevelModel } from "../model/byte-level.js";
import { byteLevelStages } from "../stage/byte-level.js";
import { Tokenizer } from "../tokenizer.js";
import { wrapErrors } from "../wrap-errors.js";

/** Options of `tokenizerFromTiktoken`. */
export interface FromTiktokenOptions {
  pattern: PretokenizerName;
  /** Special token → id. */
  specialTokens?: Readonly<Record<string, number>>;
}

/** The special tokens of OpenAI's encodings, by the number of their ranks. Source: tiktoken, openai_public.py. */
const published: ReadonlyMap<number, Readonly<Record<string, number>>> = new Map<number, Record<string, number>>([
  [50256, { "<|endoftext|>": 50256 }],
  [
    100256,
    {
      "<|endoftext|>": 100257,
      "<|fim_prefix|>": 100258,
      "<|fim_middle|>": 100259,
      "<|fim_suffix|>": 100260,
      "<|endofprompt|>": 100276,
    },
  ],
  [199998, { "<|endoftext|>": 199999, "<|endofprompt|>": 200018 }],
]);

/** From the text of a `.tiktoken` file; without `specialTokens` those of OpenAI's encoding of that size. Throws TokenizerError. */
export function tokenizerFromTiktoken(text: string, { pattern, specialTokens }: FromTiktokenOptions): Tokenizer {
  const stages = byteLevelStages(pattern);
  const { bpe, ranks } = wrapErrors("tiktoken", () => {
    const parsed = parseTiktoken(text);
    if (parsed.length === 0) throw new TokenizerError("tiktoken: the file has no tokens");
    return { bpe: BPE.fromRanks(parsed), ranks: parsed.length };
  });
  const added = Object.entries(specialTokens ?? published.get(ranks) ?? {});
  const addedTokens = added.map(([content, id]) => ({ content, id, special: true }));
  return new Tokenizer({ model: new ByteLevelModel(bpe), ...stages, addedTokens });
}

/**
 * The text of a `.tiktoken` file. Special tokens and how text is cut have no place in it. Throws TokenizerError for a
 * tokenizer that ranks alone cannot say: one that is not byte-level BPE, or whose merges are in another order than its ids.
 */
export function tokenizerToTiktoken({ model, normalizer }: Tokenizer): string {
  if (!(model instanceof ByteLevelModel)) throw new TokenizerError("tiktoken: only byte-level BPE can be written");
  if (normalizer.json !== null) throw new TokenizerError("tiktoken: a normalizer has no place in the format");
  const tokens = [...model.bpe.tokens()];
  const pairs = (bpe: BPE): Set<string> => new Set(bpe.merges().map(([left, right]) => `${left} ${right}`));
  const ranked = BPE.fromRanks(tokens);
  const [wanted, got] = [pairs(model.bpe), pairs(ranked)];
  if (!inOrder(model.bpe) || ![...wanted].every((pair) => got.has(pair))) {
    throw new TokenizerError("tiktoken: the merges are in another order than the ids, which ranks cannot say");
  }
  return formatTiktoken(tokens);
}

/** Whether the tokens that merges make come in the order of their ids. */
function inOrder(bpe: BPE): boolean {
  let last = -1;
  for (const [left, right] of bpe.merges()) {
    const id = bpe.tokenId(join(bpe.tokenBytes(left)!, bpe.tokenBytes(right)!))!;
    if (id < last) return false;
    last = id;
  }
  return true;
}

function join(a: Uint8Array, b: Uint8Array): Uint8Array {
  const joined = new Uint8Array(a.length + b.length);
  joined.set(a);
  joined.set(b, a.length);
  return joined;
}
