// One error for everything that is wrong with a file, so that callers can tell it from their own mistakes.

const longest = 1000;

/** The bytes are no valid GGUF file, or a value cannot be stored; the message says what and where. */
export class GGUFError extends Error {
  override name = "GGUFError";

  constructor(message: string, options?: ErrorOptions) {
    // A hostile name may be a hundred megabytes long.
    super(message.length > longest ? `${message.slice(0, longest)}…` : message, options);
  }
}

/** The header goes on behind the bytes that were given; nothing is wrong so far. */
export class IncompleteError extends GGUFError {
  override name = "IncompleteError";
}
