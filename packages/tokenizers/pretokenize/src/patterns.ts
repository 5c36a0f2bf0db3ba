// The regular expressions that define each pre-tokenizer: the reference that the scanners are tested against.
//
// A pre-tokenizer matches its expression again and again from where the last match ended; every character is
// covered, so the pieces joined give the text back. The alternatives are tried in order and the first that
// matches wins, which is why the order below matters as much as the parts.
//
// Source: tiktoken's public encodings (`pat_str` of r50k_base, cl100k_base and o200k_base in npm `tiktoken`
// 1.0.22), and tokenizer.json of Llama 3, whose expression is cl100k's. What differs here is notation only:
// - `\s` is written `\p{White_Space}`, because JavaScript's `\s` has U+FEFF and lacks U+0085.
// - `(?i:…)` is spelled out, because Node 20 has no inline flags. `ſ` (U+017F) folds to s, hence `[sSſ]`.

/** The pre-tokenizers this package knows. `whitespace` is ours; the others are those of the named encodings. */
export type PretokenizerName = "gpt2" | "cl100k" | "o200k" | "llama3" | "qwen2" | "falcon" | "whitespace";

const cl100k =
  /'(?:[sSſ]|[tT]|[rR][eE]|[vV][eE]|[mM]|[lL][lL]|[dD])|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\p{White_Space}\p{L}\p{N}]+[\r\n]*|\p{White_Space}*[\r\n]+|\p{White_Space}+(?!\P{White_Space})|\p{White_Space}+/gu;

/**
 * The reference expression of each pre-tokenizer: `text.match(patterns.gpt2)` gives the same pieces as
 * `pretokenize(text, "gpt2")` (and null for the empty text), more slowly, and it throws a RangeError where a
 * piece is so long that the engine's backtracking stack overflows.
 */
export const patterns: Record<PretokenizerName, RegExp> = {
  /** GPT-2, GPT-3, r50k_base: a contraction, or letters | digits | signs with one space before, or white space. */
  gpt2: /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\p{White_Space}\p{L}\p{N}]+|\p{White_Space}+(?!\P{White_Space})|\p{White_Space}+/gu,
  /** GPT-3.5 and GPT-4: letters take any one sign before them, digits come in threes, signs take newlines after. */
  cl100k,
  /** GPT-4o: words break where lower case meets upper case, marks are letters, contractions stay with the word. */
  o200k:
    /[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?:'(?:[sSſ]|[tT]|[rR][eE]|[vV][eE]|[mM]|[lL][lL]|[dD]))?|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?:'(?:[sSſ]|[tT]|[rR][eE]|[vV][eE]|[mM]|[lL][lL]|[dD]))?|\p{N}{1,3}| ?[^\p{White_Space}\p{L}\p{N}]+[\r\n/]*|\p{White_Space}*[\r\n]+|\p{White_Space}+(?!\P{White_Space})|\p{White_Space}+/gu,
  /** Llama 3 took cl100k's expression as it is. */
  llama3: cl100k,
  /** Qwen 2: cl100k's with each digit alone. */
  qwen2: /* @__PURE__ */ new RegExp(/* @__PURE__ */ cl100k.source.replace("\\p{N}{1,3}", "\\p{N}"), "gu"),
  /** Falcon: punctuation apart from all else, digits apart from their blank and in threes. See falcon.ts. */
  falcon:
    /[\p{P}!-/:-@[-`{-~]+| ?\p{L}+|[0-9]{1,3}| ?(?:(?![0-9])\p{N})+| ?(?:(?![\p{P}!-/:-@[-`{-~])[^\p{White_Space}\p{L}\p{N}])+|\p{White_Space}+(?![^\p{White_Space}\p{P}!-/:-@[-`{-~])|\p{White_Space}+/gu,
  /** Runs of white space and runs of everything else, nothing dropped. */
  whitespace: /\p{White_Space}+|\P{White_Space}+/gu,
};
