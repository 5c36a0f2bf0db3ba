// The models of tokenizer.json.

import { Unigram } from "@llm/unigram";
import type { AddedToken } from "../added-tokens.js";
import { array, fail, field, flag, type JsonObject, string } from "../check.js";
import { fallbackByte } from "../decoder/bytes.js";
import { EVERY_CHARACTER, type PreTokenizer } from "../stage/pre-tokenizer.js";
import { CharModel } from "./characters.js";
import type { Model } from "./model.js";
import { readBpe } from "./read-bpe.js";
import { UnigramModel } from "./unigram.js";
import { readVocabulary } from "./vocabulary.js";
import { readWordPiece } from "./word-piece.js";

/** The model that tokenizer.json describes. */
export function readModel(model: JsonObject, split: PreTokenizer, added: readonly AddedToken[]): Model {
  const type = field(model, "type") ?? guess(model);
  if (type === "BPE") return isCharacters(model, split) ? readCharacters(model) : readBpe(model, split, added);
  if (type === "Unigram") return readUnigram(model, added);
  if (type === "WordPiece") return readWordPiece(model);
  return fail("model.type", "one of BPE, WordPiece, Unigram", type);
}

/** Old files do not say what they are. */
function guess(model: JsonObject): string | undefined {
  if (field(model, "merges") !== undefined) return "BPE";
  if (Array.isArray(field(model, "vocab"))) return "Unigram";
  return field(model, "max_input_chars_per_word") === undefined ? undefined : "WordPiece";
}

function isCharacters(model: JsonObject, { json }: PreTokenizer): boolean {
  const merges = field(model, "merges");
  if (!Array.isArray(merges) || merges.length > 0 || json === null) return false;
  const pattern = field(json as JsonObject, "pattern");
  return typeof pattern === "object" && field(pattern as JsonObject, "Regex") === EVERY_CHARACTER;
}

function readCharacters(model: JsonObject): Model {
  const vocab = new Map(readVocabulary(model));
  const token = field(model, "unk_token");
  if (token === undefined) return new CharModel({ vocab: charactersOf(vocab) });
  const id = vocab.get(string(token, "model.unk_token"));
  if (id === undefined) fail("model.unk_token", "a token of the vocabulary", token);
  return new CharModel({ vocab: charactersOf(vocab), unknown: { token: token as string, id } });
}

/** Without added tokens, which files list in the vocabulary too. */
function charactersOf(vocab: ReadonlyMap<string, number>): Map<string, number> {
  return new Map([...vocab].filter(([token]) => [...token].length === 1));
}

function readUnigram(model: JsonObject, added: readonly AddedToken[]): Model {
  const pieces = array(field(model, "vocab"), "model.vocab").map((each, i): [string, number] => {
    const path = `model.vocab[${i}]`;
    const entry = array(each, path);
    const score = entry[1];
    if (typeof score !== "number" || !Number.isFinite(score)) fail(`${path}[1]`, "a score", score);
    return [string(entry[0], `${path}[0]`), score];
  });
  const unknown = field(model, "unk_id");
  if (unknown !== undefined && !(Number.isInteger(unknown) && (unknown as number) in pieces)) {
    fail("model.unk_id", "the place of a piece in model.vocab", unknown);
  }
  const unknownId = unknown as number | undefined;
  const byteFallback = flag(model, "byte_fallback", false, "model");
  // Special tokens and bytes are nothing that text becomes by spelling them out, as in sentencepiece.
  const special = new Set(added.filter((token) => token.special).map((token) => token.content));
  const hidden = pieces.flatMap(([piece], id) =>
    special.has(piece) || (byteFallback && fallbackByte(piece) !== undefined) ? [id] : [],
  );
  return new UnigramModel(
    new Unigram({
      pieces,
      unknownId,
      byteFallback,
      hidden,
      precision: "float64",
    }),
  );
}
