// The four Unicode normalization forms.
//
//           canonical   compatibility
//   whole     NFC          NFKC         letters and marks composed: é is one code point
//   in parts  NFD          NFKD         letters and marks apart: é is e + U+0301
//
// Source: Unicode Standard Annex #15, by JavaScript's own tables. Lone surrogates stay as they are.

import type { Alignment } from "./alignment.js";
import { type Normalizer, oneChange } from "./compose.js";
import { replace } from "./replace.js";

/**
 * A character with those that follow it and may be composed with it or change their order with it: marks, the vowels
 * and finals of Hangul, compatibility forms of either, and the vowel signs of Kirat Rai. Text cut between two such
 * groups can be normalized part by part.
 */
const GROUP = /.[\p{M}\u1160-\u11ff\u3131-\u318e\uff9e\uff9f\uffa0-\uffdc\u{16d63}\u{16d67}\u{16d68}]+|[^\0-\x7f]/su;

type Form = "NFC" | "NFD" | "NFKC" | "NFKD";

function form(name: Form): Normalizer {
  const byGroups = replace(GROUP, (group) => group.normalize(name)).align!;
  return Object.assign((text: string) => text.normalize(name), {
    align: (text: string): Alignment => {
      const found = byGroups(text);
      const whole = text.normalize(name);
      // Never so with the Unicode of today; with a later one, a coarse answer is better than a wrong one.
      return found.text === whole ? found : oneChange(text, whole);
    },
  });
}

/** Composes: "e\u0301" becomes "é". Idempotent. The form of most text on the web; changes no meaning. */
export const nfc: Normalizer = /* @__PURE__ */ form("NFC");

/** Decomposes: "é" becomes "e\u0301". Idempotent. */
export const nfd: Normalizer = /* @__PURE__ */ form("NFD");

/** Composes and replaces compatibility characters: "ﬁ" becomes "fi", "②" "2", "Ａ" "A". Idempotent; loses information. */
export const nfkc: Normalizer = /* @__PURE__ */ form("NFKC");

/** Decomposes and replaces compatibility characters. Idempotent; loses information. */
export const nfkd: Normalizer = /* @__PURE__ */ form("NFKD");
