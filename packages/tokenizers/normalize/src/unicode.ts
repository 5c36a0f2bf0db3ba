// The four Unicode normalization forms.
//
//           canonical   compatibility
//   whole     NFC          NFKC         letters and marks composed: é is one code point
//   in parts  NFD          NFKD         letters and marks apart: é is e + U+0301
//
// Source: Unicode Standard Annex #15, by JavaScript's own tables. Lone surrogates stay as they are.

import type { Normalizer } from "./compose.js";

/** Composes: "e\u0301" becomes "é". Idempotent. The form of most text on the web; changes no meaning. */
export const nfc: Normalizer = (text) => text.normalize("NFC");

/** Decomposes: "é" becomes "e\u0301". Idempotent. */
export const nfd: Normalizer = (text) => text.normalize("NFD");

/** Composes and replaces compatibility characters: "ﬁ" becomes "fi", "②" "2", "Ａ" "A". Idempotent; loses information. */
export const nfkc: Normalizer = (text) => text.normalize("NFKC");

/** Decomposes and replaces compatibility characters. Idempotent; loses information. */
export const nfkd: Normalizer = (text) => text.normalize("NFKD");
