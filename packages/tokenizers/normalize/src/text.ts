// Normalizers that forget a difference: of case, accents, control characters, white space or width.
//
// Source: the steps of BERT's BasicTokenizer (Devlin et al. 2019, arXiv:1810.04805) as functions of their own.

import type { Normalizer } from "./compose.js";

/**
 * Lower case, the same in every locale. Idempotent. Not a case folding: "ß" and "ss" stay different, and the small
 * sigma depends on its place ("ΟΔΟΣ" becomes "οδος").
 */
export const lowercase: Normalizer = (text) => text.toLowerCase();

/**
 * Removes the accents that stand on letters: "é" becomes "e", "Ångström" "Angstrom". Idempotent.
 *
 * Decomposes (NFD), drops non-spacing marks (\p{Mn}) and composes again (NFC), so that what has no accents, such
 * as Hangul syllables, keeps its usual form. Letters that Unicode does not decompose stay: "ø", "ł". In scripts
 * where marks are vowels, such as Devanagari, Thai and Arabic, this destroys words.
 */
export const stripAccents: Normalizer = (text) =>
  text
    .normalize("NFD")
    .replace(/\p{Mn}+/gu, "")
    .normalize("NFC");

/**
 * Removes characters that carry no text: control characters (\p{Cc}) that are not white space, the replacement
 * character U+FFFD, byte-order marks U+FEFF, soft hyphens U+00AD and lone surrogates. Idempotent.
 *
 * BERT's step removes more: vertical tabs, form feeds and U+0085, which joins the words around them, and all format
 * characters (\p{Cf}), among them the zero-width joiners that spell emoji, and words of Persian and Hindi.
 */
export const cleanControl: Normalizer = (text) =>
  text.replace(/(?!\p{White_Space})[\p{Cc}\p{Cs}\ufffd\ufeff\u00ad]/gu, "");

/** Makes each run of white space (\p{White_Space}) one blank, and removes it at both ends. Idempotent. */
export const collapseWhitespace: Normalizer = (text) => text.replace(/\p{White_Space}+/gu, " ").replace(/^ | $/g, "");

/**
 * Replaces the full-width forms of ASCII (U+FF01…U+FF5E) and the ideographic space (U+3000) by ASCII:
 * "ＡＢＣ！　１" becomes "ABC! 1". Idempotent. NFKC does this and much more.
 */
export const fullWidthToHalfWidth: Normalizer = (text) =>
  text.replace(/[\uff01-\uff5e\u3000]/g, (character) =>
    character === "\u3000" ? " " : String.fromCharCode(character.charCodeAt(0) - 0xfee0),
  );
