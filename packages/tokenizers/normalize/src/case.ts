// Forgetting case.
//
//   lowercase             ΟΔΟΣ Straße → οδος straße     as people write
//   lowercaseByCharacter  ΟΔΟΣ Straße → οδοσ straße     each character alone, as Rust's and Hugging Face's
//   caseFold              ΟΔΟΣ Straße → οδοσ strasse    for comparing: words in any case become equal
//
// Source: The Unicode Standard, section 3.13, and its CaseFolding.txt (statuses C and F, full folding), here by way of
// JavaScript's own tables: folding is lower(upper(lower(c))) but for Cherokee, whose capitals are what is folded to, and
// for the dotless ı, which folds to itself.

import type { Alignment } from "./alignment.js";
import type { Normalizer } from "./compose.js";
import { replace } from "./replace.js";

/** Only İ (U+0130) becomes longer in lower case: "i" and a dot above. */
const dotted = /* @__PURE__ */ replace("\u0130", "i\u0307").align!;

function lowered(lower: (text: string) => string): Normalizer {
  return Object.assign(lower, {
    align: (text: string): Alignment => ({ ...dotted(text), text: lower(text) }),
  });
}

/**
 * Lower case, the same in every locale. Idempotent. Not a case folding: "ß" and "ss" stay different, and the small
 * sigma depends on its place ("ΟΔΟΣ" becomes "οδος").
 */
export const lowercase: Normalizer = /* @__PURE__ */ lowered((text) => text.toLowerCase());

/** Lower case of each character alone: the small sigma is "σ" everywhere. Idempotent. Hugging Face's `Lowercase`. */
export const lowercaseByCharacter: Normalizer = /* @__PURE__ */ lowered((text) =>
  text.replaceAll("\u03a3", "\u03c3").toLowerCase(),
);

const UNFOLDED = /[\u0131\u13a0-\u13f5]/u;
const SMALL_CHEROKEE = /[\u13f8-\u13fd\uab70-\uabbf]/u;

function fold(character: string): string {
  if (UNFOLDED.test(character)) return character;
  if (SMALL_CHEROKEE.test(character)) return character.toUpperCase();
  return character.toLowerCase().toUpperCase().toLowerCase();
}

/** Unicode's full case folding: "Straße", "STRASSE" and "strasse" become equal. Idempotent. Accents stay. */
export const caseFold: Normalizer = /* @__PURE__ */ replace(/[A-Z]+|[^\0-\x7f]/u, (match) =>
  match.charCodeAt(0) < 0x80 ? match.toLowerCase() : fold(match),
);
