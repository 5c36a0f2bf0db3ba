// Metadata: what a file says about its model, as typed values under dotted keys.
//
// The types are kept, because llama.cpp refuses a uint64 where it expects a uint32.

import { GGUFError } from "./error.js";

/** Types of numbers that fit a JavaScript number. */
export type NumberType = "uint8" | "int8" | "uint16" | "int16" | "uint32" | "int32" | "float32" | "float64";

/** A typed value. Arrays are of one type; arrays in arrays are values of their own. */
export type MetadataValue = ScalarValue | ArrayValue;

/** A value that is no array. */
export type ScalarValue =
  | { type: NumberType; value: number }
  | { type: "uint64" | "int64"; value: bigint }
  | { type: "bool"; value: boolean }
  | { type: "string"; value: string };

/** An array of values of one type. */
export type ArrayValue =
  | { type: "array"; of: NumberType; value: readonly number[] }
  | { type: "array"; of: "uint64" | "int64"; value: readonly bigint[] }
  | { type: "array"; of: "bool"; value: readonly boolean[] }
  | { type: "array"; of: "string"; value: readonly string[] }
  | { type: "array"; of: "array"; value: readonly ArrayValue[] };

/** All of a file's metadata, in the file's order. */
export type Metadata = ReadonlyMap<string, MetadataValue>;

/** A type of metadata, as its name here. */
export type MetadataType = ScalarValue["type"] | "array";

/** In the order of their numbers in a file. */
export const metadataTypes: readonly MetadataType[] = [
  "uint8",
  "int8",
  "uint16",
  "int16",
  "uint32",
  "int32",
  "float32",
  "bool",
  "string",
  "array",
  "uint64",
  "int64",
  "float64",
];

/** A uint32, which is what llama.cpp expects of sizes and ids. */
export const uint32 = (value: number): MetadataValue => ({ type: "uint32", value });
/** A float32. */
export const float32 = (value: number): MetadataValue => ({ type: "float32", value });
/** A bool. */
export const bool = (value: boolean): MetadataValue => ({ type: "bool", value });
/** A string. */
export const string = (value: string): MetadataValue => ({ type: "string", value });

/** An array of strings. */
export const strings = (value: readonly string[]): MetadataValue => ({ type: "array", of: "string", value });
/** An array of numbers of one type. */
export const numbers = (of: NumberType, value: readonly number[]): MetadataValue => ({ type: "array", of, value });

/** What of metadata is asked for, checked. */
export interface MetadataReader {
  /** An integer or float of any width. */
  number(key: string, fallback?: number): number;
  text(key: string, fallback?: string): string;
  boolean(key: string, fallback?: boolean): boolean;
  texts(key: string): readonly string[];
  numbers(key: string): readonly number[];
  has(key: string): boolean;
}

/**
 * Reads metadata by key. Each method throws GGUFError, naming the key, when it is missing without a fallback or
 * has another type.
 */
export function readMetadata(metadata: Metadata): MetadataReader {
  const wrong = (key: string, expected: string): GGUFError => {
    const found = metadata.get(key);
    return new GGUFError(
      `metadata "${key}" must be ${expected}, ${found ? `got ${describe(found)}` : "but the file does not have it"}`,
    );
  };
  const read = <T>(
    key: string,
    expected: string,
    fallback: T | undefined,
    match: (v: MetadataValue) => T | undefined,
  ) => {
    const found = metadata.get(key);
    const value = found ? match(found) : fallback;
    if (value === undefined) throw wrong(key, expected);
    return value;
  };
  return {
    has: (key) => metadata.has(key),
    number: (key, fallback) => read(key, "a number", fallback, numberOf),
    text: (key, fallback) => read(key, "a string", fallback, (v) => (v.type === "string" ? v.value : undefined)),
    boolean: (key, fallback) => read(key, "a bool", fallback, (v) => (v.type === "bool" ? v.value : undefined)),
    texts: (key) =>
      read(key, "an array of strings", undefined, (v) =>
        v.type === "array" && v.of === "string" ? v.value : undefined,
      ),
    numbers: (key) => read(key, "an array of numbers", undefined, numbersOf),
  };
}

function numberOf(value: MetadataValue): number | undefined {
  if (typeof value.value === "number") return value.value;
  return typeof value.value === "bigint" ? Number(value.value) : undefined;
}

function numbersOf(value: MetadataValue): readonly number[] | undefined {
  if (value.type !== "array") return undefined;
  if (value.of === "uint64" || value.of === "int64") return (value.value as readonly bigint[]).map(Number);
  if (value.of === "string" || value.of === "bool" || value.of === "array") return undefined;
  return value.value as readonly number[];
}

function describe(value: MetadataValue): string {
  if (value.type === "array") return `an array of ${value.of}`;
  const text = String(value.value);
  return `the ${value.type} ${text.length > 60 ? `${text.slice(0, 60)}…` : text}`;
}
