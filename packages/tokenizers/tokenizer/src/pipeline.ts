// The way of a text through the stages: added tokens apart, normalized, cut into pieces, and each piece to ids.
//
// Ids alone come by a short way where the model offers one; with offsets each stage is asked where its text came from.

import { type Alignment, align, aligned } from "@llm/normalize";
import { forEachPiece } from "@llm/pretokenize";
import { type AddedTokens, refuseSpecial, type SpecialTokenOptions, stretches } from "./added-tokens.js";
import type { Sequence } from "./encoding.js";
import type { Model } from "./model/model.js";
import type { NormalizerStage } from "./stage/normalizer.js";
import type { PreTokenizer } from "./stage/pre-tokenizer.js";
import { tokenSpans } from "./token-spans.js";

/** The stages that ids depend on. */
export interface Pipeline {
  added: AddedTokens;
  normalizer: NormalizerStage;
  preTokenizer: PreTokenizer;
  model: Model;
}

/** The ids of a text. */
export function idsOf(
  text: string,
  { added, normalizer, preTokenizer, model }: Pipeline,
  options: SpecialTokenOptions,
): number[] {
  const search = added.search(options);
  refuseSpecial(text, search.refuse);
  const out: number[] = [];
  for (const raw of stretches(text, search.raw)) {
    if (raw.token) {
      out.push(raw.token.id);
      continue;
    }
    const normalized = normalizer.normalize(text.slice(raw.start, raw.end));
    for (const { start, end, token } of stretches(normalized, search.normalized)) {
      if (token) out.push(token.id);
      else encodeStretch(normalized.slice(start, end), raw.start === 0 && start === 0, preTokenizer, model, out);
    }
  }
  return out;
}

function encodeStretch(text: string, first: boolean, preTokenizer: PreTokenizer, model: Model, out: number[]): void {
  if (preTokenizer.next && model.encodeText) model.encodeText(text, preTokenizer.next, out);
  else {
    forEachPiece(
      text,
      preTokenizer.stages,
      (changed, start, end) => model.encode(changed.slice(start, end), out),
      first,
    );
  }
}

/** The ids of a text, their tokens, and where they come from. */
export function sequenceOf(text: string, pipeline: Pipeline, options: SpecialTokenOptions): Sequence {
  const { added, normalizer } = pipeline;
  const search = added.search(options);
  refuseSpecial(text, search.refuse);
  const sequence: Sequence = { ids: [], tokens: [], offsets: [] };
  for (const raw of stretches(text, search.raw)) {
    if (raw.token) {
      append(sequence, raw.token.id, raw.token.content, [raw.start, raw.end]);
      continue;
    }
    const part = text.slice(raw.start, raw.end);
    const alignment = normalizer.json || normalizer.normalize.align ? align(normalizer.normalize, part) : aligned(part);
    for (const { start, end, token } of stretches(alignment.text, search.normalized)) {
      if (token) append(sequence, token.id, token.content, origin(alignment, raw.start, start, end));
      else appendPieces(sequence, alignment, raw.start, start, end, pipeline);
    }
  }
  return sequence;
}

function append(to: Sequence, id: number, token: string, offsets: [number, number]): void {
  to.ids.push(id);
  to.tokens.push(token);
  to.offsets.push(offsets);
}

function origin({ from, to }: Alignment, shift: number, start: number, end: number): [number, number] {
  const begin = from(start);
  return [shift + begin, shift + Math.max(begin, end > start ? to(end) : begin)];
}

function appendPieces(
  sequence: Sequence,
  alignment: Alignment,
  shift: number,
  begin: number,
  finish: number,
  { preTokenizer, model }: Pipeline,
): void {
  const stretch = alignment.text.slice(begin, finish);
  const first = shift === 0 && begin === 0;
  forEachPiece(
    stretch,
    preTokenizer.stages,
    (changed, start, end, from, to) => {
      const piece = changed.slice(start, end);
      const at = sequence.ids.length;
      model.encode(piece, sequence.ids);
      const spans = tokenSpans(piece, sequence.ids, at, model);
      const place = placeIn(piece, stretch.slice(from, to), widthAt(stretch, from));
      for (const [i, [a, b]] of spans.entries()) {
        const id = sequence.ids[at + i]!;
        const [left, right] = [begin + from + place(a, false), begin + from + place(b, true)];
        sequence.tokens.push(model.idToToken(id) ?? "");
        sequence.offsets.push(origin(alignment, shift, left, right));
      }
    },
    first,
  );
}

function widthAt(text: string, at: number): number {
  return (text.codePointAt(at) ?? 0) > 0xffff ? 2 : Math.min(1, text.length - at);
}

/**
 * Position in a piece → position in the text that it was made from, which a blank may have been put before, or bytes made
 * of. A blank that was put there comes from the first character, as by Hugging Face.
 */
function placeIn(piece: string, source: string, width: number): (position: number, end: boolean) => number {
  if (piece.length === source.length) return (position) => position;
  if (piece.length === source.length + 1) {
    return (position, end) => (end && position === 1 ? width : Math.max(0, position - 1));
  }
  const starts: number[] = [];
  const ends: number[] = [];
  let at = 0;
  for (const character of source) {
    const bytes = new TextEncoder().encode(character).length;
    for (let i = 0; i < bytes; i++) [starts[starts.length], ends[ends.length]] = [at, at + character.length];
    at += character.length;
  }
  const prefix = piece.length - starts.length;
  if (prefix !== 0 && prefix !== 1) return (_, end) => (end ? source.length : 0);
  return (position, end) =>
    end ? (ends[position - 1 - prefix] ?? width) : (starts[Math.max(0, position - prefix)] ?? source.length);
}
