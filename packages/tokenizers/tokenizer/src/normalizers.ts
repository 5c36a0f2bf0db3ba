// Normalizers by the names that tokenizer.json has for them.

import { compose, lowercase, type Normalizer, nfc, nfd, nfkc, nfkd } from "@llm/normalize";
import { TokenizerError } from "./error.js";

/** A normalizer, by its `type` in tokenizer.json. */
export type NormalizerName = "NFC" | "NFD" | "NFKC" | "NFKD" | "Lowercase";

const normalizers: Record<NormalizerName, Normalizer> = {
  NFC: nfc,
  NFD: nfd,
  NFKC: nfkc,
  NFKD: nfkd,
  Lowercase: lowercase,
};

/** The normalizers one after the other. */
export function normalizerOf(names: readonly string[]): Normalizer {
  for (const name of names) {
    if (!Object.hasOwn(normalizers, name)) {
      const known = Object.keys(normalizers).join(", ");
      throw new TokenizerError(`Tokenizer: a normalizer must be one of ${known}, got ${JSON.stringify(name)}`);
    }
  }
  return compose(...names.map((name) => normalizers[name as NormalizerName]));
}

/** tokenizer.json's `normalizer`. */
export function normalizersToJSON(names: readonly NormalizerName[]): object | null {
  const entries = names.map((type) => ({ type }));
  if (entries.length < 2) return entries[0] ?? null;
  return { type: "Sequence", normalizers: entries };
}
