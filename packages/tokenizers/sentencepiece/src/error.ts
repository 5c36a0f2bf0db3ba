/** What this package throws: a file, an option or ids that cannot be right. The message says what was expected, and where. */
export class SentencePieceError extends Error {
  override name = "SentencePieceError";
}
