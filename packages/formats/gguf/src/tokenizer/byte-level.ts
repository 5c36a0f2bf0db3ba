// BPE on bytes: tokenizer.ggml.model = "gpt2", with merges, and in .pre the name of how text is cut up. A vocabulary of
// characters is stored as the same: those of several bytes get the merges that join them.

import { GGUFError } from "../error.js";
import { type MetadataReader, type MetadataValue, string, strings } from "../metadata.js";
import { readRoles, roleMetadata } from "./around.js";
import { byteLevelText, isByteLevel, textOfByteLevel } from "./byte-characters.js";
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
  stepsOf,
  vocabularyIds,
} from "./json.js";
import { everyCharacter, preTokenizerName, preTokenizerOf } from "./pre-tokenizers.js";
import {
  addedOf,
  quoted,
  readVocabulary,
  tokenTypes,
  type Vocabulary,
  vocabularyMetadata,
  vocabularyOf,
} from "./vocabulary.js";

/** Metadata of byte-level BPE. */
export function byteLevelToGGUF(json: Json, vocabSize: number): Map<string, MetadataValue> {
  const model = record(own(json, "model"), "model");
  const ids = vocabularyIds(model);
  const added = addedTokens(json);
  const all = allIds(ids, added);
  const pre = preTokenizerName(json, {
    wholePieces: own(model, "ignore_merges") === true,
    glm: all.has("[gMASK]"),
  });
  unnormalized(json);
  const characters = pre === "characters";
  const merges = mergesOf(model).map((pair) => pair.join(" "));
  const beside = new Set(added.map(({ content }) => content));
  if (characters) for (const token of ids.keys()) if (!beside.has(token)) merges.push(...joins(token));
  const entries = [...ids].map(([token, id]) => ({
    id,
    token: characters ? byteLevelText(token) : token,
    type: tokenTypes.normal,
  }));
  const metadata = vocabularyMetadata("gpt2", vocabularyOf(entries, added, vocabSize));
  metadata.set("tokenizer.ggml.pre", string(characters ? "gpt-2" : pre));
  metadata.set("tokenizer.ggml.merges", strings(merges));
  return new Map([...metadata, ...roleMetadata(json, all)]);
}

/** llama.cpp changes no text for this kind. Files of the Qwens ask for NFC, which most text is in already. */
function unnormalized(json: Json): void {
  for (const step of stepsOf(json, "normalizer")) {
    const type = nameOf(own(step, "type"));
    if (type !== "NFC")
      throw new GGUFError(
        `tokenizer.json: the normalizer ${type} cannot be stored, since llama.cpp gives byte-level BPE its text as it is; train without one`,
      );
  }
}

/** The merges that join a character's bytes, first to last. */
function joins(character: string): string[] {
  const bytes = byteLevelText(character);
  return Array.from({ length: bytes.length - 1 }, (_, i) => `${bytes.slice(0, i + 1)} ${bytes[i + 1]}`);
}

/** A tokenizer.json of byte-level BPE. */
export function byteLevelFromGGUF(read: MetadataReader): Json {
  const vocabulary = readVocabulary(read);
  const { json, wholePieces } = preTokenizerOf(read.text("tokenizer.ggml.pre", "default"));
  const ids = normalIds(vocabulary);
  const list = read.texts("tokenizer.ggml.merges");
  const defaults = { ids: {}, addBos: wholePieces, addEos: false, addSep: false };
  const { postProcessor, special } = readRoles(read, vocabulary, defaults);
  const added = addedOf(vocabulary, special);
  const characters = charactersOf(ids);
  if (characters) {
    const model = { ...bpeSettings, vocab: Object.fromEntries(characters), merges: [] };
    const stages = { pre_tokenizer: everyCharacter, post_processor: postProcessor, decoder: { type: "Fuse" } };
    return fileOf(stages, added, model);
  }
  const merges = list.map((merge, i) => checkedMerge(merge, i, ids));
  const model = { ...bpeSettings, ignore_merges: wholePieces, vocab: Object.fromEntries(ids), merges };
  const decoder = { type: "ByteLevel", add_prefix_space: true, trim_offsets: true, use_regex: true };
  return fileOf({ pre_tokenizer: json, post_processor: postProcessor, decoder }, added, model);
}

/** Some files have tokens that are not spelled in bytes, and that no text becomes; they keep what they stand for. */
function normalIds({ tokens, types }: Vocabulary): Map<string, number> {
  const known = new Set(tokens);
  const ids = new Map<string, number>();
  for (const [id, token] of tokens.entries()) {
    if (types[id] !== tokenTypes.normal && types[id] !== tokenTypes.undefined) continue;
    if (isByteLevel(token)) ids.set(token, id);
    else if (!known.has(byteLevelText(token))) ids.set(byteLevelText(token), id);
  }
  return ids;
}

/** The characters of a vocabulary that has nothing else. One of bytes has some that are only parts of characters. */
function charactersOf(ids: ReadonlyMap<string, number>): Map<string, number> | undefined {
  const characters = new Map<string, number>();
  for (const [token, id] of ids) {
    const text = textOfByteLevel(token);
    if (text === undefined || [...text].length !== 1) return undefined;
    characters.set(text, id);
  }
  return characters;
}

/** The first character of a merge may be a blank itself. */
function checkedMerge(merge: string, i: number, ids: ReadonlyMap<string, number>): string {
  const at = merge.indexOf(" ", 1);
  const parts = [merge.slice(0, Math.max(at, 0)), merge.slice(at + 1)];
  if (at > 0 && [...parts, parts.join("")].every((token) => ids.has(token))) return merge;
  throw new GGUFError(
    `metadata "tokenizer.ggml.merges": merge ${i}, ${quoted(merge)}, must be two tokens that make a third`,
  );
}
