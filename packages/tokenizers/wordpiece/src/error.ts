/** What this package throws: a vocabulary, options or ids that cannot be right. The message says what to try. */
export class WordPieceError extends Error {
  override name = "WordPieceError";
}
