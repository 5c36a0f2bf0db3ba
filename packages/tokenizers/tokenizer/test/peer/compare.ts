// One tokenizer.json, two libraries: the same ids for the same texts?
//
// What npm @huggingface/tokenizers is known to get wrong is told from everything else as narrowly as can be: a text that
// gives other ids must have one of the characters in question, and give the same ids once these are x's.

import { Tokenizer as HuggingFace } from "@huggingface/tokenizers";
import { Tokenizer } from "../../src/index.js";

// biome-ignore lint/suspicious/noExplicitAny: any tokenizer.json
type Json = any;

/** Something that the peer does otherwise than the libraries that the files come from. */
export interface KnownDifference {
  /** What it does. */
  name: string;
  /** Whether it can show with this file. */
  concerns: (file: string) => boolean;
  /** The characters, or texts, with which it shows. */
  where: RegExp;
  /** What stands there in a text that does not show it; default "x". */
  instead?: string;
}

/** The differences that are the peer's: each was looked up in the sources of Hugging Face's library in Rust, and tried there. */
export const knownDifferences: readonly KnownDifference[] = [
  {
    name: "U+0085 is white space and U+FEFF is not, in \\s of Oniguruma and of Rust; JavaScript's has it the other way round",
    concerns: (file) => /"ByteLevel"|"BertPreTokenizer"|"Whitespace/.test(file),
    where: /[\u0085\ufeff]/g,
  },
  {
    name: "BERT's normalizer puts blanks around ideographs beyond U+FFFF too",
    concerns: (file) => file.includes('"BertNormalizer"'),
    where: /[\u{20000}-\u{2fa1f}]/gu,
  },
  {
    name: "Lower case is each character's own, so Σ at a word's end is σ",
    concerns: (file) => /"BertNormalizer"|"Lowercase"/.test(file),
    where: /Σ/g,
  },
  {
    name: "half of a character alone is U+FFFD, as no UTF-8 has it",
    concerns: () => true,
    where: /\p{Surrogate}/gu,
    instead: "\ufffd",
  },
];

/** What came of a comparison. */
export interface Comparison {
  ids: number;
  differing: number;
  /** Known difference → how many texts it explains. */
  explained: Map<string, number>;
  /** Of the texts that nothing explains: how many ids are not the peer's, and the first few of the texts. */
  unexplained: { text: string; ours: string[]; theirs: string[] }[];
}

/** Compares the ids of all texts. `file` is changed where one of the two has no words for it: see `comparable`. */
export function compare(file: Json, texts: Iterable<string>): Comparison {
  const json = comparable(file);
  const written = JSON.stringify(json);
  const known = knownDifferences.filter(({ concerns }) => concerns(written));
  const ours = Tokenizer.fromJSON(written);
  const theirs = new HuggingFace(json, { clean_up_tokenization_spaces: false });
  const both = (text: string): [number[], number[]] => [
    ours.encode(text, { allowedSpecial: "all" }),
    theirs.encode(text, { add_special_tokens: false }).ids,
  ];
  const result: Comparison = { ids: 0, differing: 0, explained: new Map(), unexplained: [] };
  for (const text of texts) {
    const [own, other] = both(text);
    result.ids += own.length;
    if (same(own, other)) continue;
    const why = explanation(text, known, (changed) => same(...both(changed)));
    if (why.length > 0) {
      for (const { name } of why) result.explained.set(name, (result.explained.get(name) ?? 0) + 1);
      continue;
    }
    result.differing += differing(own, other);
    const tokens = (ids: number[]): string[] => ids.map((id) => ours.idToToken(id) ?? String(id));
    result.unexplained.push({ text, ours: tokens(own), theirs: tokens(other) });
  }
  return result;
}

/** The known difference that is all that there is, or several that are so together. */
function explanation(
  text: string,
  known: readonly KnownDifference[],
  isSame: (changed: string) => boolean,
): readonly KnownDifference[] {
  const here = known.filter(({ where }) => text.search(where) !== -1);
  const without = (list: readonly KnownDifference[]): string =>
    list.reduce((changed, { where, instead = "x" }) => changed.replace(where, instead), text);
  const alone = here.find((each) => isSame(without([each])));
  if (alone) return [alone];
  return here.length > 1 && isSame(without(here)) ? here : [];
}

/** The file without what the peer does not have: the normalizer Nmt, and added tokens that must be words of their own. */
function comparable(file: Json): Json {
  const json = JSON.parse(JSON.stringify(file).replace('{"type":"Nmt"},', ""));
  json.added_tokens = json.added_tokens.filter((token: Json) => !token.single_word);
  return json;
}

function same(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((id, i) => id === b[i]);
}

/** How many of our ids have no counterpart, counted from both ends. */
function differing(a: readonly number[], b: readonly number[]): number {
  const least = Math.min(a.length, b.length);
  let start = 0;
  while (start < least && a[start] === b[start]) start++;
  let end = 0;
  while (end < least - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++;
  return Math.max(1, a.length - start - end);
}
