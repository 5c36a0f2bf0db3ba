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
