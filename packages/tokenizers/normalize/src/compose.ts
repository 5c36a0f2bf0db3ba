// Composition of normalizers: apply the first, then the next to what it gave.
//
//   compose(f, g, h)(text) = h(g(f(text)))     compose()(text) = text

import { type Alignment, aligned, chain, Edits } from "./alignment.js";

/** A function from text to text that makes texts which should count as equal, equal. */
export interface Normalizer {
  (text: string): string;
  /** The same, with where each position comes from. Where it is missing, `align` finds out what it can. */
  readonly align?: (text: string) => Alignment;
}

/** Gives the text back as it is; the neutral element of `compose`. */
export const identity: Normalizer = /* @__PURE__ */ Object.assign((text: string) => text, { align: aligned });

/** The normalizer that applies `normalizers` from left to right. Without any, it is the identity. */
export function compose(...normalizers: readonly Normalizer[]): Normalizer {
  const apply = (text: string): string => normalizers.reduce((current, normalize) => normalize(current), text);
  const alignAll = (text: string): Alignment =>
    normalizers.reduce((current, normalize) => chain(current, align(normalize, current.text)), aligned(text));
  return Object.assign(apply, { align: alignAll });
}

/**
 * What `normalize` makes of `text`, and where each position of it comes from. For a function of your own without an
 * `align`, what lies between the common beginning and the common end counts as one change.
 */
export function align(normalize: Normalizer, text: string): Alignment {
  if (normalize.align) return normalize.align(text);
  return oneChange(text, normalize(text));
}

/** The alignment that knows nothing but where two texts begin to differ, and where they cease to. */
export function oneChange(before: string, after: string): Alignment {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before.charCodeAt(start) === after.charCodeAt(start)) start++;
  let end = 0;
  while (
    end < shorter - start &&
    before.charCodeAt(before.length - 1 - end) === after.charCodeAt(after.length - 1 - end)
  )
    end++;
  if (start === before.length && start === after.length) return aligned(after);
  const edits = new Edits(before);
  edits.replace(start, before.length - end, after.slice(start, after.length - end));
  return edits.finish();
}
