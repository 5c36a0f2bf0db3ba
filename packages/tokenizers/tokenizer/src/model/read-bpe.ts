// BPE of tokenizer.json: on bytes where the pre-tokenizer makes bytes, on characters elsewhere.

import { BPE } from "@llm/bpe";
import { CharacterBPE } from "@llm/bpe/characters";
import type { AddedToken } from "../added-tokens.js";
import { array, fail, field, flag, type JsonObject, string, unset } from "../check.js";
import { bytesOf, fallbackByte } from "../decoder/bytes.js";
import type { PreTokenizer } from "../stage/pre-tokenizer.js";
import { ByteLevelModel } from "./byte-level.js";
import { CharacterBpeModel, type CharacterBpeSettings } from "./character-bpe.js";
import type { Model } from "./model.js";
import { readVocabulary } from "./vocabulary.js";

export function readBpe(model: JsonObject, split: PreTokenizer, added: readonly AddedToken[]): Model {
  unset(model, ["dropout"], "model");
  const vocabulary = readVocabulary(model);
  const ids = new Map(vocabulary);
  const merges = array(field(model, "merges"), "model.merges").map((merge, i) =>
    readMerge(merge, `model.merges[${i}]`, ids),
  );
  return split.bytes === "none"
    ? onCharacters(model, vocabulary, ids, merges, added)
    : onBytes(model, vocabulary, merges, split.bytes, added);
}

type Vocabulary = [string, number][];
type Merges = [number, number][];

function onBytes(
  model: JsonObject,
  vocabulary: Vocabulary,
  merges: Merges,
  input: "text" | "written",
  added: readonly AddedToken[],
): Model {
  unset(model, ["continuing_subword_prefix", "end_of_word_suffix"], "model");
  // An unk_token is skipped: bytes leave nothing unknown, and a byte without a token is an error when it comes up.
  const special = new Set(added.filter((token) => token.special).map((token) => token.content));
  const beside = new Set(added.map((token) => token.content));
  const tokens: [Uint8Array, number][] = [];
  for (const [token, id] of vocabulary) {
    if (special.has(token)) continue; // GPT-2's file lists <|endoftext|> in the vocabulary too.
    const bytes = bytesOf(token);
    if (bytes) tokens.push([bytes, id]);
    else if (!beside.has(token))
      fail(`model.vocab[${JSON.stringify(token)}]`, "written in byte-level characters, such as Ġ for a space", token);
  }
  const wholePieces = flag(model, "ignore_merges", false, "model");
  return new ByteLevelModel(BPE.fromMerges(merges, { vocabulary: tokens, wholePieces }), input);
}

function onCharacters(
  model: JsonObject,
  vocabulary: Vocabulary,
  ids: ReadonlyMap<string, number>,
  merges: Merges,
  added: readonly AddedToken[],
): Model {
  const unknown = field(model, "unk_token");
  const unknownId = unknown === undefined ? undefined : ids.get(string(unknown, "model.unk_token"));
  if (unknown !== undefined && unknownId === undefined) fail("model.unk_token", "a token of the vocabulary", unknown);
  const settings: CharacterBpeSettings = {
    byteFallback: flag(model, "byte_fallback", false, "model"),
    fuseUnknown: flag(model, "fuse_unk", false, "model"),
    wholePieces: flag(model, "ignore_merges", false, "model"),
    continuingSubwordPrefix: string(field(model, "continuing_subword_prefix") ?? "", "model.continuing_subword_prefix"),
    endOfWordSuffix: string(field(model, "end_of_word_suffix") ?? "", "model.end_of_word_suffix"),
    // Without an unknown token, characters that are no token are left out, as by Hugging Face.
    unknown: unknownId ?? "drop",
  };
  const isReserved = reserving(merges, added, settings.byteFallback ?? false);
  const options = {
    vocabulary: vocabulary.filter((token) => !isReserved(token)),
    reserved: vocabulary.filter(isReserved),
    ...settings,
  };
  return new CharacterBpeModel(CharacterBPE.fromMerges(merges, options), settings);
}

/** Special tokens and bytes are nothing that text becomes by being spelled out, as long as no merge says so. */
function reserving(
  merges: Merges,
  added: readonly AddedToken[],
  byteFallback: boolean,
): (token: [string, number]) => boolean {
  const special = new Set(added.filter((token) => token.special).map((token) => token.content));
  const merged = new Set(merges.flat());
  return ([token, id]) =>
    [...token].length > 1 &&
    !merged.has(id) &&
    (special.has(token) || (byteFallback && fallbackByte(token) !== undefined));
}

/** A merge is "left right", or ["left", "right"] in files since 2024. */
function readMerge(merge: unknown, path: string, ids: ReadonlyMap<string, number>): [number, number] {
  const parts = typeof merge === "string" ? merge.split(" ") : array(merge, path);
  if (parts.length !== 2) fail(path, "two tokens", merge);
  const idOf = (part: unknown): number =>
    ids.get(string(part, path)) ?? fail(path, "made of tokens of the vocabulary", part);
  return [idOf(parts[0]), idOf(parts[1])];
}
