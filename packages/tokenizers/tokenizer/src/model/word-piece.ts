// WordPiece as a model of the pipeline.

import { WordPiece } from "@llm/wordpiece";
import { fail, field, type JsonObject, string } from "../check.js";
import type { Model } from "./model.js";
import { readVocabulary } from "./vocabulary.js";

/** A `WordPiece` of @llm/wordpiece as a model. */
export class WordPieceModel implements Model {
  readonly wordPiece: WordPiece;

  constructor(wordPiece: WordPiece) {
    this.wordPiece = wordPiece;
  }

  get vocabSize(): number {
    return this.wordPiece.vocabSize;
  }

  encode(piece: string, out: number[]): void {
    this.wordPiece.append(piece, 0, piece.length, out);
  }

  surface(id: number, first: boolean): string | undefined {
    const { prefix, unknown } = this.wordPiece;
    const token = this.wordPiece.tokenText(id);
    if (token === undefined || token === unknown) return undefined;
    return !first && prefix !== "" && token.startsWith(prefix) ? token.slice(prefix.length) : token;
  }

  idToToken(id: number): string | undefined {
    return this.wordPiece.tokenText(id);
  }

  tokenToId(token: string): number | undefined {
    return this.wordPiece.tokenId(token);
  }

  toJSON(): object {
    const vocab: Record<string, number> = Object.create(null);
    for (const [token, id] of this.wordPiece.tokens()) vocab[token] = id;
    return {
      type: "WordPiece",
      unk_token: this.wordPiece.unknown,
      continuing_subword_prefix: this.wordPiece.prefix,
      max_input_chars_per_word: this.wordPiece.maxWordLength,
      vocab,
    };
  }
}

/** The model that tokenizer.json describes. */
export function readWordPiece(model: JsonObject): Model {
  const longest = field(model, "max_input_chars_per_word") ?? 100;
  if (typeof longest !== "number") fail("model.max_input_chars_per_word", "a number", longest);
  return new WordPieceModel(
    new WordPiece({
      vocabulary: readVocabulary(model),
      unknown: string(field(model, "unk_token") ?? "[UNK]", "model.unk_token"),
      prefix: string(field(model, "continuing_subword_prefix") ?? "##", "model.continuing_subword_prefix"),
      maxWordLength: longest,
    }),
  );
}
