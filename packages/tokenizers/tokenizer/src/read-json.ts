// Reading a Hugging Face tokenizer.json. It may come from anywhere: every field is checked before it is used, and whatever
// is wrong ends in a TokenizerError that names the place. Settings that would change the ids and are not known here
// are refused; those that do not touch ids (truncation, padding, post-processor, offsets) are skipped.

import { BPE, BpeError } from "@llm/bpe";
import type { NextBoundary, PretokenizerName } from "@llm/pretokenize";
import type { AddedToken } from "./added-tokens.js";
import { ByteLevelModel, bytesOf } from "./byte-level-model.js";
import { CharModel, EVERY_CHARACTER } from "./char-model.js";
import { array, fail, field, id, type JsonObject, object, string, unset } from "./check.js";
import { TokenizerError } from "./error.js";
import type { Model } from "./model.js";
import type { NormalizerName } from "./normalizers.js";
import { expressions, patternOf } from "./patterns.js";
import type { TokenizerConfig } from "./tokenizer.js";

/** Options of `Tokenizer.fromJSON`. */
export interface ReadOptions {
  /** How to cut text into pieces if the file has an expression that is not known here. */
  scanner?: NextBoundary;
}

/** What a tokenizer.json, as text or parsed, says. */
export function readTokenizerJson(json: unknown, options: ReadOptions): TokenizerConfig {
  const file = object(typeof json === "string" ? parse(json) : json, "the file");
  const addedTokens = readAddedTokens(field(file, "added_tokens"));
  const pattern = readPreTokenizer(field(file, "pre_tokenizer"), options);
  const model = object(field(file, "model"), "model");
  if (field(model, "type") !== undefined && field(model, "type") !== "BPE") {
    fail("model.type", '"BPE", the only kind known here', field(model, "type"));
  }
  unset(model, ["dropout", "continuing_subword_prefix", "end_of_word_suffix", "byte_fallback", "fuse_unk"], "model");
  return {
    model: pattern === "characters" ? readCharacters(model, addedTokens) : readBpe(model, addedTokens),
    ...(pattern === undefined ? { scanner: options.scanner } : pattern === "characters" ? {} : { pattern }),
    normalizers: readNormalizers(field(file, "normalizer")),
    addedTokens,
  };
}

/** Runs `f`; a BpeError becomes a TokenizerError. */
export function wrapErrors<T>(where: string, f: () => T): T {
  try {
    return f();
  } catch (error) {
    if (error instanceof BpeError) throw new TokenizerError(`${where}: ${error.message}`, { cause: error });
    throw error;
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new TokenizerError(`tokenizer.json: the file is not JSON, or cut off: ${(error as Error).message}`);
  }
}

function readAddedTokens(value: unknown): AddedToken[] {
  return array(value ?? [], "added_tokens").map((each, i) => {
    const path = `added_tokens[${i}]`;
    const token = object(each, path);
    unset(token, ["single_word", "lstrip", "rstrip"], path);
    return {
      content: string(field(token, "content"), `${path}.content`),
      id: id(field(token, "id"), `${path}.id`),
      special: field(token, "special") === true,
    };
  });
}

function readNormalizers(value: unknown): NormalizerName[] {
  if (value === undefined) return [];
  const normalizer = object(value, "normalizer");
  const inner =
    field(normalizer, "type") === "Sequence"
      ? array(field(normalizer, "normalizers"), "normalizer.normalizers")
      : [normalizer];
  // Unknown names are refused where they are looked up.
  return inner.map((each) => string(field(object(each, "normalizer"), "type"), "normalizer.type") as NormalizerName);
}

