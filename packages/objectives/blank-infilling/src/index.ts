export {
  type Blank,
  drawDocumentBlank,
  drawSentenceBlanks,
  drawSpanBlanks,
  type SpanBlankOptions,
} from "./draw-blanks.js";
export {
  type BlankTokens,
  type InfillBlanksOptions,
  infillBlanks,
  layOutBlanks,
  restoreBlanks,
  tokensToInfill,
} from "./infill-blanks.js";
