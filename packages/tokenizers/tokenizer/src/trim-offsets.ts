// Offsets without the white space at a token's ends, as models that mark spans of words want them.
//
// Source: `process_offsets` of Hugging Face's ByteLevel: a single blank at the very beginning stays out of it where the
// pre-tokenizer may have put it there, since then it is no part of the text.

import type { Sequence } from "./encoding.js";
import type { PostProcessor } from "./post-processor.js";

const LEADING = /^[Ġ\p{White_Space}]+/u;
const BLANK = /^[Ġ\p{White_Space}]$/u;
const TRAILING = /[Ġ\p{White_Space}]*$/u;

export function trimOffsets(text: string, sequence: Sequence, how: PostProcessor["trimOffsets"]): Sequence {
  if (how === "none") return sequence;
  const offsets = sequence.offsets.map(([start, end], i): [number, number] => {
    const token = surface(text.slice(start, end), sequence.tokens[i]!);
    if (BLANK.test(token)) {
      const at = how === "keepPrefix" && start === 0 ? start : end;
      return [at, at];
    }
    let leading = LEADING.exec(token)?.[0].length ?? 0;
    const trailing = TRAILING.exec(token.slice(-64))![0].length;
    if (leading === 1 && how === "keepPrefix" && (i === 0 || start === 0)) leading = 0;
    const from = Math.min(start + leading, end);
    return [from, trailing > 0 && end >= trailing ? Math.max(end - trailing, from) : end];
  });
  return { ...sequence, offsets };
}

/** An added token counts with the white space that it took. */
function surface(part: string, token: string): string {
  return part.length > token.length && part.trim() === token ? part : token;
}
