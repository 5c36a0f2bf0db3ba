// Falcon's pre-tokenizer as its file has it: four steps that one scanner takes at once.

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
      Object.entries(expected).every(
        ([key, each]) => JSON.stringify(field(entries[i]!.value, key) ?? true) === JSON.stringify(each),
      ),
    )
  );
}
