// Where in a piece each of its tokens stands.
//
// What a token takes follows from the token, but for those that stand for what is not known: these take what is between
// their neighbours, as * does in a file name, and at least one character. Bytes that share a character each take all of it.

import type { Model } from "./model/model.js";

type Span = [start: number, end: number];

/** The stretch of `piece` that each of the ids, `ids[from]` and what follows, takes. */
export function tokenSpans(piece: string, ids: readonly number[], from: number, model: Model): Span[] {
  const surfaces = ids.slice(from).map((id, i) => model.surface(id, i === 0));
  const spans: Span[] = [];
  let at = 0;
  for (let i = 0; i < surfaces.length; ) {
    const surface = surfaces[i];
    if (surface === undefined) {
      const end = unknownEnd(piece, at, surfaces, i + 1);
      spans.push([at, end]);
      at = end;
      i++;
    } else if (typeof surface === "string") {
      const end = Math.min(piece.length, at + surface.length);
      spans.push([at, end]);
      at = end;
      i++;
    } else [at, i] = byteSpans(piece, at, surfaces, i, spans);
  }
  return spans;
}

type Surfaces = readonly ReturnType<Model["surface"]>[];

/** The run of bytes that begins with surface `i`: the characters that each touches. Returns where the run ends. */
function byteSpans(piece: string, start: number, surfaces: Surfaces, first: number, spans: Span[]): [number, number] {
  let [at, i] = [start, first];
  // Bytes of the character at `at` that are taken already.
  let taken = 0;
  for (; i < surfaces.length; i++) {
    const surface = surfaces[i];
    if (surface === undefined || typeof surface === "string") break;
    let left = typeof surface === "number" ? 1 : surface.length;
    const begin = at;
    let end = at;
    while (left > 0 && at < piece.length) {
      const [bytes, units] = sizeAt(piece, at);
      const some = Math.min(left, bytes - taken);
      left -= some;
      taken += some;
      end = at + units;
      if (taken === bytes) [at, taken] = [end, 0];
    }
    spans.push([begin, end]);
  }
  return [at, i];
}

function sizeAt(text: string, at: number): [bytes: number, units: number] {
  const codePoint = text.codePointAt(at)!;
  if (codePoint < 0x80) return [1, 1];
  if (codePoint < 0x800) return [2, 1];
  return codePoint < 0x10000 ? [3, 1] : [4, 2];
}

/** Where what is not known ends: where the texts that follow it, up to the next that is not known, are found. */
function unknownEnd(piece: string, at: number, surfaces: Surfaces, next: number): number {
  const first = at + (at < piece.length ? sizeAt(piece, at)[1] : 0);
  if (next === surfaces.length) return piece.length;
  let literal = "";
  let i = next;
  for (; i < surfaces.length && typeof surfaces[i] === "string"; i++) literal += surfaces[i];
  if (literal === "") return first;
  const found = i === surfaces.length ? piece.length - literal.length : piece.indexOf(literal, first);
  return Math.max(first, found);
}
