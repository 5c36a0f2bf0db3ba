// How byte-level BPE cuts text into pieces: llama.cpp's names, and the pre_tokenizer of tokenizer.json that each stands for.
//
// llama.cpp has the expressions built in, so it cannot be told of another. Several names mean the same cuts.
//
// Source: src/llama-vocab.cpp of github.com/ggml-org/llama.cpp, and the tokenizer.json of the models that names come from.

import { GGUFError } from "../error.js";
import { type Json, own, regexOf, stepsOf } from "./json.js";
import { quoted } from "./vocabulary.js";

const end = "|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
const contractions = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";
const words = "[^\\r\\n\\p{L}\\p{N}]?";
const upper = "[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]";
const lower = "[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]";
const gpt2 = "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";
const cl100k = `${contractions}|${words}\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*${end}`;
const qwen2 = cl100k.replace("{1,3}", "");
const qwen35 = `${contractions}|${words}[\\p{L}\\p{M}]+|\\p{N}| ?[^\\s\\p{L}\\p{M}\\p{N}]+[\\r\\n]*${end}`;
const o200k = `${words}${upper}*${lower}+${contractions}?|${words}${upper}+${lower}*${contractions}?|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*${end}`;
const bloom = " ?[^(\\s|.,!?…。，、।۔،)]+";

const split = (Regex: string): Json => ({ type: "Split", pattern: { Regex }, behavior: "Isolated", invert: false });
const byteLevel = (use_regex: boolean): Json => ({
  ...{ type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex },
});
const digits = (individual_digits: boolean): Json => ({ type: "Digits", individual_digits });
const bytes = byteLevel(false);
/** The pre_tokenizer of a vocabulary of characters. */
export const everyCharacter: Json = split("[\\s\\S]");

interface PreTokenizer {
  steps: readonly Json[];
  /** Whether a piece that is a token is that token, whatever the merges say. */
  wholePieces?: true;
}

/** Name → how text is cut. Where several have the same, the first is written. */
const preTokenizers: Readonly<Record<string, PreTokenizer>> = {
  "gpt-2": { steps: [byteLevel(true)] },
  "llama-bpe": { steps: [split(cl100k), bytes], wholePieces: true },
  dbrx: { steps: [split(cl100k), bytes] },
  "chatglm-bpe": { steps: [split(cl100k), bytes] },
  qwen2: { steps: [split(qwen2), bytes] },
  qwen35: { steps: [split(qwen35), bytes] },
  "gpt-4o": { steps: [split(o200k), bytes] },
  falcon: {
    steps: [
      ...[{ type: "Punctuation", behavior: "Contiguous" }, byteLevel(true), digits(false)],
      split("[0-9][0-9][0-9]"),
    ],
  },
  starcoder: { steps: [digits(true), byteLevel(true)] },
  bloom: { steps: [split(bloom), bytes] },
  "deepseek-coder": {
    steps: [...["[\r\n]", "\\s?\\p{L}+", "\\s?\\p{P}+", "[一-龥ࠀ-一가-퟿]+"].map(split), ...[digits(true), bytes]],
  },
  default: { steps: [...["[\\p{P}\\$\\+<=>\\^~\\|]+", gpt2, "\\p{N}+", "[0-9][0-9][0-9]"].map(split), bytes] },
};

/** Other names of the same. */
const aliases: Readonly<Record<string, readonly string[]>> = {
  "gpt-2": [
    ...["phi-2", "mpt", "olmo", "jais", "trillion", "granite-docling", "gigachat", "a.x-4.0", "mellum", "modern-bert"],
    ...["exaone4", "jina-es", "jina-de", "jina-v2-es", "jina-v2-de", "jina-v1-en", "jina-v2-code", "roberta-bpe"],
    "jina-en",
  ],
  "llama-bpe": ["llama3", "llama-v3", "falcon3", "falcon-h1", "pixtral", "midm-2.0", "lfm2", "jina-v5-nano"],
  dbrx: ["smaug-bpe"],
  "chatglm-bpe": ["glm4"],
  qwen2: ["stablelm2", "deepseek-r1-qwen", "kormo", "f2llmv2", "hunyuan", "megrez", "solar-open", "grok-2"],
  "gpt-4o": ["llama4", "kanana2", "talkie", "minimax-m2"],
  starcoder: ["refact", "command-r", "smollm", "codeshell", "exaone", "minerva-7b", "mellum2"],
  bloom: ["gpt3-finnish", "poro-chat"],
};

/**
 * llama.cpp's name of a pre_tokenizer; "characters" for one that takes every character alone.
 * @throws GGUFError for one that it has no name for
 */
export function preTokenizerName(json: Json, { wholePieces, glm }: { wholePieces: boolean; glm: boolean }): string {
  const steps = stepsOf(json, "pre_tokenizer");
  if (steps.length === 1 && regexOf(steps[0] as Json) === regexOf(everyCharacter)) return "characters";
  const key = keyOf(steps);
  const names = Object.keys(preTokenizers).filter((name) => keyOf(preTokenizers[name]?.steps ?? []) === key);
  const fitting =
    names.length > 1 ? names.filter((name) => Boolean(preTokenizers[name]?.wholePieces) === wholePieces) : names;
  const name = fitting.find((each) => each === "chatglm-bpe" && glm) ?? fitting[0];
  if (name !== undefined) return name;
  throw new GGUFError(
    `tokenizer.json: llama.cpp has no name for this pre_tokenizer; byte-level ones that cut text up as these do have one: ${known()}`,
  );
}

/** The pre_tokenizer that a name stands for. @throws GGUFError for a name that is not known */
export function preTokenizerOf(name: string): { json: Json; wholePieces: boolean } {
  const own = Object.keys(preTokenizers).find((each) => each === name || aliases[each]?.includes(name));
  if (own === undefined)
    throw new GGUFError(`a tokenizer that cuts text up as ${quoted(name)} does is not known; known are ${known()}`);
  const { steps, wholePieces = false } = preTokenizers[own] as PreTokenizer;
  const json = steps.length === 1 ? (steps[0] as Json) : { type: "Sequence", pretokenizers: steps };
  return { json, wholePieces };
}

const known = (): string => Object.keys(preTokenizers).join(", ");

/** What steps do, whatever they leave out or how they put it; undefined for none that llama.cpp could have. */
function keyOf(steps: readonly Json[]): string | undefined {
  if (!steps.some((step) => own(step, "type") === "ByteLevel")) return undefined;
  const keys = steps.map((step) => {
    const type = own(step, "type");
    if (type === "ByteLevel" && own(step, "add_prefix_space") === false)
      return own(step, "use_regex") === false ? "bytes" : gpt2;
    if (type === "Digits") return own(step, "individual_digits") === true ? "digit" : "digits";
    if (type === "Punctuation" && own(step, "behavior") === "Contiguous") return "punctuation";
    return type === "Split" ? splitKey(step) : undefined;
  });
  return keys.includes(undefined) ? undefined : JSON.stringify(keys.filter((key) => key !== "bytes"));
}

function splitKey(step: Json): string | undefined {
  const regex = regexOf(step);
  const [behavior, invert] = [own(step, "behavior"), own(step, "invert") === true];
  // These leave nothing between their matches, so that to isolate them, or to remove the rest, is the same.
  const whole = [gpt2, cl100k, qwen2, o200k].some((each) => each === regex);
  if (!((behavior === "Isolated" && !invert) || (behavior === "Removed" && invert && whole))) return undefined;
  // As BLOOM's file has it.
  return regex === " ?[^(\\s|[.,!?…。，、।۔،])]+" ? bloom : regex;
}
