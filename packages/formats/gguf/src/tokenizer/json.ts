// A tokenizer.json as it comes from anywhere: what is asked for is checked.

import { GGUFError } from "../error.js";

/** A parsed object. */
export type Json = Readonly<Record<string, unknown>>;

/** A field of its own, not one that it inherits; undefined for null as well. */
export const own = (json: Json, key: string): unknown =>
  Object.hasOwn(json, key) ? (json[key] ?? undefined) : undefined;

/** An object. @throws GGUFError, which names the path */
export function record(value: unknown, path: string): Json {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Json;
  throw new GGUFError(`tokenizer.json: ${path} must be an object`);
}

/** A token that stands beside the vocabulary. */
export interface AddedToken {
  content: string;
  id: number;
  special: boolean;
}

/** `added_tokens`. */
export function addedTokens(json: Json): AddedToken[] {
  const list = own(json, "added_tokens") ?? [];
  if (!Array.isArray(list)) throw new GGUFError("tokenizer.json: added_tokens must be an array");
  return list.map((each, i) => {
    const { content, id, special } = record(each, `added_tokens[${i}]`);
    if (typeof content === "string" && typeof id === "number") return { content, id, special: special === true };
    throw new GGUFError(`tokenizer.json: added_tokens[${i}] must have a content and an id`);
  });
}

/** The model's tokens and their ids, for kinds that have an object of them. */
export function vocabularyIds(model: Json): Map<string, number> {
  const vocab = record(own(model, "vocab"), "model.vocab");
  return new Map(Object.entries(vocab) as [string, number][]);
}

/** All tokens, the added ones too, and their ids. */
export function allIds(ids: ReadonlyMap<string, number>, added: readonly AddedToken[]): Map<string, number> {
  return new Map([...ids, ...added.map(({ content, id }) => [content, id] as const)]);
}

/** Merges are "left right", or ["left", "right"] in files since 2024. */
export function mergesOf(model: Json): [left: string, right: string][] {
  const list = own(model, "merges");
  if (!Array.isArray(list)) throw new GGUFError("tokenizer.json: model.merges must be an array");
  return list.map((merge, i) => {
    const parts = typeof merge === "string" ? merge.split(" ") : merge;
    if (Array.isArray(parts) && parts.length === 2 && parts.every((part) => typeof part === "string"))
      return parts as [string, string];
    throw new GGUFError(`tokenizer.json: model.merges[${i}] must be two tokens`);
  });
}

const members: Readonly<Record<string, string>> = {
  normalizer: "normalizers",
  pre_tokenizer: "pretokenizers",
  post_processor: "processors",
};

/** The steps of a stage, those of a Sequence one by one. */
export function stepsOf(json: Json, stage: "normalizer" | "pre_tokenizer" | "post_processor"): Json[] {
  const flatten = (value: unknown, depth: number): Json[] => {
    if (value === undefined) return [];
    const step = record(value, stage);
    const inner = own(step, members[stage] as string);
    if (own(step, "type") !== "Sequence" || !Array.isArray(inner) || depth > 8) return [step];
    return inner.flatMap((each) => flatten(each, depth + 1));
  };
  return flatten(own(json, stage), 0);
}

/** The expression of a step that has one. */
export const regexOf = (step: Json): string | undefined => patternOf(step, "Regex");

/** The text of a step that has one. */
export const literalOf = (step: Json): string | undefined => patternOf(step, "String");

function patternOf(step: Json, kind: "Regex" | "String"): string | undefined {
  const pattern = own(step, "pattern");
  const text = typeof pattern === "object" ? own(pattern as Json, kind) : undefined;
  return typeof text === "string" ? text : undefined;
}

/** A tokenizer.json with what every kind has; `stages` has the rest. */
export function fileOf(
  stages: Partial<Record<"normalizer" | "pre_tokenizer" | "post_processor" | "decoder", object | null>>,
  added: readonly AddedToken[],
  model: object,
): Json {
  const flags = { single_word: false, lstrip: false, rstrip: false, normalized: false };
  return {
    version: "1.0",
    ...{ truncation: null, padding: null },
    added_tokens: added.map(({ id, content, special }) => ({ id, content, ...flags, special })),
    ...{ normalizer: null, pre_tokenizer: null, post_processor: null, decoder: null },
    ...stages,
    model,
  };
}

/** The settings of BPE that all kinds of it share. */
export const bpeSettings: Json = {
  ...{ type: "BPE", dropout: null, unk_token: null, continuing_subword_prefix: null, end_of_word_suffix: null },
  ...{ fuse_unk: false, byte_fallback: false, ignore_merges: false },
};

/** A value as a name, or as a message shows it; String() would call methods that the file may have replaced. */
export const nameOf = (value: unknown): string =>
  typeof value === "string" ? value : (JSON.stringify(value) ?? "undefined").slice(0, 100);
