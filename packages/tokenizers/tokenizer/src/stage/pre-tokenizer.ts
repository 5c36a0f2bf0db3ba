// The second stage: text to pieces, as tokenizer.json describes it.

import {
  bert,
  boundaryOf,
  byteLevelSplit,
  digits,
  metaspace,
  type NextBoundary,
  type Pretokenizer,
  type PretokenizerName,
  pattern,
  punctuation,
  type SplitBehavior,
  sequence,
  split,
  whitespaceSplit,
  words,
} from "@llm/pretokenize";
import { array, fail, field, flag, type JsonObject, object, string } from "../check.js";
import { TokenizerError } from "../error.js";
import { expressions, patternOf } from "../patterns.js";
import { FALCON, isFalcon } from "./falcon.js";
import { checkStage } from "./limits.js";
import { readPattern } from "./pattern.js";

/** A pre-tokenizer, and tokenizer.json's entry for it. */
export interface PreTokenizer {
  readonly stages: Pretokenizer;
  readonly json: object | null;
  /** Whether the model is to see bytes: of the pieces as they are ("text"), or written in them already ("written"). */
  readonly bytes: "none" | "text" | "written";
  /** Where pieces end, if they are only cuts of the text and leave nothing out. */
  readonly next: NextBoundary | undefined;
}

/** Options of `preTokenizer`. */
export interface PreTokenizerOptions {
  /** How to cut text where the file has an expression that cannot be run here. */
  scanner?: NextBoundary;
}

/** A pre-tokenizer as tokenizer.json describes it. Throws TokenizerError. `byStep`: whether Falcon's steps are to be taken one by one. */
export function preTokenizer(
  json: unknown,
  options: PreTokenizerOptions = {},
  byStep: () => boolean = () => false,
): PreTokenizer {
  if (json === undefined || json === null) return { stages: [], json: null, bytes: "none", next: undefined };
  const value = object(json, "pre_tokenizer");
  checkStage(value, "pre_tokenizer");
  const entries = flatten(value, "pre_tokenizer", 0);
  // These two make pieces longer, and one after the other they would make them longer without end.
  for (const once of ["ByteLevel", "Metaspace"]) {
    const again = entries.filter(({ type }) => type === once)[1];
    if (again) fail(`${again.path}.type`, `another step than a second ${once}`, once);
  }
  if (isFalcon(entries) && !byStep()) return { ...made(pattern("falcon"), "text"), json: value };
  const last = entries.length - 1;
  const at = entries.findIndex(({ type }) => type === "ByteLevel");
  const bytes = at === -1 ? "none" : at === last ? "text" : "written";
  const stages = sequence(...entries.map((entry) => read(entry, bytes, options)));
  return { ...made(stages, bytes), json: value };
}

/** The pre-tokenizer of a byte-level model that cuts text as a known one does. */
export function byteLevelPreTokenizer(name: PretokenizerName): PreTokenizer {
  if (!Object.hasOwn(expressions, name)) {
    const known = Object.keys(expressions).join(", ");
    throw new TokenizerError(`Tokenizer: pattern must be one of ${known}, got ${JSON.stringify(name)}`);
  }
  const byteLevel = { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: name === "gpt2" };
  const isolated = { type: "Split", pattern: { Regex: expressions[name] }, behavior: "Isolated", invert: false };
  const json =
    name === "gpt2"
      ? byteLevel
      : name === "falcon"
        ? FALCON
        : { type: "Sequence", pretokenizers: [isolated, byteLevel] };
  return { ...made(pattern(name), "text"), json };
}

/** Text cut by a function of one's own, for byte-level models; it has no entry in tokenizer.json. */
export function customPreTokenizer(next: NextBoundary): PreTokenizer {
  return { stages: byScanner(next), json: null, bytes: "text", next };
}

function byScanner(next: NextBoundary): Pretokenizer {
  const cut = (text: string, start: number, end: number, onRange: (a: number, b: number) => void): void => {
    const part = text.slice(start, end);
    for (let at = 0, after: number; at < part.length; at = after) {
      after = next(part, at);
      if (!(after > at)) throw new TokenizerError(`Tokenizer: the scanner made no step at ${start + at}, got ${after}`);
      onRange(start + at, start + Math.min(after, part.length));
    }
  };
  return [{ cut: Object.assign(cut, { next }) }];
}

