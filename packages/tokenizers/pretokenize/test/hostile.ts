// Texts on which pre-tokenizers differ: an alphabet of the characters that any of the expressions tells apart.

import fc from "fast-check";

const signs = ["'", "'", "’", "!", "/", "-", "_", "€", "�", "·", "\u0000", "\u200b", "\u200d", "\ufeff", "\u00ad"];
const spaces = [" ", " ", " ", "\n", "\r", "\t", "\u000b", "\u000c", "\u0085", "\u00a0", "\u1680", "\u2003", "\u2028"];
const lower = ["s", "t", "d", "m", "l", "r", "e", "v", "a", "ſ", "ß", "é", "ж", "λ", "ﬁ", "𝒶", "𐐨"];
const upper = ["S", "T", "D", "M", "L", "R", "E", "V", "A", "K", "É", "Ж", "İ", "𝐀", "𐐀", "ǅ", "ῼ"];
const caseless = ["文", "あ", "한", "ا", "ש", "ह", "ก", "ª", "ʰ", "ー", "𠮷", "𞤀", "ꓐ"];
const marks = ["\u0301", "\u0300", "\u093f", "\u094d", "\u0e31", "\u20dd", "\ufe0f", "\u{e0100}", "𑀀"];
const numbers = ["0", "1", "9", "²", "½", "Ⅷ", "٣", "三", "〇", "𝟘", "𐄇"];
const pictures = ["😀", "👩‍💻", "🇩🇪", "✊🏽"];
const lone = ["\ud800", "\udbff", "\udc00", "\udfff"];

/** Text from that alphabet, with whole contractions and arbitrary characters among it. */
export const hostileText: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      ...[signs, spaces, lower, upper, caseless, marks, numbers].map((group) => fc.constantFrom(...group)),
      fc.constantFrom(...pictures, ...lone),
      fc.constantFrom("'s", "'S", "'ſ", "'t", "'re", "'RE", "'vE", "'m", "'Ll", "'d", "'l", "'r", "don't", " I'VE"),
      fc.string({ unit: "binary", maxLength: 2 }),
    ),
    { maxLength: 40 },
  )
  .map((parts) => parts.join(""));
