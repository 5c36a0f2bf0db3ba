// How well a vocabulary fits a text, script by script.
//
//   bytes per token   how much text a token carries: what a context of a given length can hold
//   fertility         tokens per word: how far the vocabulary is from the words of a language
//
// Chinese, Japanese and Thai do not set words apart, so there a character counts as a word.
// Source: Rust et al. 2021, "How Good is Your Tokenizer?", arXiv:2012.15613, for fertility.

import type { Tokenizer } from "@llm/tokenizer";

/** Figures of the text of one script. */
export interface ScriptFigures {
  script: string;
  bytes: number;
  characters: number;
  words: number;
  tokens: number;
  bytesPerToken: number;
  charactersPerToken: number;
  /** Tokens per word. */
  fertility: number;
}

/** What `inspectText` finds. */
export interface Inspection {
  vocabSize: number;
  total: ScriptFigures;
  /** By falling number of bytes. */
  scripts: ScriptFigures[];
}

const SCRIPTS = [
  "Latin",
  "Cyrillic",
  "Greek",
  "Han",
  "Hiragana",
  "Katakana",
  "Hangul",
  "Arabic",
  "Hebrew",
  "Devanagari",
  "Bengali",
  "Tamil",
  "Thai",
  "Georgian",
  "Armenian",
] as const;
const expressions = SCRIPTS.map((script) => new RegExp(`^\\p{Script=${script}}`, "u"));
const WITHOUT_SPACES = new Set<string>(["Han", "Hiragana", "Katakana", "Thai"]);
const OTHER = "other";

/** Compression and fertility of a text, in all and by script. A token without letters counts with what is before it. */
export function inspectText(tokenizer: Tokenizer, text: string): Inspection {
  const { offsets } = tokenizer.tokenize(text, {
    disallowedSpecial: "text",
    addSpecialTokens: false,
    truncation: null,
    padding: null,
  });
  const counts = new Map<string, Counts>();
  const of = (script: string): Counts => {
    const known = counts.get(script) ?? { bytes: 0, characters: 0, words: 0, tokens: 0 };
    counts.set(script, known);
    return known;
  };
  countText(text, of);
  let script = OTHER;
  for (const [start, end] of offsets) {
    const own = scriptOf(text.slice(start, end));
    if (own !== OTHER) script = own;
    of(script).tokens++;
  }
  const scripts = [...counts].map(([script, each]) => figures(script, each)).sort((a, b) => b.bytes - a.bytes);
  const sum: Counts = { bytes: 0, characters: 0, words: 0, tokens: 0 };
  for (const each of counts.values()) for (const key of keys) sum[key] += each[key];
  return { vocabSize: tokenizer.vocabSize, total: figures("all", sum), scripts };
}

interface Counts {
  bytes: number;
  characters: number;
  words: number;
  tokens: number;
}

const keys = ["bytes", "characters", "words", "tokens"] as const;

/** Signs, digits and blanks go to the script of the letter before them. */
function countText(text: string, of: (script: string) => Counts): void {
  let script = OTHER;
  let word = "";
  for (const character of text) {
    const own = scriptOf(character);
    if (own !== OTHER) script = own;
    const counts = of(script);
    counts.bytes += new TextEncoder().encode(character).length;
    counts.characters++;
    const kind = /[\p{L}\p{M}\p{N}]/u.test(character) ? script : "";
    if (kind !== "" && (kind !== word || (own === script && WITHOUT_SPACES.has(script)))) counts.words++;
    word = kind;
  }
}

/** The script of the first character that has one. */
function scriptOf(text: string): string {
  for (const character of text) {
    const index = expressions.findIndex((expression) => expression.test(character));
    if (index !== -1) return SCRIPTS[index]!;
  }
  return OTHER;
}

function figures(script: string, counts: Counts): ScriptFigures {
  const ratio = (a: number, b: number): number => (b === 0 ? 0 : a / b);
  return {
    script,
    ...counts,
    bytesPerToken: ratio(counts.bytes, counts.tokens),
    charactersPerToken: ratio(counts.characters, counts.tokens),
    fertility: ratio(counts.tokens, counts.words),
  };
}