function made(stages: Pretokenizer, bytes: PreTokenizer["bytes"]): Omit<PreTokenizer, "json"> {
  return { stages, bytes, next: boundaryOf(stages) };
}

interface Entry {
  type: string;
  value: JsonObject;
  path: string;
}

function flatten(value: JsonObject, path: string, depth: number): Entry[] {
  const type = field(value, "type");
  if (type === "Sequence" && depth < 8) {
    return array(field(value, "pretokenizers"), `${path}.pretokenizers`).flatMap((each, i) => {
      const inner = `${path}.pretokenizers[${i}]`;
      return flatten(object(each, inner), inner, depth + 1);
    });
  }
  if (typeof type !== "string" || !Object.hasOwn(readers, type)) {
    fail(`${path}.type`, `one of Sequence, ${Object.keys(readers).join(", ")}`, type);
  }
  return [{ type, value, path }];
}

type Reader = (entry: Entry, bytes: PreTokenizer["bytes"], options: PreTokenizerOptions) => Pretokenizer;

const read: Reader = (entry, bytes, options) => readers[entry.type]!(entry, bytes, options);

const readers: Record<string, Reader> = {
  ByteLevel: ({ value, path }, bytes) =>
    byteLevelSplit({
      addPrefixSpace: flag(value, "add_prefix_space", true, path),
      useRegex: flag(value, "use_regex", true, path),
      write: bytes === "written" ? "bytes" : "text",
    }),
  Metaspace: ({ value, path }) => {
    // Before prepend_scheme there was add_prefix_space.
    const older = flag(value, "add_prefix_space", true, path) ? "always" : "never";
    const scheme = field(value, "prepend_scheme") ?? older;
    const replacement = string(field(value, "replacement") ?? "▁", `${path}.replacement`);
    if (scheme !== "always" && scheme !== "first" && scheme !== "never") {
      fail(`${path}.prepend_scheme`, "always, first or never", scheme);
    }
    if (replacement.length !== 1) fail(`${path}.replacement`, "one character", replacement);
    return metaspace({ replacement, prependScheme: scheme, split: flag(value, "split", true, path) });
  },
  BertPreTokenizer: () => bert(),
  Whitespace: () => words(),
  WhitespaceSplit: () => whitespaceSplit(),
  Digits: ({ value, path }) => digits({ individual: flag(value, "individual_digits", false, path) }),
  Punctuation: ({ value, path }) => punctuation({ behavior: behavior(value, path, "Isolated") }),
  CharDelimiterSplit: ({ value, path }) =>
    split(readPattern({ String: string(field(value, "delimiter"), `${path}.delimiter`) }, path), {
      behavior: "removed",
    }),
  Split: readSplit,
};

function readSplit({ value, path }: Entry, _: PreTokenizer["bytes"], { scanner }: PreTokenizerOptions): Pretokenizer {
  const wanted = object(field(value, "pattern"), `${path}.pattern`);
  const source = field(wanted, "Regex");
  const how = behavior(value, path, undefined);
  const invert = flag(value, "invert", false, path);
  const known = typeof source === "string" ? patternOf(source) : undefined;
  // These leave nothing between their matches, so that isolating the matches and inverted removal are the same.
  if (source === EVERY_CHARACTER && how === "isolated") return byScanner(nextCharacter);
  if (known && ((how === "isolated" && !invert) || (how === "removed" && invert))) return pattern(known);
  try {
    return split(readPattern(wanted, `${path}.pattern`), { behavior: how, invert });
  } catch (error) {
    if (scanner) return byScanner(scanner);
    throw error;
  }
}

/** The expression of a vocabulary of characters: each is a piece. */
export const EVERY_CHARACTER = "[\\s\\S]";

const nextCharacter: NextBoundary = (text, start) => start + (text.codePointAt(start)! > 0xffff ? 2 : 1);

const behaviors: Record<string, SplitBehavior> = {
  Removed: "removed",
  Isolated: "isolated",
  Contiguous: "contiguous",
  MergedWithPrevious: "mergedWithPrevious",
  MergedWithNext: "mergedWithNext",
};

function behavior(value: JsonObject, path: string, otherwise: string | undefined): SplitBehavior {
  const name = field(value, "behavior") ?? otherwise;
  if (typeof name === "string" && Object.hasOwn(behaviors, name)) return behaviors[name]!;
  return fail(`${path}.behavior`, `one of ${Object.keys(behaviors).join(", ")}`, name);
}
