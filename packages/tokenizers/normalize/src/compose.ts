// Composition of normalizers: apply the first, then the next to what it gave.
//
//   compose(f, g, h)(text) = h(g(f(text)))     compose()(text) = text

/** A function from text to text that makes texts which should count as equal, equal. */
export type Normalizer = (text: string) => string;

/** Gives the text back as it is; the neutral element of `compose`. */
export const identity: Normalizer = (text) => text;

/** The normalizer that applies `normalizers` from left to right. Without any, it is the identity. */
export function compose(...normalizers: readonly Normalizer[]): Normalizer {
  return (text) => normalizers.reduce((current, normalize) => normalize(current), text);
}
