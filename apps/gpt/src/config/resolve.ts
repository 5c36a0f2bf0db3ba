// defaults < preset < file < flags, checked as a whole; an unknown key names the nearest known one.

import { readFile } from "node:fs/promises";
import { closest, distance } from "fastest-levenshtein";
import { parse } from "yaml";
import type { z } from "zod";
import { UserError } from "../ui/error.js";

type Values = Record<string, unknown>;

/**
 * The configuration of a run, each layer overriding the one before.
 *
 * @param layers where it comes from (named in errors) and what it says
 * @throws UserError for an unknown key or a value out of range, naming the layer's key
 */
export function resolveConfig<S extends z.ZodObject>(
  schema: S,
  layers: [source: string, values: Values][],
): z.infer<S> {
  const merged: Values = {};
  for (const [source, values] of layers) {
    for (const [key, value] of Object.entries(values)) {
      if (value === undefined) continue;
      if (!Object.hasOwn(schema.shape, key)) throw new UserError(unknownKey(source, key, Object.keys(schema.shape)));
      merged[key] = value;
    }
  }
  const result = schema.safeParse(merged);
  if (result.success) return result.data;
  const problems = result.error.issues.map(({ path, message }) => `${flagOf(String(path[0] ?? ""))}: ${message}`);
  throw new UserError(problems.join("\n"));
}

/** Reads a JSON or YAML file of settings. */
export async function readConfigFile(path: string): Promise<Values> {
  const text = await readFile(path, "utf8").catch((error: Error) => {
    throw new UserError(`cannot read the configuration ${path}: ${error.message}`);
  });
  let values: unknown;
  try {
    values = parse(text);
  } catch (error) {
    throw new UserError(`${path} is neither JSON nor YAML: ${(error as Error).message.split("\n")[0]}`);
  }
  if (typeof values !== "object" || values === null || Array.isArray(values)) {
    throw new UserError(
      `${path} must hold settings (key: value), got ${Array.isArray(values) ? "a list" : typeof values}`,
    );
  }
  return values as Values;
}

/** `learningRate` → `--learning-rate` */
export function flagOf(key: string): string {
  return `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

function unknownKey(source: string, key: string, known: string[]): string {
  const nearest = closest(key, known);
  const hint =
    distance(key, nearest) <= Math.max(2, key.length / 2)
      ? `did you mean "${nearest}"?`
      : `known keys: ${known.join(", ")}`;
  return `${source}: unknown key "${key}"; ${hint}`;
}
