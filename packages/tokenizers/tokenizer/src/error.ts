/** What this package throws: a file, a text or an id that cannot be right. The message says what was expected, and where. */
export class TokenizerError extends Error {
  override name = "TokenizerError";
}
