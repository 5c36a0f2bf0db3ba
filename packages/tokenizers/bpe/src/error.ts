/** What this package throws: a vocabulary, a list of merges or ids that cannot be right. The message says what to try. */
export class BpeError extends Error {
  override name = "BpeError";
}
