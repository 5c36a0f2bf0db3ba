// BERT's normalizer: clean the text, put blanks around CJK ideographs, strip accents, lower the case.
//
// Source: Devlin et al. 2019, arXiv:1810.04805 (BasicTokenizer), in the order and to the letter of Hugging Face's
// `BertNormalizer`: each character's case is lowered alone, and accents go by NFD without composing again.

import { lowercaseByCharacter } from "./case.js";
import { compose, type Normalizer } from "./compose.js";
import { replace } from "./replace.js";
import { nfd } from "./unicode.js";

/** Options of `bert`, with the defaults of bert-base-uncased. */
export interface BertOptions {
  /** Removes control characters and makes all white space blanks. */
  readonly cleanText?: boolean;
  /** Puts a blank on both sides of each CJK ideograph. */
  readonly spaceIdeographs?: boolean;
  /** As `lowercase` is where it is not given. */
  readonly stripAccents?: boolean;
  readonly lowercase?: boolean;
}

const cleaning = /* @__PURE__ */ [
  /* @__PURE__ */ replace(/(?![\t\n\r])[\p{Cc}\p{Cf}\p{Co}\p{Cs}\ufffd]/u, ""),
  /* @__PURE__ */ replace(/\p{White_Space}/u, " "),
] as const;

const ideographs: Normalizer = /* @__PURE__ */ replace(
  /[\u4e00-\u9fff\u3400-\u4dbf\u{20000}-\u{2a6df}\u{2a700}-\u{2b73f}\u{2b740}-\u{2b81f}\u{2b920}-\u{2ceaf}\uf900-\ufaff\u{2f800}-\u{2fa1f}]/u,
  (ideograph) => ` ${ideograph} `,
);

const accents: Normalizer = /* @__PURE__ */ replace(/\p{Mn}+/u, "");

/** BERT's normalizer. Idempotent but for the blanks, which double. */
export function bert({
  cleanText = true,
  spaceIdeographs = true,
  lowercase = true,
  stripAccents = lowercase,
}: BertOptions = {}): Normalizer {
  const steps = compose(
    ...(cleanText ? cleaning : []),
    ...(spaceIdeographs ? [ideographs] : []),
    ...(stripAccents ? [nfd, accents] : []),
    ...(lowercase ? [lowercaseByCharacter] : []),
  );
  // Printable ASCII has nothing but case.
  const apply = (text: string): string => (/[^ -~]/.test(text) ? steps(text) : lowercase ? text.toLowerCase() : text);
  return Object.assign(apply, { align: steps.align });
}
