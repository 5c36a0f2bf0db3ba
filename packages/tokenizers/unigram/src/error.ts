/** What this package throws: a vocabulary, an option or ids that cannot be right. The message says what to try. */
export class UnigramError extends Error {
  override name = "UnigramError";
}
