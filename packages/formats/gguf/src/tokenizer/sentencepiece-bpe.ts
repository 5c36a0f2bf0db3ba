// BPE on characters with bytes for the rest, as sentencepiece has it: tokenizer.ggml.model = "llama".
//
// tokenizer.json lists the pairs that are joined, in order; llama.cpp has a score for each piece, and joins any two
// neighbors that make a piece, the one of the highest score first. Both are the same where the pairs were learned in the
// order of the scores, and every piece that text may have is made by one of them.
//
// Source: src/llama-vocab.cpp of github.com/ggml-org/llama.cpp.

import { GGUFError } from "../error.js";
import { bool, type MetadataReader, type MetadataValue, numbers, string } from "../metadata.js";
import { readRoles, roleMetadata } from "./around.js";
import {
  addedTokens,
  allIds,
  bpeSettings,
  fileOf,
  type Json,
  mergesOf,
  nameOf,
  own,
  record,
  vocabularyIds,
} from "./json.js";
import { readText, textStages } from "./sentencepiece-text.js";
import {
  addedOf,
  type Entry,
  quoted,
  readVocabulary,
  tokenTypes,
  type Vocabulary,
  vocabularyMetadata,
  vocabularyOf,
} from "./vocabulary.js";

/** The tokens of the bytes, `<0x00>` to `<0xFF>`. */
const byteTokens: readonly string[] = Array.from(
  { length: 256 },
  (_, byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`,
);
const isByte = new Set(byteTokens);

/** The type of a piece that is not added: a byte, where bytes stand for what has no piece, or text. */
export function pieceType(piece: string, byteFallback: boolean): number {
  return byteFallback && isByte.has(piece) ? tokenTypes.byte : tokenTypes.normal;
}

/** Metadata of BPE on characters. */
export function sentencePieceBpeToGGUF(json: Json, vocabSize: number): Map<string, MetadataValue> {
  const model = record(own(json, "model"), "model");
  const { addPrefix } = bpeText(json, model);
  const ids = vocabularyIds(model);
  const missing = own(model, "byte_fallback") === true ? byteTokens.find((token) => !ids.has(token)) : byteTokens[0];
  if (missing)
    throw new GGUFError(
      `tokenizer.json: BPE on characters needs byte_fallback, and a token for each byte; llama.cpp writes what is no piece as bytes, but there is no ${missing}`,
    );
  const scores = scoresOf(mergesOf(model));
  const lowest = 0 - scores.size;
  const unknown = own(model, "unk_token");
  const added = addedTokens(json);
  const beside = new Set(added.map(({ content }) => content));
  const entries = [...ids].map(([token, id]): Entry => {
    const type = token === unknown ? tokenTypes.unknown : pieceType(token, true);
    const ordinary = type === tokenTypes.normal && !beside.has(token);
    return { id, token, type, score: ordinary ? (scores.get(token) ?? lowest) : 0 };
  });
  const vocabulary = vocabularyOf(entries, added, vocabSize);
  const metadata = vocabularyMetadata("llama", vocabulary);
  metadata.set("tokenizer.ggml.pre", string("default"));
  metadata.set("tokenizer.ggml.scores", numbers("float32", vocabulary.scores));
  metadata.set("tokenizer.ggml.add_space_prefix", bool(addPrefix));
  const all = allIds(ids, added);
  return new Map([...metadata, ...roleMetadata(json, all, { unknown: ids.get(nameOf(unknown)) })]);
}

function bpeText(json: Json, model: Json): { addPrefix: boolean } {
  for (const setting of ["continuing_subword_prefix", "end_of_word_suffix", "ignore_merges", "dropout"])
    if (own(model, setting))
      throw new GGUFError(`tokenizer.json: model.${setting} has no place in llama.cpp's BPE on characters`);
  const { charsmap, rules, removeExtra, addPrefix } = readText(json);
  if (charsmap || rules.length > 0 || removeExtra)
    throw new GGUFError(
      "tokenizer.json: the normalizer changes more than blanks to ▁, which llama.cpp does for Unigram alone; train without one",
    );
  return { addPrefix };
}

/** Minus the place in the order of joining, the first way to make a piece counting. */
function scoresOf(merges: readonly (readonly [string, string])[]): Map<string, number> {
  const scores = new Map<string, number>();
  for (const pair of merges) {
    const piece = pair.join("");
    if (!scores.has(piece)) scores.set(piece, 0 - scores.size);
  }
  return scores;
}

/** A tokenizer.json of BPE on characters. */
export function sentencePieceBpeFromGGUF(read: MetadataReader): Json {
  const vocabulary = readVocabulary(read);
  const { tokens, types } = vocabulary;
  const defaults = { ids: { bos: 1, eos: 2, unknown: 0 }, addBos: true, addEos: false, addSep: false };
  const { ids, postProcessor, special } = readRoles(read, vocabulary, defaults);
  const unknown = types.includes(tokenTypes.unknown) ? types.indexOf(tokenTypes.unknown) : ids.get("unknown");
  const text = { rules: [], removeExtra: false, addPrefix: read.boolean("tokenizer.ggml.add_space_prefix", true) };
  const used = tokens.map((token, id) => [token, id] as const).filter(([, id]) => types[id] !== tokenTypes.unused);
  const model = {
    ...bpeSettings,
    unk_token: unknown === undefined ? null : tokens[unknown],
    fuse_unk: true,
    byte_fallback: types.includes(tokenTypes.byte),
    vocab: Object.fromEntries(used),
    merges: mergesFromScores(vocabulary),
  };
  if (unknown !== undefined) special.add(unknown);
  return fileOf({ ...textStages(text), post_processor: postProcessor }, addedOf(vocabulary, special), model);
}

/** Longer pieces are a mistake, or made to take forever. */
const longestPiece = 1024;

/** All ways to make a piece of two, the highest score first. */
function mergesFromScores({ tokens, types, scores }: Vocabulary): [string, string][] {
  const mergeable = new Set<number>([tokenTypes.undefined, tokenTypes.normal, tokenTypes.userDefined]);
  const ids = new Map<string, number>();
  for (const [id, token] of tokens.entries()) if (mergeable.has(types[id] as number)) ids.set(token, id);
  const pieces = [...ids].sort(([, a], [, b]) => (scores[b] as number) - (scores[a] as number) || a - b);
  return pieces.flatMap(([piece, id]) => {
    if (piece.length > longestPiece)
      throw new GGUFError(
        `metadata "tokenizer.ggml.tokens": token ${id}, ${quoted(piece)}, is longer than ${longestPiece}`,
      );
    const found: [string, string][] = [];
    for (let at = width(piece, 0); at < piece.length; at += width(piece, at)) {
      const pair: [string, string] = [piece.slice(0, at), piece.slice(at)];
      if (ids.has(pair[0]) && ids.has(pair[1])) found.push(pair);
    }
    return found;
  });
}

const width = (text: string, at: number): number => ((text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1);
