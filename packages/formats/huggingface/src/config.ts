// config.json: which architecture, and its sizes. What the keys mean is the model packages' business.

import { HuggingFaceError } from "./error.js";

/** A parsed config.json. */
export type ModelConfig = Readonly<Record<string, unknown>>;

/**
 * Parses a config.json.
 * @throws HuggingFaceError when it is no JSON object
 */
export function parseConfig(text: string): ModelConfig {
  return parseObject(text, "config.json");
}

/** A JSON object. Keys such as `__proto__` stay ordinary keys, which readers must look up as own ones. */
export function parseObject(text: string, file: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new HuggingFaceError(`${file} is not valid JSON: ${(cause as Error).message}`, { cause });
  }
  if (isObject(value)) return value;
  throw new HuggingFaceError(`${file} must hold an object, got ${Array.isArray(value) ? "an array" : String(value)}`);
}

/** Whether the value is an object of JSON. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
