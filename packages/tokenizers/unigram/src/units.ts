// Text as UTF-16 units in a typed array: what a trie and a cache can walk through without making strings.

import { CELL } from "./double-array.js";

/** Writes the units of `text` to `out`, which has room for them; half of a surrogate pair becomes U+FFFD. Returns how many. */
export function writeUnits(text: string, out: Uint16Array): number {
  const length = text.length;
  for (let i = 0; i < length; i++) {
    const unit = text.charCodeAt(i);
    if ((unit & 0xf800) !== 0xd800) {
      out[i] = unit;
      continue;
    }
    const next = i + 1 < length ? text.charCodeAt(i + 1) : 0;
    if (unit < 0xdc00 && (next & 0xfc00) === 0xdc00) {
      out[i] = unit;
      out[++i] = next;
    } else out[i] = 0xfffd;
  }
  return length;
}

/** How many units the character at `i` of well-formed text has: 2 for a surrogate pair. */
export function widthAt(units: Uint16Array, i: number): number {
  return (units[i]! & 0xfc00) === 0xd800 ? 2 : 1;
}

/** The places that units have in the trie of `pieces`: unit → code * CELL, frequent units first, 0 for units of no piece. */
export function codeTable(pieces: readonly string[]): { table: Int32Array; maxCode: number } {
  const counts = new Int32Array(65536);
  for (const piece of pieces) for (let i = 0; i < piece.length; i++) counts[piece.charCodeAt(i)]!++;
  const used: number[] = [];
  for (let unit = 0; unit < 65536; unit++) if (counts[unit]) used.push(unit);
  used.sort((a, b) => counts[b]! - counts[a]!);
  const table = new Int32Array(65536);
  used.forEach((unit, rank) => {
    table[unit] = (rank + 1) * CELL;
  });
  return { table, maxCode: used.length };
}

/** The UTF-8 bytes of the character at `i`. */
export function utf8At(units: Uint16Array, i: number): number[] {
  const unit = units[i]!;
  if (unit < 0x80) return [unit];
  if (unit < 0x800) return [0xc0 | (unit >> 6), 0x80 | (unit & 63)];
  if (widthAt(units, i) === 1) return [0xe0 | (unit >> 12), 0x80 | ((unit >> 6) & 63), 0x80 | (unit & 63)];
  const code = 0x10000 + ((unit - 0xd800) << 10) + (units[i + 1]! - 0xdc00);
  return [0xf0 | (code >> 18), 0x80 | ((code >> 12) & 63), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63)];
}
