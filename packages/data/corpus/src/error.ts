// What is wrong with a text, and where.

/** A text cannot be read, is not UTF-8 or JSON lines, or is not there at all; the message names file and place. */
export class CorpusError extends Error {
  override name = "CorpusError";
}
