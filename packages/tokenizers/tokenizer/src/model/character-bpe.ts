// BPE on characters as a model of the pipeline: LLaMA's, with bytes for what is not in the vocabulary, and others'.

import type { CharacterBPE, CharacterMergesOptions } from "@llm/bpe/characters";
import { fallbackByte } from "../decoder/bytes.js";
import type { Model } from "./model.js";

/** What tokenizer.json says of a vocabulary of BPE beside tokens and merges. */
export type CharacterBpeSettings = Omit<CharacterMergesOptions, "vocabulary" | "reserved">;

/** A `CharacterBPE` of @llm/bpe as a model. */
export class CharacterBpeModel implements Model {
  readonly bpe: CharacterBPE;
  readonly settings: CharacterBpeSettings;

  constructor(bpe: CharacterBPE, settings: CharacterBpeSettings = {}) {
    this.bpe = bpe;
    this.settings = settings;
  }

  get vocabSize(): number {
    return this.bpe.vocabSize;
  }

  encode(piece: string, out: number[]): void {
    const ids = this.bpe.encode(piece);
    for (let i = 0; i < ids.length; i++) out.push(ids[i]!);
  }

  surface(id: number, first: boolean): string | number | undefined {
    const { unknown, byteFallback, continuingSubwordPrefix: prefix = "", endOfWordSuffix: suffix = "" } = this.settings;
    if (id === unknown) return undefined;
    let token = this.bpe.tokenText(id);
    if (token === undefined) return undefined;
    const byte = byteFallback ? fallbackByte(token) : undefined;
    if (byte !== undefined) return byte;
    if (!first && prefix !== "" && token.startsWith(prefix)) token = token.slice(prefix.length);
    return suffix !== "" && token.endsWith(suffix) ? token.slice(0, -suffix.length) : token;
  }

  idToToken(id: number): string | undefined {
    return this.bpe.tokenText(id);
  }

  tokenToId(token: string): number | undefined {
    return this.bpe.tokenId(token);
  }

  toJSON(): object {
    const { settings, bpe } = this;
    const vocab: Record<string, number> = Object.create(null);
    const names: string[] = [];
    for (const [token, id] of bpe.tokens()) {
      vocab[token] = id;
      names[id] = token;
    }
    return {
      type: "BPE",
      dropout: null,
      unk_token: typeof settings.unknown === "number" ? (names[settings.unknown] ?? null) : null,
      continuing_subword_prefix: settings.continuingSubwordPrefix || null,
      end_of_word_suffix: settings.endOfWordSuffix || null,
      fuse_unk: settings.fuseUnknown ?? false,
      byte_fallback: settings.byteFallback ?? false,
      ignore_merges: settings.wholePieces ?? false,
      vocab,
      merges: bpe.merges().map(([left, right]) => [names[left], names[right]]),
    };
  }
}
