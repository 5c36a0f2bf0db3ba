export { type Alignment, aligned, Edits } from "./alignment.js";
export { type BertOptions, bert } from "./bert.js";
export { caseFold, lowercase, lowercaseByCharacter } from "./case.js";
export { align, compose, identity, type Normalizer } from "./compose.js";
export { stripHtml } from "./html.js";
export { prepend, replace, type TrimOptions, trim } from "./replace.js";
export {
  cleanControl,
  collapsePunctuation,
  collapseWhitespace,
  nmt,
  removeMarks,
  stripAccents,
  stripSymbols,
  wellFormed,
} from "./text.js";
export { nfc, nfd, nfkc, nfkd } from "./unicode.js";
export { fullWidthToHalfWidth, halfWidthToFullWidth } from "./width.js";
