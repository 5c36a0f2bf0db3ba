// Byte-level BPE as a model of the pipeline. tokenizer.json writes a token's bytes as visible characters, GPT-2's way:
// " the" is "Ġthe".

import type { BPE } from "@llm/bpe";
import { byteToUnicode, type NextBoundary, unicodeToByte } from "@llm/pretokenize";
import type { Model, ModelJSON, ModelPattern } from "./model.js";

/** A `BPE` of @llm/bpe as a model. */
export class ByteLevelModel implements Model {
  readonly bpe: BPE;

  constructor(bpe: BPE) {
    this.bpe = bpe;
  }

  get vocabSize(): number {
    return this.bpe.vocabSize;
  }

  encode(text: string, scanner: NextBoundary): number[] {
    return this.bpe.encode(text, scanner);
  }

  tokenBytes(id: number): Uint8Array | undefined {
    return this.bpe.tokenBytes(id);
  }

  idToToken(id: number): string | undefined {
    const bytes = this.bpe.tokenBytes(id);
    return bytes && written(bytes);
  }

  tokenToId(token: string): number | undefined {
    const bytes = bytesOf(token);
    return bytes && this.bpe.tokenId(bytes);
  }

  toJSON({ expression, builtIn }: ModelPattern): ModelJSON {
    const names: string[] = [];
    // Without a prototype, so that a token may be called "__proto__".
    const vocab: Record<string, number> = Object.create(null);
    for (const [bytes, id] of this.bpe.tokens()) {
      names[id] = written(bytes);
      vocab[names[id]] = id;
    }
    const byteLevel = { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: builtIn };
    const split = { type: "Split", pattern: { Regex: expression }, behavior: "Isolated", invert: false };
    return {
      pre_tokenizer: builtIn ? byteLevel : { type: "Sequence", pretokenizers: [split, byteLevel] },
      decoder: { type: "ByteLevel", add_prefix_space: true, trim_offsets: true, use_regex: true },
      model: {
        type: "BPE",
        dropout: null,
        unk_token: null,
        continuing_subword_prefix: null,
        end_of_word_suffix: null,
        fuse_unk: false,
        byte_fallback: false,
        ignore_merges: this.bpe.wholePieces,
        vocab,
        merges: this.bpe.merges().map(([left, right]) => [names[left], names[right]]),
      },
    };
  }
}

/** The bytes that a token of tokenizer.json stands for; undefined if a character of it stands for none. */
export function bytesOf(token: string): Uint8Array | undefined {
  const bytes = new Uint8Array(token.length);
  for (let i = 0; i < token.length; i++) {
    const byte = unicodeToByte.get(token[i]!);
    if (byte === undefined) return undefined;
    bytes[i] = byte;
  }
  return bytes;
}

function written(bytes: Uint8Array): string {
  let token = "";
  for (const byte of bytes) token += byteToUnicode[byte];
  return token;
}
