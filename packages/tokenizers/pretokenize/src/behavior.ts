// What becomes of the matches when a text is split at them, and of the text between them.
//
//   "a-b--c" at "-"    removed               a   b      c
//                      isolated              a - b - -  c
//                      contiguous            a - b --   c
//                      mergedWithPrevious    a- b- - c
//                      mergedWithNext        a -b - -c
//
// Source: `SplitDelimiterBehavior` of Hugging Face's tokenizers.

import type { Cut, OnRange } from "./stage.js";

/** What becomes of the matches. */
export type SplitBehavior = "removed" | "isolated" | "contiguous" | "mergedWithPrevious" | "mergedWithNext";

type OnSegment = (start: number, end: number, isMatch: boolean) => void;

/** Joins segments, some of which are matches, into pieces; `finish` hands out what is still held back. */
interface Joiner {
  readonly take: OnSegment;
  readonly finish: () => void;
}

const joiners: Record<SplitBehavior, (emit: OnRange) => Joiner> = {
  removed: (emit) => ({ take: (start, end, isMatch) => void (isMatch || emit(start, end)), finish: () => {} }),
  isolated: (emit) => ({ take: emit, finish: () => {} }),
  contiguous: (emit) => joining(emit, (isMatch, wasMatch) => isMatch === wasMatch),
  mergedWithPrevious: (emit) => joining(emit, (isMatch, wasMatch) => isMatch && !wasMatch),
  mergedWithNext: (emit) => joining(emit, (isMatch, wasMatch) => !isMatch && wasMatch),
};

/** Holds one piece back, and joins the next segment to it if `joins` says so of the two. */
function joining(emit: OnRange, joins: (isMatch: boolean, wasMatch: boolean) => boolean): Joiner {
  let from = -1;
  let to = -1;
  let wasMatch = false;
  return {
    take: (start, end, isMatch) => {
      if (from >= 0 && joins(isMatch, wasMatch)) to = end;
      else {
        if (from >= 0) emit(from, to);
        from = start;
        to = end;
      }
      wasMatch = isMatch;
    },
    finish: () => {
      if (from >= 0) emit(from, to);
    },
  };
}

/**
 * The cut that splits at what `matches` finds. With `invert` the text between is what counts as match. Empty pieces
 * are left out, so an empty match is a place where the text is cut.
 *
 * @throws RangeError for a behavior that does not exist.
 */
export function splitAt(matches: Cut, behavior: SplitBehavior, invert = false): Cut {
  if (!Object.hasOwn(joiners, behavior)) {
    const known = Object.keys(joiners).join(", ");
    throw new RangeError(`split: behavior must be one of ${known}, got ${JSON.stringify(behavior)}`);
  }
  // Where the matches cover everything, they are the pieces.
  if (matches.next && (invert ? behavior === "removed" : behavior === "isolated")) return matches;
  return (text, start, end, onRange) => {
    const { take, finish } = joiners[behavior]((from, to) => {
      if (to > from) onRange(from, to);
    });
    let at = start;
    matches(text, start, end, (from, to) => {
      if (from > at) take(at, from, invert);
      take(from, to, !invert);
      at = to;
    });
    if (end > at) take(at, end, invert);
    finish();
  };
}
