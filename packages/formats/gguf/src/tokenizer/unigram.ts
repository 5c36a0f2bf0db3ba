// Unigram, the pieces whose probabilities multiply to the most: tokenizer.ggml.model = "t5".
//
// Source: src/llama-vocab.cpp of github.com/ggml-org/llama.cpp. Scores are float32 there.

import { GGUFError } from "../error.js";
import { bool, type MetadataReader, type MetadataValue, numbers, string } from "../metadata.js";
import { readRoles, roleMetadata } from "./around.js";
import { compileCharsmap } from "./charsmap.js";
import { addedTokens, allIds, fileOf, type Json, own, record } from "./json.js";
import { pieceType } from "./sentencepiece-bpe.js";
import { readText, textStages } from "./sentencepiece-text.js";
import { addedOf, type Entry, readVocabulary, tokenTypes, vocabularyMetadata, vocabularyOf } from "./vocabulary.js";

/** Metadata of Unigram. */
export function unigramToGGUF(json: Json, vocabSize: number): Map<string, MetadataValue> {
  const model = record(own(json, "model"), "model");
  const pieces = piecesOf(model);
  const unknown = own(model, "unk_id");
  if (typeof unknown !== "number" || !pieces[unknown])
    throw new GGUFError(
      "tokenizer.json: model.unk_id must be the place of a piece; llama.cpp needs one for what is unknown",
    );
  const byteFallback = own(model, "byte_fallback") === true;
  const { charsmap, rules, removeExtra, addPrefix } = readText(json);
  const entries = pieces.map(([token, score], id): Entry => {
    return { id, token, score, type: id === unknown ? tokenTypes.unknown : pieceType(token, byteFallback) };
  });
  const added = addedTokens(json);
  const vocabulary = vocabularyOf(entries, added, vocabSize);
  const metadata = vocabularyMetadata("t5", vocabulary);
  metadata.set("tokenizer.ggml.pre", string("default"));
  metadata.set("tokenizer.ggml.scores", numbers("float32", vocabulary.scores));
  metadata.set("tokenizer.ggml.add_space_prefix", bool(addPrefix));
  metadata.set("tokenizer.ggml.remove_extra_whitespaces", bool(removeExtra));
  const map = charsmap ?? compileCharsmap(rules);
  if (map) metadata.set("tokenizer.ggml.precompiled_charsmap", numbers("uint8", Array.from(map)));
  const ids = allIds(new Map(pieces.map(([piece], id) => [piece, id])), added);
  return new Map([...metadata, ...roleMetadata(json, ids, { unknown })]);
}

function piecesOf(model: Json): [piece: string, score: number][] {
  const vocab = own(model, "vocab");
  if (!Array.isArray(vocab)) throw new GGUFError("tokenizer.json: model.vocab must be an array");
  return vocab.map((each, i) => {
    if (Array.isArray(each) && typeof each[0] === "string" && Number.isFinite(each[1])) return [each[0], each[1]];
    throw new GGUFError(`tokenizer.json: model.vocab[${i}] must be a piece and a score`);
  });
}

/** A tokenizer.json of Unigram. */
export function unigramFromGGUF(read: MetadataReader): Json {
  const vocabulary = readVocabulary(read);
  const { tokens, types, scores } = vocabulary;
  const defaults = { ids: { eos: 1, unknown: 2 }, addBos: false, addEos: true, addSep: false };
  const { ids, postProcessor, special } = readRoles(read, vocabulary, defaults);
  const unknown = types.includes(tokenTypes.unknown) ? types.indexOf(tokenTypes.unknown) : ids.get("unknown");
  if (unknown === undefined)
    throw new GGUFError('metadata "tokenizer.ggml.unknown_token_id" must be the id of a token');
  const removeExtra = read.boolean("tokenizer.ggml.remove_extra_whitespaces", false);
  // llama.cpp puts a blank before each word where it removes others.
  const addPrefix = read.boolean("tokenizer.ggml.add_space_prefix", false) || removeExtra;
  const model = {
    type: "Unigram",
    unk_id: unknown,
    vocab: tokens.map((token, id) => [token, scores[id]]),
    byte_fallback: types.includes(tokenTypes.byte),
  };
  const text = textStages({ charsmap: readCharsmap(read), rules: [], removeExtra, addPrefix });
  return fileOf({ ...text, post_processor: postProcessor }, addedOf(vocabulary, special.add(unknown)), model);
}

const CHARSMAP = "tokenizer.ggml.precompiled_charsmap";

/** An array of int8 or uint8. What is in it is sentencepiece's to check. */
function readCharsmap(read: MetadataReader): Uint8Array | undefined {
  if (!read.has(CHARSMAP)) return undefined;
  const bytes = read.numbers(CHARSMAP);
  const wrong = bytes.findIndex((byte) => !Number.isInteger(byte) || byte < -128 || byte > 255);
  if (wrong !== -1) throw new GGUFError(`metadata "${CHARSMAP}" must be bytes, got ${bytes[wrong]} as value ${wrong}`);
  return Uint8Array.from(bytes, (byte) => byte & 255);
}
