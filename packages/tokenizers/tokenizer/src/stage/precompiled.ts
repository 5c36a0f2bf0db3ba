// `Precompiled` of tokenizer.json: sentencepiece's rules of replacement, in base64.
//
// The longest rule that matches wins, as in sentencepiece. Hugging Face's own goes by grapheme and takes the shortest, which
// loses the accent of a letter that has a rule of its own; the two differ for such sequences only.

import type { align, Normalizer } from "@llm/normalize";
import { Normalizer as Rules, SentencePieceError } from "@llm/sentencepiece";
import { fail, field, type JsonObject, string } from "../check.js";

export function readPrecompiled(value: JsonObject, path: string): Normalizer {
  const text = field(value, "precompiled_charsmap");
  if (text === undefined || text === "") return (each) => each;
  return precompiled(fromBase64(string(text, `${path}.precompiled_charsmap`), path), path);
}

/** The normalizer of a map of rules, as in a sentencepiece model. */
export function precompiled(precompiledCharsmap: Uint8Array, path: string): Normalizer {
  try {
    const rules = Rules.fromSpec({
      precompiledCharsmap,
      addDummyPrefix: false,
      removeExtraWhitespaces: false,
      escapeWhitespaces: false,
    });
    return byRules(rules);
  } catch (error) {
    if (!(error instanceof SentencePieceError)) throw error;
    return fail(path, `sentencepiece's map of characters (${error.message})`, "another");
  }
}

/** A normalizer of sentencepiece as one of ours. */
export function byRules(rules: Rules): Normalizer {
  return Object.assign((text: string) => rules.normalize(text), {
    align: (text: string): ReturnType<typeof align> => {
      const { text: normalized, offsets } = rules.normalizeWithOffsets(text);
      return {
        text: normalized,
        from: (position) => offsets[position] ?? text.length,
        to: (position) => offsets[position] ?? text.length,
      };
    },
  });
}

function fromBase64(text: string, path: string): Uint8Array {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    return fail(`${path}.precompiled_charsmap`, "base64", text);
  }
}
