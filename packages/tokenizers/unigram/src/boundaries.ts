// Where a text can be cut without changing its segmentation: at places that no piece spans.
//
// sentencepiece writes blanks as "▁" and, unless told otherwise, learns no piece that goes on beyond a word, so each
// word can be segmented for itself, and need not be when it comes again. Whether that is so for a vocabulary
// is read off its pieces.

/** A blank, as sentencepiece writes it. */
export const BLANK = 0x2581;

/** Cuts before a blank that follows another character, after a blank that another character follows, or nowhere. */
export type Boundary = "before-blank" | "after-blank" | "none";

/** The cuts that no piece spans. */
export function boundaryOf(pieces: Iterable<string>): Boundary {
  let before = true;
  let after = true;
  for (const piece of pieces) {
    if (/[^▁]▁/.test(piece)) before = false;
    if (/▁[^▁]/.test(piece)) after = false;
    if (!before && !after) return "none";
  }
  return before ? "before-blank" : "after-blank";
}

/** Where the part that starts at `start` ends. */
export function nextBoundary(units: Uint16Array, start: number, length: number, boundary: Boundary): number {
  if (boundary === "none") return length;
  let end = start + 1;
  if (boundary === "before-blank") {
    while (end < length && (units[end] !== BLANK || units[end - 1] === BLANK)) end++;
  } else {
    while (end < length && (units[end] === BLANK || units[end - 1] !== BLANK)) end++;
  }
  return end;
}