/** The name of the pre-tokenizer; undefined for an expression that is not known, if the caller has a scanner for it. */
function readPreTokenizer(value: unknown, { scanner }: ReadOptions): PretokenizerName | "characters" | undefined {
  const outer = object(value, "pre_tokenizer");
  const stages =
    field(outer, "type") === "Sequence" ? array(field(outer, "pretokenizers"), "pre_tokenizer.pretokenizers") : [outer];
  let expression: string | undefined;
  let byteLevel = false;
  for (const each of stages) {
    const stage = object(each, "pre_tokenizer");
    const type = field(stage, "type");
    if (type === "Split" && expression === undefined) expression = readSplit(stage);
    else if (type === "ByteLevel" && !byteLevel) {
      byteLevel = true;
      unset(stage, ["add_prefix_space"], "pre_tokenizer");
      if (field(stage, "use_regex") !== false) {
        if (expression !== undefined) fail("pre_tokenizer", "a Split or ByteLevel's own expression, not both", outer);
        expression = expressions.gpt2;
      }
    } else fail("pre_tokenizer", "ByteLevel, or Split and ByteLevel", outer);
  }
  if (!byteLevel && expression === EVERY_CHARACTER) return "characters";
  if (!byteLevel) fail("pre_tokenizer", "byte-level (a stage of type ByteLevel)", outer);
  const pattern = expression === undefined ? undefined : patternOf(expression);
  if (!pattern && !scanner) {
    fail(
      "pre_tokenizer",
      `one of the expressions of ${Object.keys(expressions).join(", ")} (else give a scanner)`,
      expression,
    );
  }
  return pattern;
}

function readSplit(stage: JsonObject): string {
  if (field(stage, "behavior") !== "Isolated") fail("pre_tokenizer.behavior", '"Isolated"', field(stage, "behavior"));
  unset(stage, ["invert"], "pre_tokenizer");
  return string(
    field(object(field(stage, "pattern"), "pre_tokenizer.pattern"), "Regex"),
    "pre_tokenizer.pattern.Regex",
  );
}

function readBpe(model: JsonObject, addedTokens: AddedToken[]): Model {
  // An unk_token is skipped: bytes leave nothing unknown, and a byte without a token is an error when it comes up.
  const special = new Set(addedTokens.filter((token) => token.special).map((token) => token.content));
  const ids = new Map<string, number>();
  const vocabulary: [Uint8Array, number][] = [];
  for (const [token, value] of Object.entries(object(field(model, "vocab"), "model.vocab"))) {
    if (special.has(token)) continue; // GPT-2's file lists <|endoftext|> here too
    const path = `model.vocab[${JSON.stringify(token)}]`;
    ids.set(token, id(value, path));
    vocabulary.push([
      bytesOf(token) ?? fail(path, "written in byte-level characters, such as Ġ for a space", token),
      value as number,
    ]);
  }
  const merges = array(field(model, "merges"), "model.merges").map((merge, i) =>
    readMerge(merge, `model.merges[${i}]`, ids),
  );
  const wholePieces = field(model, "ignore_merges") === true;
  return wrapErrors("tokenizer.json", () => new ByteLevelModel(BPE.fromMerges(merges, { vocabulary, wholePieces })));
}

/** A merge is "left right", or ["left", "right"] in files since 2024. */
function readMerge(merge: unknown, path: string, ids: ReadonlyMap<string, number>): [number, number] {
  const parts = typeof merge === "string" ? merge.split(" ") : array(merge, path);
  if (parts.length !== 2) fail(path, "two tokens", merge);
  const idOf = (part: unknown): number =>
    ids.get(string(part, path)) ?? fail(path, "made of tokens of the vocabulary", part);
  return [idOf(parts[0]), idOf(parts[1])];
}

function readCharacters(model: JsonObject, addedTokens: AddedToken[]): Model {
  if (array(field(model, "merges"), "model.merges").length > 0)
    fail("model.merges", "empty, as tokens are characters", "merges");
  const added = new Map(addedTokens.map((token) => [token.content, token.id]));
  const vocab = new Map<string, number>();
  for (const [token, value] of Object.entries(object(field(model, "vocab"), "model.vocab"))) {
    const path = `model.vocab[${JSON.stringify(token)}]`;
    if (!added.has(token)) vocab.set(token, id(value, path));
  }
  const token = field(model, "unk_token");
  if (token === undefined) return new CharModel({ vocab });
  const unknownId = added.get(string(token, "model.unk_token"));
  if (unknownId === undefined) fail("model.unk_token", "one of added_tokens", token);
  return new CharModel({ vocab, unknown: { token: token as string, id: unknownId } });
}
