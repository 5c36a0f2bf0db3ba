// Is the value at this place of a file what it has to be? Each check returns the value, typed, or says what is wrong.

import { TokenizerError } from "./error.js";

/** A parsed JSON object. */
export type JsonObject = Readonly<Record<string, unknown>>;

export function fail(path: string, expected: string, got: unknown): never {
  const shown =
    typeof got === "object" && got !== null ? (Array.isArray(got) ? "an array" : "an object") : JSON.stringify(got);
  const cut = shown && shown.length > 60 ? `${shown.slice(0, 60)}…` : (shown ?? "nothing");
  // A path may hold a token of the file.
  const place = path.length > 120 ? `${path.slice(0, 120)}…` : path;
  throw new TokenizerError(`tokenizer.json: ${place} must be ${expected}, got ${cut}`);
}

export function object(value: unknown, path: string): JsonObject {
  if (typeof value !== "object" || value === null || Array.isArray(value)) fail(path, "an object", value);
  return value as JsonObject;
}

export function array(value: unknown, path: string): readonly unknown[] {
  return Array.isArray(value) ? value : fail(path, "an array", value);
}

export function string(value: unknown, path: string): string {
  return typeof value === "string" ? value : fail(path, "a string", value);
}

/** Ids stay below this; a claim of billions of tokens must not allocate. */
const MAX_ID = 2 ** 21;

export function id(value: unknown, path: string): number {
  const valid = typeof value === "number" && Number.isInteger(value) && value >= 0 && value < MAX_ID;
  return valid ? value : fail(path, `an id, an integer from 0 to ${MAX_ID - 1}`, value);
}

/** An own field of an object, never one that it inherits. */
export function field(value: JsonObject, name: string): unknown {
  return Object.hasOwn(value, name) ? (value[name] ?? undefined) : undefined;
}

/** A setting that is on or off. */
export function flag(value: JsonObject, name: string, otherwise: boolean, path: string): boolean {
  const got = field(value, name) ?? otherwise;
  return typeof got === "boolean" ? got : fail(`${path}.${name}`, "true or false", got);
}

/** `direction`: which side of a text is cut or filled up. */
export function side(value: JsonObject, path: string): "left" | "right" {
  const got = field(value, "direction") ?? "Right";
  return got === "Left" ? "left" : got === "Right" ? "right" : fail(`${path}.direction`, "Left or Right", got);
}

/** Refuses a setting that changes the ids and is not implemented, rather than giving other ids in silence. */
export function unset(value: JsonObject, names: readonly string[], path: string): void {
  for (const name of names) {
    const got = field(value, name);
    if (got !== undefined && got !== false && got !== "" && got !== 0)
      fail(`${path}.${name}`, "unset (not supported)", got);
  }
}
