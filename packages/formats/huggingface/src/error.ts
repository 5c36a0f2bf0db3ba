// One error for everything that is wrong with a folder, so that callers can tell it from their own mistakes.

const longest = 1000;

/** The folder holds no valid model, or one cannot be written; the message says what and where. */
export class HuggingFaceError extends Error {
  override name = "HuggingFaceError";

  constructor(message: string, options?: ErrorOptions) {
    super(message.length > longest ? `${message.slice(0, longest)}…` : message, options);
  }
}
