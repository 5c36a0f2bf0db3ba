// Where words and sentences start, in the tokens of any tokenizer: what their text says.

import type { Tokenizer } from "@llm/tokenizer";

/** Flags of the tokens, 1 where something starts. */
export type Starts = (ids: ArrayLike<number>) => Uint8Array;

/** Letters, digits, and the bytes of a character that tokens share out. */
const inWord = "[\\p{L}\\p{M}\\p{N}_\\uFFFD]";
// Scripts without spaces between words: each character stands for itself, as in BERT's multilingual models.
const alone = "[\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Thai}]";
const beginsInWord = new RegExp(`^(?!${alone})${inWord}`, "u");
const endsInWord = new RegExp(`(?!${alone})${inWord}$`, "u");

/** A word starts behind whatever is no letter or digit, and ends there. Marks and spaces are words of their own. */
export function wordStarts(tokenizer: Tokenizer): Starts {
  const textOf = textOfTokens(tokenizer);
  return (ids) => {
    let inside = false;
    return Uint8Array.from(ids, (id) => {
      const text = textOf(id);
      const start = !(inside && beginsInWord.test(text));
      inside = endsInWord.test(text);
      return start ? 1 : 0;
    });
  };
}

const closes = /^[”’）」』)\]]/u;
const sentenceEnded = /(?:[.!?…]["'”’)\]]*\s|[。！？]["'”’）」』]*|\n)\s*$/u;

/**
 * A sentence starts behind a full stop and a space, a full stop of Chinese or Japanese, or a new line. A character whose
 * bytes are shared out among tokens ends none.
 */
export function sentenceStarts(tokenizer: Tokenizer): Starts {
  const textOf = textOfTokens(tokenizer);
  return (ids) => {
    let before = "";
    return Uint8Array.from(ids, (id) => {
      const text = textOf(id);
      const rest = text.trimStart();
      const start =
        rest !== "" && !closes.test(rest) && sentenceEnded.test(before + text.slice(0, text.length - rest.length));
      before = (before + text).slice(-16);
      return start ? 1 : 0;
    });
  };
}

function textOfTokens(tokenizer: Tokenizer): (id: number) => string {
  const known = new Map<number, string>();
  const decoder = new TextDecoder();
  return (id) => {
    let text = known.get(id);
    if (text === undefined) {
      text = decoder.decode(tokenizer.tokenBytes(id) ?? new Uint8Array());
      known.set(id, text);
    }
    return text;
  };
}
