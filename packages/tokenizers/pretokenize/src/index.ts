export type { SplitBehavior } from "./behavior.js";
export { byteLevel, byteLevelDecode, byteToUnicode, unicodeToByte } from "./byte-level.js";
export { type ByteLevelSplitOptions, byteLevelSplit } from "./byte-level-split.js";
export {
  type BertOptions,
  bert,
  type DigitsOptions,
  digits,
  type PunctuationOptions,
  punctuation,
  whitespaceSplit,
  words,
} from "./characters.js";
export { type MetaspaceOptions, metaspace } from "./metaspace.js";
export { type PretokenizerName, patterns } from "./patterns.js";
export { type NextBoundary, pattern, pretokenize, scan, scanner } from "./pretokenize.js";
export { expression, literal, type SplitOptions, split } from "./split.js";
export {
  boundaryOf,
  type Changed,
  type Cut,
  forEachPiece,
  type OnPiece,
  type OnRange,
  type Piece,
  type Pretokenizer,
  pieces,
  type Stage,
  sequence,
} from "./stage.js";
