// Byte-level BPE as a model of the pipeline. tokenizer.json writes a token's bytes as visible characters, GPT-2's way:
// " the" is "Ġthe".

import type { BPE } from "@llm/bpe";
import { byteToUnicode, type NextBoundary, unicodeToByte } from "@llm/pretokenize";
import { bytesOf } from "../decoder/bytes.js";
import { TokenizerError } from "../error.js";
import type { Model } from "./model.js";

/** A `BPE` of @llm/bpe as a model. */
export class ByteLevelModel implements Model {
  readonly bpe: BPE;
  /** Whether pieces come as text, or as bytes written as characters already. */
  readonly input: "text" | "written";

  constructor(bpe: BPE, input: "text" | "written" = "text") {
    this.bpe = bpe;
    this.input = input;
  }

  get vocabSize(): number {
    return this.bpe.vocabSize;
  }

  encode(piece: string, out: number[]): void {
    const ids = this.input === "text" ? this.bpe.encode(piece) : this.bpe.encodeBytes(strictBytes(piece));
    for (const id of ids) out.push(id);
  }

  encodeText(text: string, next: NextBoundary, out: number[]): void {
    const ids = this.bpe.encode(text, next);
    for (let i = 0; i < ids.length; i++) out.push(ids[i]!);
  }

  surface(id: number): string | Uint8Array | undefined {
    return this.input === "text" ? this.bpe.tokenBytes(id) : this.idToToken(id);
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

  toJSON(): object {
    const names: string[] = [];
    // Without a prototype, so that a token may be called "__proto__".
    const vocab: Record<string, number> = Object.create(null);
    for (const [bytes, id] of this.bpe.tokens()) {
      names[id] = written(bytes);
      vocab[names[id]] = id;
    }
    return {
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
    };
  }
}

function strictBytes(piece: string): Uint8Array {
  return Uint8Array.from(piece, (character) => {
    const byte = unicodeToByte.get(character);
    if (byte === undefined)
      throw new TokenizerError(`Tokenizer.encode: ${JSON.stringify(character)} stands for no byte`);
    return byte;
  });
}

function written(bytes: Uint8Array): string {
  let token = "";
  for (const byte of bytes) token += byteToUnicode[byte];
  return token;
}
