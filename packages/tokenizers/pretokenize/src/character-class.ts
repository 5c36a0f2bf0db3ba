// Sets of characters that answer quickly: each block of 256 code points is asked for once, and kept.
//
//   characterClass(/\p{P}/u)(codePoint) = whether the character is punctuation
//
// The classes are those of JavaScript's own Unicode tables.

/** Whether a code point belongs to the class. */
export type CharacterClass = (codePoint: number) => boolean;

/** The class of the characters that pass `test`. A lone surrogate is a code point of its own. */
export function characterClass(test: RegExp | CharacterClass): CharacterClass {
  const isMember =
    typeof test === "function" ? test : (codePoint: number) => test.test(String.fromCodePoint(codePoint));
  const blocks: Uint8Array[] = [];
  return (codePoint) => {
    const index = codePoint >> 8;
    let block = blocks[index];
    if (block === undefined) {
      block = Uint8Array.from({ length: 256 }, (_, low) => Number(isMember(index * 256 + low)));
      blocks[index] = block;
    }
    return block[codePoint & 255] === 1;
  };
}

const ASCII_PUNCTUATION = "!-/:-@[-`{-~";

/** `\p{White_Space}`, which JavaScript's `\s` is not: that has U+FEFF and lacks U+0085. */
export const isWhiteSpace: CharacterClass = /* @__PURE__ */ characterClass(/\p{White_Space}/u);
/** `\p{N}`: digits, and also fractions, Roman numerals and the like. */
export const isNumber: CharacterClass = /* @__PURE__ */ characterClass(/\p{N}/u);
/** `\p{P}` and all of ASCII that is neither letter, digit, blank nor control: BERT's punctuation. */
export const isPunctuation: CharacterClass = /* @__PURE__ */ characterClass(
  /* @__PURE__ */ new RegExp(`[\\p{P}${ASCII_PUNCTUATION}]`, "u"),
);
/** `\w` as Unicode (UTS #18) has it. */
export const isWord: CharacterClass = /* @__PURE__ */ characterClass(
  /[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}]/u,
);
/** The CJK ideographs of BERT: no kana, no Hangul, and only the blocks that were there in 2018. */
export const isIdeograph: CharacterClass = /* @__PURE__ */ characterClass(
  /[\u4e00-\u9fff\u3400-\u4dbf\u{20000}-\u{2a6df}\u{2a700}-\u{2b73f}\u{2b740}-\u{2b81f}\u{2b920}-\u{2ceaf}\uf900-\ufaff\u{2f800}-\u{2fa1f}]/u,
);
