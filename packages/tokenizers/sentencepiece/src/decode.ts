// Ids back to text: pieces joined, "▁" as blanks, the blank that encoding added in front taken off, bytes as the characters
// that they make up.
//
// Source: sentencepiece's SentencePieceProcessor::Decode. Each byte that belongs to no character becomes a U+FFFD.

import type { NormalizerSpec } from "./schema.js";
import type { Vocabulary } from "./vocabulary.js";

/** What decoding depends on besides the pieces. */
export interface DecodeRules {
  addDummyPrefix: boolean;
  removeExtraWhitespaces: boolean;
  unknownSurface: string;
}

/** The rules of a model. */
export function decodeRulesOf(
  { addDummyPrefix = true, removeExtraWhitespaces = true }: NormalizerSpec,
  unknownSurface = " \u2047 ",
): DecodeRules {
  return { addDummyPrefix, removeExtraWhitespaces, unknownSurface };
}

/** The text of ids, which are all in range. */
export function decodeIds(vocabulary: Vocabulary, rules: DecodeRules, ids: readonly number[]): string {
  const { types, bytes, pieces } = vocabulary;
  let text = "";
  let atStart = true; // where a blank may be the one that encoding added
  let blankSeen = false;
  for (let i = 0; i < ids.length; ) {
    const id = ids[i]!;
    if (types[id] === "byte") {
      const run: number[] = [];
      for (; i < ids.length && types[ids[i]!] === "byte"; i++) run.push(bytes[ids[i]!]!);
      text += decodeBytes(run);
      continue;
    }
    i++;
    if (blankSeen || text !== "") atStart = false;
    blankSeen = false;
    if (types[id] === "control") continue;
    if (types[id] === "unknown") {
      text += rules.unknownSurface;
      continue;
    }
    let piece = pieces[id]!;
    if (atStart && (rules.addDummyPrefix || rules.removeExtraWhitespaces) && piece.startsWith("▁")) {
      piece = piece.slice(1);
      // If extra blanks are removed, all at the start are.
      blankSeen = !rules.removeExtraWhitespaces;
    }
    text += piece.replaceAll("▁", " ");
  }
  return text;
}

/** UTF-8 to text, a U+FFFD for every byte that is part of no character. */
function decodeBytes(run: readonly number[]): string {
  let text = "";
  for (let i = 0; i < run.length; ) {
    const length = characterLength(run, i);
    if (length === 0) {
      text += "\ufffd";
      i++;
      continue;
    }
    let code = length === 1 ? run[i]! : run[i]! & (0xff >> (length + 1));
    for (let k = 1; k < length; k++) code = (code << 6) | (run[i + k]! & 63);
    text += String.fromCodePoint(code);
    i += length;
  }
  return text;
}

/** How many bytes the character at `i` has, 0 if there is none. */
function characterLength(run: readonly number[], i: number): number {
  const lead = run[i]!;
  const length = lead < 0x80 ? 1 : lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
  if (i + length > run.length) return 0;
  for (let k = 1; k < length; k++) if ((run[i + k]! & 0xc0) !== 0x80) return 0;
  const second = run[i + 1]!;
  if (lead === 0xe0 && second < 0xa0) return 0; // could be shorter
  if (lead === 0xed && second > 0x9f) return 0; // a surrogate
  if (lead === 0xf0 && second < 0x90) return 0; // could be shorter
  if (lead === 0xf4 && second > 0x8f) return 0; // beyond Unicode
  return length;
}
