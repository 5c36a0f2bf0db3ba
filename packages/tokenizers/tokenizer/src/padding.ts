// Fills encodings up to one length, so that a batch becomes a rectangle.
//
// Source: `pad_encodings` of Hugging Face's tokenizers.

import { fail, field, id, type JsonObject, object, side, string } from "./check.js";
import type { Encoding } from "./encoding.js";

/** How encodings are filled up. */
export interface Padding {
  /** "longest" (default): to the longest of the batch; a number: to that many tokens. */
  length?: "longest" | number;
  /** Rounds the length up to a multiple of this. */
  multipleOf?: number;
  /** Which side is filled; default "right". */
  direction?: "right" | "left";
  /** Default 0. */
  id?: number;
  /** Default "[PAD]". */
  token?: string;
  /** Default 0. */
  typeId?: number;
}

/** Fills up each encoding, and what overflowed from it. */
export function pad(encodings: readonly Encoding[], padding: Padding): Encoding[] {
  const { length = "longest", multipleOf = 0 } = padding;
  const longest = encodings.reduce((most, { ids }) => Math.max(most, ids.length), 0);
  let target = length === "longest" ? longest : length;
  if (multipleOf > 0) target = Math.ceil(target / multipleOf) * multipleOf;
  return encodings.map((encoding) => padOne(encoding, target, padding));
}

function padOne(encoding: Encoding, target: number, padding: Padding): Encoding {
  const { direction = "right", id: padId = 0, token = "[PAD]", typeId = 0 } = padding;
  const missing = Math.max(0, target - encoding.ids.length);
  const fill = <T>(list: readonly T[], value: T): T[] => {
    const filling = new Array<T>(missing).fill(value);
    return direction === "right" ? [...list, ...filling] : [...filling, ...list];
  };
  return {
    ids: fill(encoding.ids, padId),
    tokens: fill(encoding.tokens, token),
    offsets: fill<[number, number]>(encoding.offsets, [0, 0]),
    typeIds: fill(encoding.typeIds, typeId),
    attentionMask: fill(encoding.attentionMask, 0),
    specialTokensMask: fill(encoding.specialTokensMask, 1),
    sequenceIds: fill(encoding.sequenceIds, null),
    overflowing: encoding.overflowing.map((each) => padOne(each, target, padding)),
  };
}

/** Longer padding than this, which is filled for each text however short, is a mistake or an attack. */
const MAX_LENGTH = 2 ** 20;

/** tokenizer.json's `padding`. */
export function readPadding(value: unknown): Padding | undefined {
  if (value === undefined) return undefined;
  const padding = object(value, "padding");
  const strategy = field(padding, "strategy");
  return {
    length:
      strategy === "BatchLongest"
        ? "longest"
        : count(object(strategy, "padding.strategy"), "Fixed", "padding.strategy.Fixed"),
    multipleOf:
      field(padding, "pad_to_multiple_of") === undefined
        ? 0
        : count(padding, "pad_to_multiple_of", "padding.pad_to_multiple_of"),
    direction: side(padding, "padding"),
    id: id(field(padding, "pad_id"), "padding.pad_id"),
    token: string(field(padding, "pad_token"), "padding.pad_token"),
    typeId: id(field(padding, "pad_type_id") ?? 0, "padding.pad_type_id"),
  };
}

/** The inverse of `readPadding`. */
export function paddingToJSON(padding: Padding | undefined): object | null {
  if (!padding) return null;
  const {
    length = "longest",
    multipleOf = 0,
    direction = "right",
    id: padId = 0,
    token = "[PAD]",
    typeId = 0,
  } = padding;
  return {
    strategy: length === "longest" ? "BatchLongest" : { Fixed: length },
    direction: direction === "left" ? "Left" : "Right",
    pad_to_multiple_of: multipleOf || null,
    pad_id: padId,
    pad_type_id: typeId,
    pad_token: token,
  };
}

function count(value: JsonObject, name: string, path: string): number {
  const got = field(value, name);
  const valid = typeof got === "number" && Number.isSafeInteger(got) && got >= 0 && got <= MAX_LENGTH;
  return valid ? got : fail(path, `a number of tokens up to ${MAX_LENGTH}`, got);
}
