export { type Blank, drawDocumentBlank, drawSpanBlanks, type SpanBlankOptions } from "./draw-blanks.js";
export {
  type BlankTokens,
  type InfillBlanksOptions,
  infillBlanks,
  layOutBlanks,
  restoreBlanks,
  tokensToInfill,
} from "./infill-blanks.js";
