// Traditional and simplified Chinese characters, by npm's `opencc-js`, which knows words as well as characters:
// 头发 → 頭髮, but 发现 → 發現.
//
// Source: Open Chinese Convert (OpenCC), its standards "t" and "cn".

import { Converter as fromSimplified } from "opencc-js/cn2t";
import { Converter as fromTraditional } from "opencc-js/t2cn";
import { type Alignment, aligned, Edits } from "./alignment.js";
import { type Normalizer, oneChange } from "./compose.js";

type Convert = (text: string) => string;

/** A converter whose dictionary is read when it is first used. Runs of ideographs are aligned one by one. */
function converter(make: () => Convert): Normalizer {
  let made: Convert | undefined;
  const convert = (text: string): string => {
    made ??= make();
    return made(text);
  };
  return Object.assign(convert, { align: (text: string) => alignRuns(text, convert) });
}

function alignRuns(text: string, convert: Convert): Alignment {
  const whole = convert(text);
  // As good as always a character becomes a character.
  if (whole.length === text.length) return { ...aligned(whole) };
  const edits = new Edits(text);
  for (const { 0: run, index } of text.matchAll(/\p{Script=Han}+/gu)) {
    const made = convert(run);
    if (made.length !== run.length) edits.replace(index, index + run.length, made);
    else
      for (let at = 0; at < run.length; at++)
        if (made[at] !== run[at]) edits.replace(index + at, index + at + 1, made[at]!);
  }
  const found = edits.finish();
  return found.text === whole ? found : oneChange(text, whole);
}

/** Traditional to simplified (mainland China): "漢語" becomes "汉语". */
export const traditionalToSimplified: Normalizer = /* @__PURE__ */ converter(() =>
  fromTraditional({ from: "t", to: "cn" }),
);

/** Simplified (mainland China) to traditional, OpenCC's own standard: "汉语" becomes "漢語". Not always reversible. */
export const simplifiedToTraditional: Normalizer = /* @__PURE__ */ converter(() =>
  fromSimplified({ from: "cn", to: "t" }),
);
