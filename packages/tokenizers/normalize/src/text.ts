// Normalizers that forget a difference of accents, control characters, signs or white space.

import { compose, type Normalizer } from "./compose.js";
import { replace, trim } from "./replace.js";
import { nfc, nfd } from "./unicode.js";

/**
 * Removes the accents that stand on letters: "é" becomes "e", "Ångström" "Angstrom". Idempotent.
 *
 * Decomposes (NFD), drops non-spacing marks (\p{Mn}) and composes again (NFC), so that what has no accents, such
 * as Hangul syllables, keeps its usual form. Letters that Unicode does not decompose stay: "ø", "ł". In scripts
 * where marks are vowels, such as Devanagari, Thai and Arabic, this destroys words.
 */
export const stripAccents: Normalizer = /* @__PURE__ */ compose(nfd, /* @__PURE__ */ replace(/\p{Mn}+/u, ""), nfc);

/** Removes all marks (\p{M}), and nothing else: accents only after `nfd`. Idempotent. Hugging Face's `StripAccents`. */
export const removeMarks: Normalizer = /* @__PURE__ */ replace(/\p{M}+/u, "");

/**
 * Removes characters that carry no text: control characters (\p{Cc}) that are not white space, the replacement
 * character U+FFFD, byte-order marks U+FEFF, soft hyphens U+00AD and lone surrogates. Idempotent.
 *
 * BERT's step removes more: vertical tabs, form feeds and U+0085, which joins the words around them, and all format
 * characters (\p{Cf}), among them the zero-width joiners that spell emoji, and words of Persian and Hindi.
 */
export const cleanControl: Normalizer = /* @__PURE__ */ replace(
  /(?!\p{White_Space})[\p{Cc}\p{Cs}\ufffd\ufeff\u00ad]/u,
  "",
);

/** The engine's own answer, where it has one, is several times as fast as an expression. */
const isWellFormed = (text: string & { isWellFormed?: () => boolean }): boolean =>
  text.isWellFormed?.() ?? !/\p{Surrogate}/u.test(text);

const replaceSurrogates = /* @__PURE__ */ replace(/\p{Surrogate}/u, "\ufffd");

/** U+FFFD for each lone surrogate, half of a character, which no UTF-8 has. Idempotent. */
export const wellFormed: Normalizer = /* @__PURE__ */ Object.assign(
  (text: string) => (isWellFormed(text) ? text : replaceSurrogates(text)),
  { align: replaceSurrogates.align },
);

/**
 * Removes signs that decorate and say nothing: private use and unassigned characters, interlinear marks, and technical
 * signs, boxes, blocks, shapes and dingbats (U+2300…243F, 2500…27BF, 2B00…2BFF) that are no emoji. Idempotent.
 */
export const stripSymbols: Normalizer = /* @__PURE__ */ replace(
  /[\p{Co}\p{Cn}\ufff9-\ufffd]|(?!\p{Extended_Pictographic})[\u2300-\u243f\u2500-\u27bf\u2b00-\u2bff]/u,
  "",
);

/** Shortens a sign (\p{P}, \p{S}) that is repeated more than three times to three: "!!!!!!" to "!!!". Idempotent. */
export const collapsePunctuation: Normalizer = /* @__PURE__ */ replace(/([\p{P}\p{S}])\1{3,}/u, (run) =>
  String.fromCodePoint(run.codePointAt(0)!).repeat(3),
);

/** Makes each run of white space (\p{White_Space}) one blank, and removes it at both ends. Idempotent. */
export const collapseWhitespace: Normalizer = /* @__PURE__ */ compose(
  /* @__PURE__ */ replace(/\p{White_Space}+/u, " "),
  /* @__PURE__ */ trim(),
);

/**
 * The clean-up of machine translation: removes most control characters, and makes white space of several kinds,
 * zero-width characters, ▁ and U+FFFD blanks. Hugging Face's `Nmt`; sentencepiece's rules hold it too.
 */
export const nmt: Normalizer = /* @__PURE__ */ compose(
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed.
  /* @__PURE__ */ replace(/[\x01-\x08\x0b\x0e-\x1f\x7f\x8f\x9f]/, ""),
  /* @__PURE__ */ replace(/[\t\n\f\r\u1680\u200b-\u200f\u2028\u2029\u2581\ufeff\ufffd]/, " "),
);
