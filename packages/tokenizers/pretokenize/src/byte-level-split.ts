// The pre-tokenizer of byte-level models in tokenizer.json: a blank in front, GPT-2's cuts, bytes as characters.
//
// Source: `ByteLevel` of Hugging Face's tokenizers.

import { byteLevel } from "./byte-level.js";
import { gpt2 } from "./gpt2.js";
import { prefixed, unchanged } from "./metaspace.js";
import { type Changed, cutBy, type Pretokenizer, type Stage, whole } from "./stage.js";

/** Options of `byteLevelSplit`. */
export interface ByteLevelSplitOptions {
  /** Whether a piece that does not begin with a blank gets one in front. */
  readonly addPrefixSpace?: boolean;
  /** Whether GPT-2's cuts are made. */
  readonly useRegex?: boolean;
  /** Whether the pieces come as text or as their bytes, each written as a character (`byteLevel`). */
  readonly write?: "text" | "bytes";
}

/** GPT-2's pre-tokenizer as tokenizer.json has it. Models on bytes want text; those on strings, written bytes. */
export function byteLevelSplit({
  addPrefixSpace = true,
  useRegex = true,
  write = "text",
}: ByteLevelSplitOptions = {}): Pretokenizer {
  const stages: Stage[] = [];
  const cut = useRegex ? cutBy(gpt2) : whole;
  if (addPrefixSpace) stages.push({ change: withPrefixSpace, cut });
  else if (useRegex) stages.push({ cut });
  if (write === "bytes") stages.push({ change: writtenBytes, cut: whole });
  return stages;
}

const withPrefixSpace = (piece: string): Changed =>
  piece.startsWith(" ") ? unchanged(piece) : prefixed(piece, ` ${piece}`);

function writtenBytes(piece: string): Changed {
  // starts[i] and ends[i]: the character that byte i belongs to. ASCII needs no table.
  const text = byteLevel(piece);
  if (text.length === piece.length) return unchanged(text);
  const starts: number[] = [];
  const ends: number[] = [];
  let at = 0;
  for (const character of piece) {
    const codePoint = character.codePointAt(0)!;
    const bytes = codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4;
    for (let byte = 0; byte < bytes; byte++) {
      starts.push(at);
      ends.push(at + character.length);
    }
    at += character.length;
  }
  return { text, from: (position) => starts[position] ?? at, to: (position) => ends[position - 1] ?? 0 };
}
