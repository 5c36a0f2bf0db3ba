// Falcon's pre-tokenizer as its file has it: four steps that one scanner takes at once.
//
// The steps for digits come after the one that writes bytes as characters, of which ² ³ ¹ ¼ ½ ¾ are numbers. So they also cut
// around the bytes B2 B3 B9 BC BD BE, even within characters, which the scanner does not: the ids are the same as long as no
// token has such a place inside. None is learned here, and a file that has one is read step by step.

import { field, type JsonObject } from "../check.js";

/** tokenizer.json's entry. */
export const FALCON: { type: string; pretokenizers: readonly object[] } = {
  type: "Sequence",
  pretokenizers: [
    { type: "Punctuation", behavior: "Contiguous" },
    { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: true },
    { type: "Digits", individual_digits: false },
    { type: "Split", pattern: { Regex: "[0-9][0-9][0-9]" }, behavior: "Isolated", invert: false },
  ],
};

/** Whether these are Falcon's steps. */
export function isFalcon(entries: readonly { value: JsonObject }[]): boolean {
  return (
    entries.length === FALCON.pretokenizers.length &&
    FALCON.pretokenizers.every((expected, i) =>
      Object.entries(expected).every(([key, each]) => isSame(field(entries[i]!.value, key) ?? true, each)),
    )
  );
}

/** Whether a value of the file is the one of ours, which is plain, or an object of plain ones. */
function isSame(got: unknown, ours: unknown): boolean {
  if (typeof ours !== "object" || ours === null) return got === ours;
  if (typeof got !== "object" || got === null) return false;
  return Object.entries(ours).every(([key, each]) => field(got as JsonObject, key) === each);
}

const isNumber = (byte: number): boolean =>
  (byte > 47 && byte < 58) || [0xb2, 0xb3, 0xb9, 0xbc, 0xbd, 0xbe].includes(byte);

/** Whether the steps leave the place between two tokens of bytes uncut. */
export function joinsInFalcon(left: Uint8Array, right: Uint8Array): boolean {
  return isNumber(left.at(-1)!) === isNumber(right[0]!);
}

/** Whether a vocabulary, its bytes written as characters, has a token that the scanner would make and the steps would not. */
export function hasCutToken(vocabulary: unknown, added: ReadonlySet<string>): boolean {
  if (typeof vocabulary !== "object" || vocabulary === null) return false;
  const cut = /[0-9²³¹¼½¾][^0-9²³¹¼½¾]|[^0-9²³¹¼½¾][0-9²³¹¼½¾]/;
  return Object.keys(vocabulary).some((token) => cut.test(token) && !added.has(token));
}
