// The first stage, text to text, as tokenizer.json describes it.

import {
  align,
  bert,
  compose,
  identity,
  lowercaseByCharacter,
  type Normalizer,
  nfc,
  nfd,
  nfkc,
  nfkd,
  nmt,
  prepend,
  removeMarks,
  trim,
  wellFormed,
} from "@llm/normalize";
import { array, fail, field, flag, type JsonObject, object, string } from "../check.js";
import { checkGrown, checkStage, grownLimit } from "./limits.js";
import { readPrecompiled } from "./precompiled.js";
import { readReplace } from "./replace.js";

/** A normalizer, and tokenizer.json's entry for it. */
export interface NormalizerStage {
  readonly normalize: Normalizer;
  readonly json: object | null;
}

/** Normalizers that have no settings, by their name in tokenizer.json. */
export type NormalizerName = "NFC" | "NFD" | "NFKC" | "NFKD" | "Lowercase" | "StripAccents" | "Nmt";

/** For steps that U+FFFD is something to: half of a character alone is that, as no UTF-8 has it. */
const onWellFormed = (step: Normalizer): Normalizer => compose(wellFormed, step);

const plain: Record<NormalizerName, Normalizer> = {
  NFC: nfc,
  NFD: nfd,
  NFKC: nfkc,
  NFKD: nfkd,
  Lowercase: lowercaseByCharacter,
  StripAccents: removeMarks,
  Nmt: onWellFormed(nmt),
};

type Reader = (value: JsonObject, path: string) => Normalizer;

/** It is put before each stretch of text between added tokens. */
const MAX_PREFIX = 1024;

const readers: Record<string, Reader> = {
  BertNormalizer: (value, path) => {
    const lowercase = flag(value, "lowercase", true, path);
    return bert({
      cleanText: flag(value, "clean_text", true, path),
      spaceIdeographs: flag(value, "handle_chinese_chars", true, path),
      lowercase,
      stripAccents: flag(value, "strip_accents", lowercase, path),
    });
  },
  Replace: (value, path) => {
    const literal = field((field(value, "pattern") ?? {}) as JsonObject, "String");
    const step = readReplace(value, path);
    return typeof literal === "string" && !literal.includes("\ufffd") ? step : onWellFormed(step);
  },
  Prepend: (value, path) => {
    const prefix = string(field(value, "prepend"), `${path}.prepend`);
    if (prefix.length > MAX_PREFIX) fail(`${path}.prepend`, `${MAX_PREFIX} characters at most`, prefix);
    return prepend(prefix);
  },
  Strip: (value, path) =>
    trim({ left: flag(value, "strip_left", true, path), right: flag(value, "strip_right", true, path) }),
  Precompiled: readPrecompiled,
};

/** A normalizer as tokenizer.json describes it, or by its name there. Throws TokenizerError. */
export function normalizer(json: unknown): NormalizerStage {
  if (json === undefined || json === null) return { normalize: identity, json: null };
  const value = object(typeof json === "string" ? { type: json } : json, "normalizer");
  checkStage(value, "normalizer");
  const steps = read(value, "normalizer", 0);
  return { normalize: steps.length === 1 ? steps[0]! : bounded(compose(...steps), steps), json: value };
}

/** The steps one after the other, as `whole` composes them, refusing what makes a text many times as long. */
function bounded(whole: Normalizer, steps: readonly Normalizer[]): Normalizer {
  const apply = (text: string): string => {
    const limit = grownLimit(text.length);
    return steps.reduce((current, step) => {
      const next = step(current);
      checkGrown(text.length, next.length, limit, "normalizer");
      return next;
    }, text);
  };
  const alignAll = (text: string): ReturnType<typeof align> => {
    apply(text);
    return align(whole, text);
  };
  return Object.assign(apply, { align: alignAll });
}

/** Several normalizers, one after the other. */
export function normalizers(list: readonly (NormalizerName | object)[]): NormalizerStage {
  const entries = list.flatMap((each) => (typeof each === "string" ? { type: each } : members(each)));
  return normalizer(entries.length < 2 ? entries[0] : { type: "Sequence", normalizers: entries });
}

/** A sequence within a sequence says no more than its members. */
function members(entry: object): object[] {
  const { type, normalizers: inner } = entry as { type?: unknown; normalizers?: unknown };
  return type === "Sequence" && Array.isArray(inner) ? inner : [entry];
}

function read(value: JsonObject, path: string, depth: number): Normalizer[] {
  const type = field(value, "type");
  if (type === "Sequence" && depth < 8) {
    return array(field(value, "normalizers"), `${path}.normalizers`).flatMap((each, i) =>
      read(object(each, `${path}.normalizers[${i}]`), `${path}.normalizers[${i}]`, depth + 1),
    );
  }
  if (typeof type === "string" && Object.hasOwn(plain, type)) return [plain[type as NormalizerName]];
  if (typeof type === "string" && Object.hasOwn(readers, type)) return [readers[type]!(value, path)];
  return fail(`${path}.type`, `one of Sequence, ${[...Object.keys(plain), ...Object.keys(readers)].join(", ")}`, type);
}
