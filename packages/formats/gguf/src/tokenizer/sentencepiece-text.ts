// What becomes of text before sentencepiece's pieces are looked up, in tokenizer.json's words and in llama.cpp's.
//
//   Precompiled, NFKC, …     tokenizer.ggml.precompiled_charsmap, which characters become what
//   Strip, Replace " {2,}"   tokenizer.ggml.remove_extra_whitespaces
//   Prepend ▁                tokenizer.ggml.add_space_prefix
//   Replace " " ▁            always
//
// Published files say the same with pre_tokenizers: WhitespaceSplit, Metaspace.

import { GGUFError } from "../error.js";
import { type Json, literalOf, nameOf, own, regexOf, stepsOf } from "./json.js";

const SPACE = " ";
const BLANK = "▁";

/** The rules of text. */
export interface SentencePieceText {
  /** sentencepiece's map of characters. */
  charsmap?: Uint8Array;
  /** Names of normalizers that a map could hold. */
  rules: string[];
  /** Blanks at both ends go, and runs of them become one. */
  removeExtra: boolean;
  /** A blank is put before the text. */
  addPrefix: boolean;
}

interface Found extends SentencePieceText {
  trimmed: boolean;
  collapsed: boolean;
  escaped: boolean;
}

/** Reads the normalizer and the pre_tokenizer. @throws GGUFError for steps that llama.cpp does not know for these kinds */
export function readText(json: Json): SentencePieceText {
  const found: Found = {
    ...{ rules: [], removeExtra: false, addPrefix: false, trimmed: false, collapsed: false, escaped: false },
  };
  for (const step of stepsOf(json, "normalizer")) normalizerStep(step, found);
  for (const step of stepsOf(json, "pre_tokenizer")) preTokenizerStep(step, found);
  if (!found.escaped) throw new GGUFError(`tokenizer.json: blanks must become "${BLANK}", as in sentencepiece`);
  if (found.trimmed !== found.collapsed)
    throw new GGUFError(
      "tokenizer.json: blanks must be removed both at the ends and where there are several, or nowhere; llama.cpp knows one switch for both",
    );
  return { ...found, removeExtra: found.trimmed };
}

function normalizerStep(step: Json, found: Found): void {
  const [type, content] = [own(step, "type"), own(step, "content")];
  const [regex, literal] = [regexOf(step), literalOf(step)];
  if (type === "Precompiled" && !found.charsmap && found.rules.length === 0)
    found.charsmap = fromBase64(own(step, "precompiled_charsmap"));
  else if (type === "Strip" && own(step, "strip_right") !== false) found.trimmed = true;
  else if (type === "Replace" && regex === TRIM && (content ?? "") === "") found.trimmed = true;
  else if (type === "Replace" && regex === RUNS && (content === SPACE || content === BLANK)) found.collapsed = true;
  else if (type === "Prepend" && (own(step, "prepend") === BLANK || own(step, "prepend") === SPACE))
    found.addPrefix = true;
  else if (type === "Replace" && literal === SPACE && content === BLANK) found.escaped = true;
  else if (typeof type === "string" && !found.charsmap && mapped.has(type)) found.rules.push(type);
  else unknown("normalizer", step);
}

/** Normalizers that are rules for characters, and their neighbors, alone. */
const mapped = new Set(["Nmt", "NFC", "NFKC", "Lowercase"]);
const TRIM = "\\A +| +\\z";
const RUNS = " {2,}";

function preTokenizerStep(step: Json, found: Found): void {
  const type = own(step, "type");
  if (type === "WhitespaceSplit") found.trimmed = found.collapsed = true;
  else if (type === "Metaspace" && (own(step, "replacement") ?? BLANK) === BLANK) {
    found.escaped = true;
    // Before prepend_scheme there was add_prefix_space.
    const older = own(step, "add_prefix_space") === false ? "never" : "always";
    found.addPrefix ||= (own(step, "prepend_scheme") ?? older) !== "never";
  }
  // Gemma's, which finds nothing: the normalizer has replaced all blanks.
  else if (!(type === "Split" && literalOf(step) === SPACE && found.escaped)) unknown("pre_tokenizer", step);
}

function unknown(stage: string, step: Json): never {
  throw new GGUFError(
    `tokenizer.json: the ${stage} ${nameOf(own(step, "type"))}, with these settings and in this place, cannot be stored: llama.cpp knows what sentencepiece does to text`,
  );
}

/** The stages that do this. */
export function textStages({ charsmap, removeExtra, addPrefix }: SentencePieceText): {
  normalizer: object;
  decoder: object;
} {
  const replace = (pattern: object, content: string) => ({ type: "Replace", pattern, content });
  const normalizers = [
    ...(charsmap?.length ? [{ type: "Precompiled", precompiled_charsmap: toBase64(charsmap) }] : []),
    // "Strip" would remove other white space as well.
    ...(removeExtra ? [replace({ Regex: TRIM }, ""), replace({ Regex: RUNS }, SPACE)] : []),
    ...(addPrefix ? [{ type: "Prepend", prepend: BLANK }] : []),
    replace({ String: SPACE }, BLANK),
  ];
  const decoders = [
    ...[replace({ String: BLANK }, SPACE), { type: "ByteFallback" }, { type: "Fuse" }],
    ...(addPrefix ? [{ type: "Strip", content: SPACE, start: 1, stop: 0 }] : []),
  ];
  return { normalizer: { type: "Sequence", normalizers }, decoder: { type: "Sequence", decoders } };
}

function fromBase64(text: unknown): Uint8Array | undefined {
  if (text === undefined || text === "") return undefined;
  try {
    return Uint8Array.from(atob(text as string), (character) => character.charCodeAt(0));
  } catch (cause) {
    throw new GGUFError("tokenizer.json: normalizer.precompiled_charsmap must be base64", { cause });
  }
}

function toBase64(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}
