// Pre-tokenizers as lists of stages: each cuts the pieces of the one before it, and may change them first.
//
//   pieces(text) = cut_n(change_n( … cut_1(change_1(text)) … ))
//
// A stage that only cuts works on ranges of one string, so nothing is copied. A stage that changes a piece (▁ for
// blanks, a blank before the first word) says for each position of the new text where it comes from in the old one.

import type { NextBoundary } from "./pretokenize.js";

/** Takes a piece or a match: the code units `[start, end)`. */
export type OnRange = (start: number, end: number) => void;

/** Calls `onRange` for ranges of `text[start, end)`, in order and without overlap; what lies between is left out. */
export interface Cut {
  (text: string, start: number, end: number, onRange: OnRange): void;
  /** For a cut that leaves nothing out and needs to know nothing but where a piece starts. */
  readonly next?: NextBoundary;
}

/** What a stage made of a piece, and where its positions come from. */
export interface Changed {
  readonly text: string;
  /** Where in the piece the unit at `position` begins. */
  readonly from: (position: number) => number;
  /** Where in the piece the unit before `position` ends. */
  readonly to: (position: number) => number;
}

/** One step of a pre-tokenizer. */
export interface Stage {
  readonly cut: Cut;
  /** Applied to each piece before it is cut; `first` tells whether the piece stands at the very start of the text. */
  readonly change?: (piece: string, first: boolean) => Changed;
}

/** The stages, applied in order. Without any, the text is one piece. */
export type Pretokenizer = readonly Stage[];

/** A piece of a text: its own text, and the range of code units that it comes from. */
export interface Piece {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** Takes a piece: it is `text.slice(start, end)` and comes from `[from, to)` of what was given. */
export type OnPiece = (text: string, start: number, end: number, from: number, to: number) => void;

/** One pre-tokenizer after the other. */
export function sequence(...pretokenizers: readonly Pretokenizer[]): Pretokenizer {
  return pretokenizers.flat();
}

/** The pieces of `text` with their places. */
export function pieces(text: string, pretokenizer: Pretokenizer, first = true): Piece[] {
  const found: Piece[] = [];
  forEachPiece(
    text,
    pretokenizer,
    (changed, start, end, from, to) => found.push({ text: changed.slice(start, end), start: from, end: to }),
    first,
  );
  return found;
}

/**
 * Calls `onPiece` for each piece of `text`, in order. `first` is false for a text that does not stand at the very start
 * of the whole, such as what follows a special token; only stages that prepend something ask.
 */
export function forEachPiece(text: string, pretokenizer: Pretokenizer, onPiece: OnPiece, first = true): void {
  if (text === "") return;
  if (pretokenizer.some(({ change }) => change)) {
    walk({ stages: pretokenizer, first, onPiece }, 0, { text, ...HERE }, 0, text.length);
    return;
  }
  // Only cuts: one chain of calls over ranges of the same string.
  const emit: OnRange = (start, end) => onPiece(text, start, end, start, end);
  const chain = pretokenizer.reduceRight<OnRange>(
    (next, { cut }) =>
      (start, end) =>
        cut(text, start, end, next),
    emit,
  );
  chain(0, text.length);
}

/** The boundary function of a pre-tokenizer, for `BPE.encode(text, scanner)`; undefined if it has none. */
export function boundaryOf(pretokenizer: Pretokenizer): NextBoundary | undefined {
  const [stage, ...others] = pretokenizer;
  return others.length > 0 || stage?.change ? undefined : stage?.cut.next;
}

const HERE = { from: (position: number): number => position, to: (position: number): number => position };

interface Walk {
  readonly stages: Pretokenizer;
  readonly first: boolean;
  readonly onPiece: OnPiece;
}

/** Hands a piece, `changed.text.slice(start, end)`, to the stage of that index, and so on. */
function walk(all: Walk, index: number, changed: Changed, start: number, end: number): void {
  const stage = all.stages[index];
  if (stage === undefined) {
    all.onPiece(changed.text, start, end, changed.from(start), changed.to(end));
  } else if (!stage.change) {
    stage.cut(changed.text, start, end, (from, to) => walk(all, index + 1, changed, from, to));
  } else {
    const next = stage.change(changed.text.slice(start, end), all.first && changed.from(start) === 0);
    const back = start === 0 && changed.from === HERE.from ? next : within(changed, start, next);
    stage.cut(next.text, 0, next.text.length, (from, to) => walk(all, index + 1, back, from, to));
  }
}

/** What `next` made of the piece of `changed` that begins at `start`, with positions in what `changed` was made of. */
function within(changed: Changed, start: number, next: Changed): Changed {
  return {
    text: next.text,
    from: (position) => changed.from(start + next.from(position)),
    to: (position) => changed.to(start + next.to(position)),
  };
}

/** The whole range as one piece. */
export const whole: Cut = (_, start, end, onRange) => {
  if (end > start) onRange(start, end);
};

/** The cut that a boundary function makes. */
export function cutBy(next: NextBoundary): Cut {
  const cut: Cut = (text, start, end, onRange) => {
    for (let at = start, after: number; at < end; at = after) {
      after = next(text, at, end);
      onRange(at, after);
    }
  };
  return Object.assign(cut, { next });
}
