// Cuts encodings to a length: the parts that do not fit come as further encodings, which overlap by `stride` tokens.
//
// Source: `truncate_encodings` of Hugging Face's tokenizers.

import { fail, field, type JsonObject, object, side, string } from "./check.js";
import { type Sequence, sliceSequence } from "./encoding.js";
import { TokenizerError } from "./error.js";

/** How encodings are cut. */
export interface Truncation {
  /** Tokens to have at most, those of the template included. */
  maxLength: number;
  /** Which of a pair gives tokens up; default "longestFirst". */
  strategy?: "longestFirst" | "onlyFirst" | "onlySecond";
  /** How many tokens each part shares with the one before it; default 0. */
  stride?: number;
  /** Which end is cut off; default "right". */
  direction?: "right" | "left";
}

/** The parts of one or two sequences, the first of each of which fits into `room` with the other's. */
export function truncate(sequences: readonly Sequence[], truncation: Truncation, room: number): Sequence[][] {
  const lengths = targetLengths(
    sequences.map(({ ids }) => ids.length),
    truncation,
    Math.max(0, room),
  );
  return sequences.map((sequence, i) => parts(sequence, lengths[i]!, truncation));
}

function targetLengths(lengths: number[], { strategy = "longestFirst" }: Truncation, room: number): number[] {
  const total = lengths.reduce((sum, length) => sum + length, 0);
  if (total <= room) return lengths;
  const [first, second] = lengths as [number, number | undefined];
  if (strategy === "longestFirst") return second === undefined ? [room] : longestFirst(first, second, room);
  const index = strategy === "onlyFirst" ? 0 : 1;
  const length = lengths[index];
  if (length === undefined || length <= total - room) {
    throw new TokenizerError(
      `Tokenizer: ${total} tokens cannot be cut to ${room} by "${strategy}": that text has only ${length ?? 0}`,
    );
  }
  return lengths.map((each, i) => (i === index ? each - (total - room) : each));
}

function longestFirst(first: number, second: number, room: number): number[] {
  let [short, long] = first > second ? [second, first] : [first, second];
  long = short > room ? short : Math.max(short, room - short);
  if (short + long > room) {
    short = Math.floor(room / 2);
    long = short + (room % 2);
  }
  return first > second ? [long, short] : [short, long];
}

function parts(sequence: Sequence, length: number, { stride = 0, direction = "right" }: Truncation): Sequence[] {
  const total = sequence.ids.length;
  if (total <= length) return [sequence];
  if (length === 0) return [sliceSequence(sequence, 0, 0), sequence];
  if (stride >= length) {
    throw new TokenizerError(`Tokenizer: truncation.stride must be below the ${length} tokens that fit, got ${stride}`);
  }
  const step = length - stride;
  const found: Sequence[] = [];
  if (direction === "right") {
    for (let start = 0; ; start += step) {
      found.push(sliceSequence(sequence, start, Math.min(start + length, total)));
      if (start + length >= total) return found;
    }
  }
  for (let end = total; ; end -= step) {
    found.push(sliceSequence(sequence, Math.max(0, end - length), end));
    if (end <= length) return found;
  }
}

const strategies = { LongestFirst: "longestFirst", OnlyFirst: "onlyFirst", OnlySecond: "onlySecond" } as const;

/** tokenizer.json's `truncation`. */
export function readTruncation(value: unknown): Truncation | undefined {
  if (value === undefined) return undefined;
  const truncation = object(value, "truncation");
  const strategy = string(field(truncation, "strategy") ?? "LongestFirst", "truncation.strategy");
  return {
    maxLength: count(truncation, "max_length"),
    stride: field(truncation, "stride") === undefined ? 0 : count(truncation, "stride"),
    strategy: Object.hasOwn(strategies, strategy)
      ? strategies[strategy as keyof typeof strategies]
      : fail("truncation.strategy", `one of ${Object.keys(strategies).join(", ")}`, strategy),
    direction: side(truncation, "truncation"),
  };
}

/** The inverse of `readTruncation`. */
export function truncationToJSON(truncation: Truncation | undefined): object | null {
  if (!truncation) return null;
  const { maxLength, strategy = "longestFirst", stride = 0, direction = "right" } = truncation;
  const [name] = Object.entries(strategies).find(([, each]) => each === strategy)!;
  return { direction: direction === "left" ? "Left" : "Right", max_length: maxLength, strategy: name, stride };
}

function count(value: JsonObject, name: string): number {
  const got = field(value, name);
  const valid = typeof got === "number" && Number.isSafeInteger(got) && got >= 0;
  return valid ? got : fail(`truncation.${name}`, "a number of tokens", got);
}
