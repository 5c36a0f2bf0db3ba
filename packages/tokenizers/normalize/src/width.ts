// Full-width and half-width forms: the same characters, as wide as an ideograph or half of that.
//
//   fullWidthToHalfWidth   ＡＢＣ１２３！　￥ → ABC123! ¥
//   halfWidthToFullWidth   ABC 123 ｶﾞｷﾞ → ＡＢＣ　１２３　ガギ
//
// One after the other, halfWidthToFullWidth then fullWidthToHalfWidth, is what Japanese text usually wants: wide kana,
// narrow letters and digits. NFKC does this and much more.
//
// Source: the block "Halfwidth and Fullwidth Forms" of Unicode.

import type { Normalizer } from "./compose.js";
import { replace } from "./replace.js";

const SIGNS_WIDE = "￠￡￢￣￤￥￦";
const SIGNS_NARROW = "¢£¬¯¦¥₩";

/** Replaces full-width forms of ASCII, of seven signs such as ￥, and the ideographic space (U+3000). Idempotent. */
export const fullWidthToHalfWidth: Normalizer = /* @__PURE__ */ replace(
  /[\uff01-\uff5e\u3000\uffe0-\uffe6]/,
  (wide) => {
    if (wide === "\u3000") return " ";
    const sign = SIGNS_WIDE.indexOf(wide);
    return sign < 0 ? String.fromCharCode(wide.charCodeAt(0) - 0xfee0) : SIGNS_NARROW[sign]!;
  },
);

/**
 * Replaces what `fullWidthToHalfWidth` makes by its full-width form, and half-width kana, Hangul and signs by the
 * ordinary ones; a half-width kana with its voicing mark becomes one character. Idempotent.
 */
export const halfWidthToFullWidth: Normalizer = /* @__PURE__ */ replace(
  /[\uff66-\uff9d][\uff9e\uff9f]?|[ -~¢£¬¯¦¥₩\uff61-\uff65\uff9e\uff9f\uffa0-\uffdc\uffe8-\uffee]/,
  (narrow) => {
    if (narrow === " ") return "\u3000";
    if (narrow === "\uff9e") return "\u309b";
    if (narrow === "\uff9f") return "\u309c";
    const sign = SIGNS_NARROW.indexOf(narrow);
    if (sign >= 0) return SIGNS_WIDE[sign]!;
    const unit = narrow.charCodeAt(0);
    if (unit < 0x7f) return String.fromCharCode(unit + 0xfee0);
    return unit >= 0xffa0 && unit <= 0xffdc ? wideJamo(narrow) : narrow.normalize("NFKC");
  },
);

/** Half-width Hangul letters stand for the compatibility letters (U+3131…), not for the conjoining ones of NFKC. */
function wideJamo(narrow: string): string {
  const unit = narrow.charCodeAt(0);
  if (unit === 0xffa0) return "\u3164";
  if (unit <= 0xffbe) return String.fromCharCode(unit - 0xffa1 + 0x3131);
  // The vowels come in groups of six, with gaps of two.
  const vowel = unit - 0xffc2;
  const index = vowel - (vowel >> 3) * 2;
  return vowel >= 0 && (vowel & 7) < 6 && index < 21 ? String.fromCharCode(0x314f + index) : narrow;
}
