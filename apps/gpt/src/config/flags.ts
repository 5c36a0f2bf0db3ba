// Flags made from a schema: name, description, default and type stand in one place.

import { type Command, InvalidArgumentError, Option } from "commander";
import type { z } from "zod";
import { flagOf } from "./resolve.js";

interface Definition {
  type: string;
  innerType?: z.ZodType;
  defaultValue?: unknown;
  entries?: Record<string, string>;
}

const definitionOf = (schema: z.ZodType): Definition => (schema as unknown as { def: Definition }).def;

/** Adds a flag for each key of a shape. What the user does not give stays undefined. */
export function addFlags(command: Command, shape: Record<string, z.ZodType>, heading?: string): Command {
  if (heading) command.optionsGroup(heading);
  for (const [key, schema] of Object.entries(shape)) {
    const { inner, fallback } = unwrap(schema);
    const { type, entries } = definitionOf(inner);
    const boolean = type === "boolean";
    const option = new Option(
      `${flagOf(key)}${boolean ? "" : type === "array" ? " <value...>" : " <value>"}`,
      describe(schema, fallback),
    );
    if (type === "number") option.argParser(parseNumber);
    if (entries) option.choices(Object.keys(entries));
    command.addOption(option);
    if (boolean) command.addOption(new Option(flagOf(key).replace("--", "--no-"), `not ${flagOf(key)}`).hideHelp());
  }
  return command;
}

function unwrap(schema: z.ZodType): { inner: z.ZodType; fallback?: unknown } {
  const { type, innerType, defaultValue } = definitionOf(schema);
  if (type === "default") return { inner: innerType as z.ZodType, fallback: defaultValue };
  return type === "optional" ? { inner: innerType as z.ZodType } : { inner: schema };
}

function describe(schema: z.ZodType, fallback: unknown): string {
  const text = schema.description ?? (definitionOf(schema).innerType as z.ZodType | undefined)?.description ?? "";
  return fallback === undefined
    ? text
    : `${text} (default: ${typeof fallback === "string" ? JSON.stringify(fallback) : fallback})`;
}

/** A finite number. */
export function parseNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value)) throw new InvalidArgumentError("expected a number.");
  return value;
}
