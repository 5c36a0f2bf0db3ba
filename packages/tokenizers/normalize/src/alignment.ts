// Where each position of a normalized text comes from in the original.
//
//   edits: original [from, to) became normalized [start, end); between two edits the texts are the same
//
// Positions are code units. A character that an edit made comes from all of what the edit replaced, so an alignment is
// as fine as the edits are: single characters, or letters with their marks. What was deleted belongs to no character.
// Hugging Face's tokenizers keep a range for each byte instead; theirs of "é" made from "e" and an accent is the "e".

/** A normalized text, and where its positions come from. */
export interface Alignment {
  readonly text: string;
  /** Where in the original the unit at `position` begins. */
  readonly from: (position: number) => number;
  /** Where in the original the unit before `position` ends. */
  readonly to: (position: number) => number;
}

/** The alignment of a text with itself. */
export function aligned(text: string): Alignment {
  return { text, from: (position) => position, to: (position) => position };
}

/** The alignment of two steps: `second` was made of the text of `first`. */
export function chain(first: Alignment, second: Alignment): Alignment {
  return {
    text: second.text,
    from: (position) => first.from(second.from(position)),
    to: (position) => first.to(second.to(position)),
  };
}

/** Collects the edits of a text from left to right. */
export class Edits {
  private readonly parts: string[] = [];
  private readonly edits: number[] = []; // from, to, start, end of each
  private read = 0;
  private written = 0;

  constructor(private readonly original: string) {}

  /** Puts `replacement` in the place of the original's `[from, to)`. */
  replace(from: number, to: number, replacement: string): void {
    this.written += from - this.read;
    this.parts.push(this.original.slice(this.read, from), replacement);
    const start = this.written;
    this.written += replacement.length;
    this.read = to;
    // A character for a character of the same length needs no note.
    if (replacement.length !== to - from || to - from > 2) this.edits.push(from, to, start, this.written);
  }

  finish(): Alignment {
    const { edits, parts, original, read } = this;
    const text = parts.length === 0 ? original : parts.join("") + original.slice(read);
    if (edits.length === 0) return aligned(text);
    return {
      text,
      from: (position) => {
        const at = lastEdit(edits, position);
        if (at < 0) return position;
        const end = edits[at + 3]!;
        return position < end ? edits[at]! : edits[at + 1]! + position - end;
      },
      to: (position) => {
        const at = lastEdit(edits, position - 1);
        return at < 0 ? position : edits[at + 1]! + Math.max(0, position - edits[at + 3]!);
      },
    };
  }
}

/** The index of the last edit whose start is at most `position`, or -1. */
function lastEdit(edits: readonly number[], position: number): number {
  let low = 0;
  let high = edits.length >> 2;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (edits[middle * 4 + 2]! <= position) low = middle + 1;
    else high = middle;
  }
  return (low - 1) * 4;
}
