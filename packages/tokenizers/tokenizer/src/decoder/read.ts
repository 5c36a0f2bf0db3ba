// The decoders of tokenizer.json.

import { array, fail, field, type JsonObject, object, string } from "../check.js";
import { checkGrown, checkStage } from "../stage/limits.js";
import { readReplace } from "../stage/replace.js";
import { byteFallbackStep, byteLevelStep } from "./bytes.js";
import { chain, type Decoder, type StepMaker } from "./step.js";
import { ctcStep, metaspaceStep, replaceStep, stripStep, suffixStep, wordPieceStep } from "./steps.js";

/** A step, and whether all behind it is one text. */
interface Entry {
  make: StepMaker;
  fuses: boolean;
}

/** A decoder as tokenizer.json describes it; without one, tokens are joined with blanks. Throws TokenizerError. */
export function decoder(json: unknown): Decoder {
  if (json === undefined || json === null) return { json: null, start: () => withBlanks(false) };
  const value = object(json, "decoder");
  checkStage(value, "decoder");
  const entries = read(value, "decoder", 0);
  return {
    json: value,
    bytesOnly: entries.length === 1 && entries[0]!.make === byteLevelStep,
    start: () => {
      let fused = false;
      return chain(
        entries.map(({ make, fuses }) => {
          const step = make(fused);
          fused ||= fuses;
          return step;
        }),
      );
    },
  };
}

const withBlanks: StepMaker = () => {
  let first = true;
  return {
    push: ({ text, added }, emit) => {
      emit({ text: first ? text : ` ${text}`, added });
      first = false;
    },
    end: () => {},
  };
};

const nothing: StepMaker = () => ({ push: (chunk, emit) => emit(chunk), end: () => {} });

type Reader = (value: JsonObject, path: string) => StepMaker;

/** A token, or all of a text that is fused, may not become longer than this by being replaced. */
const MAX_CHUNK = 2 ** 20;

const text = (value: JsonObject, name: string, path: string, otherwise?: string): string =>
  string(field(value, name) ?? otherwise, `${path}.${name}`);

/** A text that is not empty: what is nowhere is everywhere, and to write a blank for it would double the text. */
const some = (value: JsonObject, name: string, path: string, otherwise: string): string =>
  text(value, name, path, otherwise) || fail(`${path}.${name}`, "a text that is not empty", "");

const times = (value: JsonObject, name: string, path: string): number => {
  const got = field(value, name) ?? 0;
  const valid = typeof got === "number" && Number.isSafeInteger(got) && got >= 0;
  return valid ? got : fail(`${path}.${name}`, "how many", got);
};

const readers: Record<string, Reader> = {
  ByteLevel: () => byteLevelStep,
  ByteFallback: () => byteFallbackStep,
  Fuse: () => nothing,
  WordPiece: (value, path) =>
    wordPieceStep(text(value, "prefix", path, "##"), (field(value, "cleanup") ?? true) === true),
  Metaspace: (value, path) => {
    // Before prepend_scheme there was add_prefix_space.
    const scheme = field(value, "prepend_scheme") ?? (field(value, "add_prefix_space") === false ? "never" : "always");
    return metaspaceStep(some(value, "replacement", path, "▁"), scheme !== "never");
  },
  BPEDecoder: (value, path) => suffixStep(text(value, "suffix", path, "</w>")),
  CTC: (value, path) =>
    ctcStep(
      text(value, "pad_token", path, "<pad>"),
      some(value, "word_delimiter_token", path, "|"),
      (field(value, "cleanup") ?? true) === true,
    ),
  Replace: (value, path) => {
    const replace = readReplace(value, path);
    return replaceStep((chunk) => {
      const written = replace(chunk);
      checkGrown(chunk.length, written.length, MAX_CHUNK, path);
      return written;
    });
  },
  Strip: (value, path) => {
    const content = text(value, "content", path);
    if ([...content].length !== 1) fail(`${path}.content`, "one character", content);
    return stripStep(content, times(value, "start", path), times(value, "stop", path));
  },
};

const fusing = new Set(["ByteLevel", "Fuse"]);

function read(value: JsonObject, path: string, depth: number): Entry[] {
  const type = field(value, "type");
  if (type === "Sequence" && depth < 8) {
    return array(field(value, "decoders"), `${path}.decoders`).flatMap((each, i) => {
      const inner = `${path}.decoders[${i}]`;
      return read(object(each, inner), inner, depth + 1);
    });
  }
  if (typeof type !== "string" || !Object.hasOwn(readers, type)) {
    fail(`${path}.type`, `one of Sequence, ${Object.keys(readers).join(", ")}`, type);
  }
  return [{ make: readers[type]!(value, path), fuses: fusing.has(type) }];
}
