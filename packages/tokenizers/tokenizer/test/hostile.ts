// What every test of hostile files asks: a tokenizer that works, or a TokenizerError that says where and why, and either soon.

import fc from "fast-check";
import { expect } from "vitest";
import { type Tokenizer, TokenizerError } from "../src/index.js";

// biome-ignore lint/suspicious/noExplicitAny: the point is to put anything anywhere
export type Json = any;

/** No message of ours begins otherwise: the file or the call, and then what is wrong with which part. */
const NAMED =
  /^(tokenizer\.json|Tokenizer|Tokenizer\.\w+|vocab\.json|merges\.txt|vocab\.txt|tiktoken|sentencepiece|CharModel): ./;
const TEXT = "the cat <|end|> sät 世界 12!\n";
/** A machine that is busy may take its time; what grows without end takes more. */
const SOON = 10_000;

/** Whether `read` gives a tokenizer, which must work then; if not, it must say what is wrong. */
export function survives(read: () => Tokenizer): boolean {
  const start = performance.now();
  try {
    use(read());
    return true;
  } catch (error) {
    if (!(error instanceof TokenizerError)) throw error;
    expect(error.message).toMatch(NAMED);
    expect(error.message.length).toBeLessThan(1200);
    return false;
  } finally {
    expect(performance.now() - start).toBeLessThan(SOON);
  }
}

/** All that a tokenizer can be asked for, on a short text. */
function use(tokenizer: Tokenizer): void {
  const ids = tokenizer.encode(TEXT, { allowedSpecial: "all" });
  expect(ids.every((id) => Number.isInteger(id) && id >= 0)).toBe(true);
  const { offsets } = tokenizer.tokenize(TEXT, { allowedSpecial: "all", pair: "cat" });
  expect(offsets.every(([from, to]) => from >= 0 && from <= to && to <= TEXT.length)).toBe(true);
  expect(tokenizer.decode(ids)).toBeTypeOf("string");
  const stream = tokenizer.decodeStream({ specialTokens: "skip" });
  expect(ids.map((id) => stream.push(id)).join("") + stream.flush()).toBeTypeOf("string");
  for (const id of ids) tokenizer.tokenBytes(id);
  JSON.stringify(tokenizer);
}

/** Values that some part of a file will not like. */
export const anything: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(null, true, false, "", "a", "Ġ", "▁", "__proto__", "constructor", "a b", [], {}, [[]]),
  fc.constantFrom<unknown>(-1, -0, 0, 1, 97, 1.5, -1e308, 1e308, 2 ** 21, 2 ** 31, 2 ** 32, 2 ** 53),
  fc.constantFrom<unknown>({ toString: 1, valueOf: 1 }, { length: 1e9 }, { Regex: "(a+)+$" }, { String: "" }),
  fc.jsonValue(),
);

/** Every place in a JSON value: the objects and lists with their keys. */
export function places(value: Json, found: [Json, string | number][] = []): [Json, string | number][] {
  if (typeof value !== "object" || value === null) return found;
  for (const key of Object.keys(value)) {
    found.push([value, key]);
    places(value[key], found);
  }
  return found;
}

/** A change of a file: where, how, and what is put there. */
export type Change = [spot: number, how: "replace" | "delete" | "rename" | "repeat", value: unknown];

export const changes: fc.Arbitrary<Change[]> = fc.array(
  fc.tuple(fc.nat(), fc.constantFrom("replace", "delete", "rename", "repeat"), anything),
  { minLength: 1, maxLength: 4 },
);

/** Makes the changes; half of the time among the first places, as nearly all of the others are tokens and merges. */
export function change(file: Json, list: readonly Change[]): void {
  for (const [spot, how, value] of list) {
    const all = places(file);
    if (all.length === 0) return;
    const [holder, key] = all[spot % 2 ? spot % all.length : (spot >> 1) % Math.min(all.length, 60)]!;
    // A copy: the next change may put something into it, and the generator hands the same object out again.
    if (how === "replace") holder[key] = structuredClone(value);
    else if (how === "repeat" && Array.isArray(holder)) holder.push(structuredClone(holder[Number(key)]));
    else if (Array.isArray(holder)) holder.splice(Number(key), 1);
    else {
      if (how !== "delete") holder[`${String(JSON.stringify(value)).slice(0, 9)}`] = holder[key];
      if (how !== "repeat") delete holder[key];
    }
  }
}
